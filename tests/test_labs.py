"""The list of labs against the pages, texts, folders and the README's table."""

import importlib
import re

import pytest

from dlviz.paths import ASSETS, ROOT
from dlviz.ui.labs import LABS, Entry

NAMES = [lab.name for lab in LABS]


def test_every_page_and_every_text_belongs_to_a_lab_of_the_list() -> None:
    pages = {file.stem for file in (ROOT / "pages").glob("*.py")} - {"home", "navigation", "class"}
    texts = {file.stem for file in (ASSETS / "lessons").glob("*.md")}
    folders = {file.parent.name for file in (ROOT / "dlviz" / "ui" / "labs").glob("*/__init__.py")}
    assert pages == texts == folders == {*NAMES}
    assert len({*NAMES}) == len(NAMES)


def test_labs_of_a_section_stand_together() -> None:
    sections = [lab.section for lab in LABS]
    assert sections == sorted(sections, key=sections.index)


@pytest.mark.parametrize("lab", LABS, ids=NAMES)
def test_a_labs_state_has_its_name(lab: Entry) -> None:
    module = importlib.import_module(f"dlviz.ui.labs.{lab.name}.state")
    assert str(module.LAB) == lab.name


def test_the_readmes_table_lists_the_labs_in_their_order() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    addresses = re.findall(r"^\| `/(\w*)` \| \*\*", readme, re.MULTILINE)
    assert addresses == ["", *NAMES]
