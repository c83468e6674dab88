"""The Makefile, the container and the dev container start and test what the README does."""

import json
import re
import subprocess

from dlviz.paths import ROOT


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


README = text("README.md")
DOCKERFILE = text("Dockerfile").replace("\\\n", " ")
RECIPES = dict(re.findall(r"^(\w+):[^\n]*\n((?:\t[^\n]*\n)+)", text("Makefile"), re.MULTILINE))


def instructions(name: str) -> list[str]:
    """What follows this instruction, wherever the Dockerfile gives it."""
    return re.findall(rf"^{name} +(.*?) *$", DOCKERFILE, re.MULTILINE)


def test_each_target_does_something_and_each_is_in_the_readme() -> None:
    (targets,) = re.findall(r"^\.PHONY: (.*)$", text("Makefile"), re.MULTILINE)
    assert [*RECIPES] == targets.split()
    assert {*re.findall(r"^\| `make (\w+)` \|", README, re.MULTILINE)} == {*RECIPES}


def test_make_runs_and_tests_as_the_readme_does() -> None:
    assert "streamlit run app.py" in RECIPES["run"]
    (line,) = re.findall(r"^python3 -m venv .* && (pytest .*)$", README, re.MULTILINE)
    assert RECIPES["test"].strip().startswith(line)


def test_make_bench_measures_all_that_is_promised() -> None:
    promised = re.findall(r"^\|.*`python -m benchmarks\.(\w+)", text("benchmarks/README.md"), re.MULTILINE)
    (command,) = re.findall(r"^BENCHMARKS \?= \$\(shell (.*)\)$", text("Makefile"), re.MULTILINE)
    measured = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, check=True)
    assert measured.stdout.split() == list(dict.fromkeys(promised))
    assert all((ROOT / "benchmarks" / f"{name}.py").is_file() for name in promised)


def test_the_hooks_before_a_commit_are_targets_of_the_makefile() -> None:
    entries = re.findall(r"^ +entry: make (\w+)$", text(".pre-commit-config.yaml"), re.MULTILINE)
    assert entries == ["fix", "style"]
    assert {*entries} < {*RECIPES}


def test_the_container_starts_the_app_for_a_class_on_the_readmes_port() -> None:
    (for_a_class,) = re.findall(r"^streamlit run app\.py .*address=.*$", README, re.MULTILINE)
    *command, shown = json.loads(instructions("CMD")[-1])
    assert command == for_a_class.split()
    assert shown == "--browser.serverAddress=localhost"
    (port,) = re.findall(r"^Then open http://localhost:(\d+)\.", README, re.MULTILINE)
    assert instructions("EXPOSE") == [port]
    assert f"http://localhost:{port}/_stcore/health" in instructions("HEALTHCHECK")[0]
    assert f"-p 127.0.0.1:{port}:{port}" in README
    assert f"-v dlviz-runs:{instructions('VOLUME')[0]} dlviz" in README


def test_the_container_runs_as_an_ordinary_user() -> None:
    assert instructions("USER") == ["learner"]
    after = DOCKERFILE.partition("USER learner")[2]
    assert "RUN" not in after


def test_the_container_gets_what_the_app_needs_and_nothing_else() -> None:
    lines = text(".dockerignore").splitlines()
    assert lines[1] == "*"
    allowed = {line.removeprefix("!") for line in lines if line.startswith("!")}
    requirements = {"requirements.txt", "requirements-cluster.txt"}
    assert allowed == {*requirements, "app.py", "pages", "dlviz", "assets", ".streamlit"}
    assert all((ROOT / name).exists() for name in allowed)


def test_the_dev_container_tests_and_starts_as_the_readme_does() -> None:
    told = json.loads(text(".devcontainer/devcontainer.json"))
    (line,) = re.findall(r"^(python3 -m venv .*) && pytest .*$", README, re.MULTILINE)
    assert told["postCreateCommand"] == line
    begins, *forwarded, starts = told["postAttachCommand"].split("; ")
    assert (begins, starts) == (". .venv/bin/activate", "streamlit run app.py")
    # The page's own address, where a service forwards it under another name than the server's.
    assert [each.partition("||")[0].strip() for each in forwarded] == ['[ -z "$CODESPACE_NAME" ]']
    assert f"-{told['forwardPorts'][0]}." in forwarded[0]
    (port,) = told["forwardPorts"]
    assert instructions("EXPOSE") == [str(port)] == [*told["portsAttributes"]]
