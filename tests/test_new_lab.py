"""A lab that `tools.new_lab` writes: it is refused with a reason, or works as it comes."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dlviz.paths import ROOT
from tools.new_lab import CARDS, LIST, BadLab, write_lab


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what a lab is written into; the assets but for the lessons are the real ones."""
    for folder in ("pages", "dlviz", "tests", "tools"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "assets").mkdir()
    for part in (ROOT / "assets").iterdir():
        (tmp_path / "assets" / part.name).symlink_to(part)
    (tmp_path / "assets" / "lessons").unlink()
    shutil.copytree(ROOT / "assets" / "lessons", tmp_path / "assets" / "lessons")
    for file in ("app.py", "pyproject.toml"):
        shutil.copy(ROOT / file, tmp_path)
    return tmp_path


def run(folder: Path, *command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_new_lab_passes_its_own_tests_and_the_rules_as_it_comes(checkout: Path) -> None:
    files = write_lab(checkout, "pooling", "Images", "Pooling")
    written = [str(file.relative_to(checkout)) for file in files if file.suffix == ".py"]
    run(checkout, "ruff", "check", *written, LIST, CARDS)
    run(checkout, "ruff", "format", "--check", *written, LIST, CARDS)
    tests = [name for name in written if name.startswith("tests/")]
    whole = ["tests/test_labs.py", "tests/lessons/test_claims.py"]
    run(checkout, "pytest", "-q", *tests, *whole, "--deselect", README)


# The README's table is written by hand.
README = "tests/test_labs.py::test_the_readmes_table_lists_the_labs_in_their_order"


@pytest.mark.parametrize(
    ("name", "section", "title", "reason"),
    [
        ("../evil", "Images", "Evil", "its address"),
        ("Pooling", "Images", "Pooling", "its address"),
        ("pooling", "Images", "pooling", "begins with a capital letter"),
        ("pooling", "Sculptures", "Pooling", "There is no section Sculptures"),
        ("cnn", "Images", "Another", "There is pages/cnn.py already"),
    ],
)
def test_what_makes_no_lab_is_refused_and_nothing_is_written(
    checkout: Path, name: str, section: str, title: str, reason: str
) -> None:
    before = {file for file in checkout.rglob("*") if file.is_file()}
    with pytest.raises(BadLab, match=reason):
        write_lab(checkout, name, section, title)
    assert {file for file in checkout.rglob("*") if file.is_file()} == before
