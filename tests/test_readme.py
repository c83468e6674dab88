"""What the README and the other pages of text promise: their links, pictures, commands and code."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dlviz.paths import ASSETS, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "benchmarks" / "README.md",
    *sorted(ASSETS.rglob("*.md")),
]
LINK = re.compile(r"\]\(([^)\s]+)\)")
ELSEWHERE = ("https://", "http://", "mailto:", "#")


def links(page: Path) -> list[str]:
    """The targets of a page's links and pictures that lie in the checkout."""
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    return [target.partition("#")[0] for target in targets if not target.startswith(ELSEWHERE)]


def test_links_and_pictures_are_found_in_the_text() -> None:
    assert {"assets/screenshots/cnn.png", "benchmarks/README.md"} <= {*links(PAGES[0])}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_each_link_leads_to_a_file_of_the_checkout(page: Path) -> None:
    found = {link: (page.parent / link).resolve() for link in links(page)}
    assert [link for link, file in found.items() if not (file.is_file() and file.is_relative_to(ROOT))] == []


def with_stated_shapes_checked(example: str) -> Iterator[str]:
    """The example's lines as written; after each whose comment states a shape, the check of it."""
    for line in example.splitlines():
        yield line
        if stated := re.search(r"# (\(\d+(?:, \d+)*\))", line):
            result = line.partition("#")[0].partition(" = ")[0].strip().removesuffix(".shape")
            yield f"assert tuple({result}.shape) == {stated[1]}, {result}.shape"


def test_the_example_for_a_notebook_runs_and_gives_the_shapes_it_states() -> None:
    (example,) = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    lines = list(with_stated_shapes_checked(example))
    assert sum(line.startswith("assert ") for line in lines) == 5
    command = [sys.executable, "-W", "error", "-c", "\n".join(lines)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("purpose", "requirements"),
    [("streamlit run app.py", "requirements"), ("pytest -n 2 --dist worksteal", "requirements-dev")],
)
def test_one_line_makes_all_that_it_needs_on_a_fresh_machine(purpose: str, requirements: str) -> None:
    (line,) = re.findall(rf"^python3 -m venv .* && {re.escape(purpose)}$", README, re.MULTILINE)
    installed = f"python3 -m venv .venv && . .venv/bin/activate && pip install -r {requirements}.txt"
    assert line == f"{installed} && {purpose}"
    assert (ROOT / f"{requirements}.txt").is_file()
