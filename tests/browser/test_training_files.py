"""Files in a real browser: what is taken away of a run and brought in again, and tables far too large."""

import csv
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit, settled
from tests.browser.test_training import PATIENCE, begin

TOO_LARGE = re.compile(r"must be 5\.0MB or smaller")
THINGS = ["film", "book", "song", "play"]
ROWS = [f"a lovely {thing},good\nan awful {thing},bad\n" for thing in THINGS]
TABLE = ("text,label\n" + "".join(ROWS)).encode()


def taken(page: Page, label: str, folder: Path) -> Path:
    """A file of the panel “Take away”, downloaded."""
    with page.expect_download() as download:
        page.get_by_role("button", name=label, exact=True).click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def says(page: Page) -> Locator:
    return page.locator(".bars").filter(has=page.locator("h4", has_text="It says")).locator("dl")


def put(page: Page, content: bytes | Path) -> None:
    """A table into its field."""
    if isinstance(content, bytes):
        page.locator("input[type=file]").set_input_files(
            {"name": "mine.csv", "mimeType": "text/csv", "buffer": content}
        )
    else:
        page.locator("input[type=file]").set_input_files(content)


@pytest.fixture
def huge(tmp_path: Path) -> Path:
    """A table of 100 MB; it takes no room on the disk."""
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(100_000_000)
    return tmp_path / "huge.csv"


def test_a_run_on_my_table_is_taken_away_and_brought_in_again(
    visit: Visit, tmp_path: Path, huge: Path
) -> None:
    page = visit("/training?task=table&model=TextClassifier&epochs=1&batch_size=2")
    put(page, TABLE)
    expect(page.get_by_text("8 sentences in 2 classes: bad, good.")).to_be_visible()
    put(page, huge)
    expect(page.get_by_text(TOO_LARGE)).to_be_visible()
    settled(page)
    expect(page.get_by_text("8 sentences in 2 classes: bad, good.")).to_be_visible()
    begin(page)
    expect(page.get_by_text("All epochs are learned.")).to_be_visible(timeout=PATIENCE)
    answer = (settled(page) and says(page).text_content()) or ""
    page.get_by_role("radio", name="Take away").click()
    weights = taken(page, "Weights", tmp_path)
    with taken(page, "Table", tmp_path).open(encoding="utf-8") as table:
        assert [row["kind"] for row in csv.DictReader(table)].count("epoch") == 1
    with zipfile.ZipFile(taken(page, "TensorBoard", tmp_path)) as archive:
        assert "events.out.tfevents" in archive.namelist()[0]
    page.get_by_role("radio", name="My runs").click()
    page.get_by_text("Bring in weights of your own").click()
    settled(page)
    page.locator("input[type=file]").set_input_files(weights)
    expect(page.get_by_text("The file itself says what it is: TextClassifier(vocab_size=")).to_be_visible()
    expect(says(page)).to_have_text(answer)
    page.get_by_role("radio", name="Time machine").click()
    expect(page.get_by_text("The weights of the file").first).to_be_visible()


def test_the_script_of_a_run_is_taken_away(visit: Visit, tmp_path: Path) -> None:
    page = visit("/training?model=MLP&samples=32&epochs=1&batch_size=32&panel=take")
    begin(page)
    with zipfile.ZipFile(taken(page, "Script", tmp_path)) as archive:
        endings = [name.rpartition(".")[2] for name in archive.namelist()]
    assert endings == ["py", "txt", "pt"]


def test_a_table_of_100_mb_is_refused_and_what_was_measured_stays(visit: Visit, huge: Path) -> None:
    page = visit("/text")
    page.get_by_text("Your own labelled sentences").click()
    put(page, b"text,label\na lovely film,praise\nan awful film,blame\n")
    expect(page.get_by_text("2 of 2 (100.0 %) right.")).to_be_visible()
    put(page, huge)
    expect(page.get_by_text(TOO_LARGE)).to_be_visible()
    settled(page)
    expect(page.get_by_text("2 of 2 (100.0 %) right.")).to_be_visible()


def test_a_long_table_is_stopped_while_it_is_measured(visit: Visit) -> None:
    page = visit("/text")
    page.get_by_text("Your own labelled sentences").click()
    put(page, b"text,label\n" + (b"film " * 200 + b"lovely,praise\nan awful film,blame\n") * 4_000)
    page.get_by_role("button", name="Stop here").click()
    expect(page.get_by_text(re.compile(r"of the first [\d,]+ of 8,000"))).to_be_visible()
    expect(page.get_by_role("button", name="Measure the other")).to_be_visible()
