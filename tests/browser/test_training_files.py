"""Files in a real browser: what is taken away of a run and brought in again, and tables far too large."""

import csv
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from safetensors import safe_open

from tests.browser.conftest import Visit, settled
from tests.browser.test_training import PATIENCE, begin

SENTENCES = "/training?task=sentiment&model=TextClassifier&samples=64&epochs=1&batch_size=32"
TABLE = b"text,label\n" + b"a lovely film,good\nan awful film,bad\n" * 4


def taken(page: Page, label: str, folder: Path) -> Path:
    """A file of the panel “Take away”, downloaded."""
    with page.expect_download() as download:
        page.get_by_role("button", name=label, exact=True).click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def says(page: Page) -> Locator:
    return page.get_by_test_id("stMetric").filter(has_text="It says").get_by_test_id("stMetricValue")


def test_a_run_is_taken_away_and_its_weights_brought_in_again(visit: Visit, tmp_path: Path) -> None:
    page = visit(SENTENCES)
    begin(page)
    expect(page.get_by_text("All epochs are learned.")).to_be_visible(timeout=PATIENCE)
    answer = settled(page) and says(page).inner_text()
    page.get_by_role("radio", name="Take away").click()
    weights = taken(page, "Weights", tmp_path)
    with safe_open(weights, framework="pt") as content:
        assert content.metadata()["class"] == "TextClassifier"
    with taken(page, "Table", tmp_path).open(encoding="utf-8") as table:
        assert [row["kind"] for row in csv.DictReader(table)].count("epoch") == 1
    with zipfile.ZipFile(taken(page, "TensorBoard", tmp_path)) as archive:
        assert "events.out.tfevents" in archive.namelist()[0]
    page.get_by_role("radio", name="My runs").click()
    page.get_by_text("Bring in weights of your own").click()
    page.locator("input[type=file]").set_input_files(weights)
    expect(page.get_by_text("The file itself says what it is")).to_be_visible()
    expect(says(page)).to_have_text(answer)
    page.get_by_role("radio", name="Time machine").click()
    expect(page.get_by_text("The weights of the file").first).to_be_visible()


@pytest.mark.parametrize("path", ["/training?task=table", "/text"])
def test_a_table_of_100_mb_is_refused_in_a_sentence_and_the_one_before_stays(
    visit: Visit, tmp_path: Path, path: str
) -> None:
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(100_000_000)  # sparse: it takes no room on the disk
    page = visit(path)
    if path == "/text":
        page.get_by_text("Your own labelled sentences").click()
    field = page.locator("input[type=file]")
    field.set_input_files(
        {"name": "mine.csv", "mimeType": "text/csv", "buffer": TABLE.replace(b"bad", b"neg")}
    )
    good = re.compile("8 sentences in 2 classes|The label “good” is neither")
    expect(page.get_by_text(good)).to_be_visible()
    field.set_input_files(huge)
    expect(page.get_by_text(re.compile(r"must be 5\.0MB or smaller"))).to_be_visible()
    expect(page.get_by_text(good)).to_be_visible()
