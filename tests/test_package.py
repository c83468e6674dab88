"""The package that `pip install .` builds: its files, its requirements, and the command that it brings."""

import sys
import tomllib
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager
from streamlit import config
from streamlit.web import cli

import dlviz
from dlviz import __main__ as command
from dlviz import paths
from dlviz.paths import APP, INSTALLED, ROOT, runs_folder

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def files(*folders: str) -> set[str]:
    """The files of the checkout's folders, by their paths from its root."""
    found = (file for folder in folders for file in (ROOT / folder).rglob("*") if file.is_file())
    return {file.relative_to(ROOT).as_posix() for file in found if "__pycache__" not in file.parts}


@pytest.fixture(scope="module")
def wheel() -> dict[str, str]:
    """Where each file of the wheel lies in the checkout, by its path in an environment's site-packages."""
    included = WheelBuilder(str(ROOT)).recurse_included_files()
    return {
        Path(file.distribution_path).as_posix(): Path(file.path).relative_to(ROOT).as_posix()
        for file in included
    }


def test_the_wheel_holds_the_package_and_inside_it_the_app(wheel: dict[str, str]) -> None:
    app = {"app.py", *files("pages", "assets", ".streamlit")} - files("assets/screenshots")
    assert wheel == {file: file for file in files("dlviz")} | {f"dlviz/app/{file}": file for file in app}


def test_the_wheel_holds_what_the_app_starts_from(wheel: dict[str, str]) -> None:
    needed = {
        "app.py",
        "pages/navigation.py",
        ".streamlit/config.toml",
        "assets/weights/simple_cnn.safetensors",
    }
    assert {f"dlviz/app/{file}" for file in needed} < {*wheel}
    assert "dlviz/ui/components/pad/pad.js" in wheel


def test_nothing_installed_lies_in_a_checkout() -> None:
    assert not INSTALLED.exists()
    assert APP == ROOT


def test_the_version_is_written_once() -> None:
    assert "version" not in PROJECT["project"]
    assert ProjectMetadata(str(ROOT), PluginManager()).version == dlviz.__version__
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"To become {dlviz.__version__}." in changelog or f"## [{dlviz.__version__}]" in changelog


@pytest.mark.parametrize(
    ("file", "required"),
    [
        ("requirements.txt", PROJECT["project"]["dependencies"]),
        ("requirements-cluster.txt", PROJECT["project"]["optional-dependencies"]["cluster"]),
    ],
)
def test_the_package_requires_what_the_pinned_list_names(file: str, required: list[str]) -> None:
    pinned = (ROOT / file).read_text(encoding="utf-8").splitlines()
    assert required == pinned
    assert all(line.count("==") == 1 for line in pinned)
    for extra, libraries in PROJECT["project"]["optional-dependencies"].items():
        assert (ROOT / f"requirements-{extra}.txt").read_text(encoding="utf-8").splitlines() == libraries


def test_a_checkout_keeps_runs_beside_it_and_an_installed_app_in_the_home_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DLVIZ_RUNS", raising=False)
    assert runs_folder(ROOT) == ROOT / "runs"
    assert runs_folder(INSTALLED) == Path.home() / ".dlviz" / "runs"
    monkeypatch.setenv("DLVIZ_RUNS", str(tmp_path))
    assert runs_folder(ROOT) == runs_folder(INSTALLED) == tmp_path


def test_the_command_starts_the_app_and_passes_its_arguments_on(monkeypatch: pytest.MonkeyPatch) -> None:
    module, _, function = PROJECT["project"]["scripts"]["dlviz"].partition(":")
    assert getattr(sys.modules[module], function) is command.main
    started: list[tuple[str, dict[str, object]]] = []
    monkeypatch.setattr(
        cli, "_main_run", lambda file, args, flag_options: started.append((file, flag_options))
    )
    monkeypatch.setattr(sys, "argv", ["dlviz", "--server.port", "8600"])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code in (None, 0)
    ((file, options),) = started
    assert Path(file) == paths.APP / "app.py"
    assert options["server_port"] == 8600


def test_streamlit_finds_the_settings_beside_the_app_from_any_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "_main_script_path", str(APP / "app.py"))
    assert config.get_config_files("config.toml")[-1] == str(APP / ".streamlit" / "config.toml")


@pytest.mark.parametrize("part", ["scheduler", "worker"])
def test_a_cluster_without_dask_is_refused_in_a_sentence(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["dlviz", part])
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "dlviz.training.cluster.serve", raising=False)
    with pytest.raises(SystemExit, match="A cluster needs Dask: pip install"):
        command.main()
