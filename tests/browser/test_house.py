import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, expect

from dlviz.ui.server.lifespan import HEADERS
from tests.browser.conftest import Visit, overflow, serving, settled
from tests.browser.strokes import paper_of

WRONG = "Something went wrong here. Reload the page"


def answer_to(address: str) -> tuple[int, Message]:
    """The status and the headers of the server's answer."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.headers


def test_a_page_fits_a_phone_and_is_without_errors(visit: Visit) -> None:
    page = visit("/cnn?sample=0", phone=True, dark=True)
    assert overflow(page) <= 0
    assert page.get_by_test_id("stAlert").count() == 0


def test_the_answer_stands_right_beside_the_paper(visit: Visit) -> None:
    page = visit("/cnn?sample=0")
    for width in (1440, 900):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function("(width) => innerWidth === width", arg=width)
        settled(page)
        paper, answer = paper_of(page).bounding_box(), page.get_by_test_id("stMetric").first.bounding_box()
        assert paper is not None
        assert answer is not None
        assert paper["width"] >= 250
        assert 0 < answer["x"] - (paper["x"] + paper["width"]) < 100


def test_an_address_that_no_page_has_leads_back_to_the_start_page(app: str, browser: Browser) -> None:
    # Not by `visit`: Streamlit logs the wrong address as an error.
    page = browser.new_context().new_page()
    page.goto(f"{app}/nowhere?select=<script>alert(1)</script>")
    expect(page.get_by_text("Page not found")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="See deep learning")).to_be_visible()
    page.context.close()


@pytest.mark.parametrize(
    "path",
    ["/", "/cnn?sample=0", "/_stcore/health", "/nowhere", "/media/nothing.png", "/static/../../etc/passwd"],
)
def test_every_answer_of_the_server_has_the_security_headers(app: str, path: str) -> None:
    status, headers = answer_to(urljoin(app, path))
    assert status in (200, 400, 404)
    assert {name: headers.get_all(name) for name in HEADERS} == {
        name: [text] for name, text in HEADERS.items()
    }


def test_a_page_that_fails_says_so_in_a_sentence_and_keeps_the_rest(browser: Browser) -> None:
    with serving(Path(__file__).parent / "failing_app.py") as address:
        page = browser.new_context().new_page()
        page.goto(f"{address}/?fail=now")
        settled(page)
        expect(page.get_by_text(WRONG)).to_be_visible()
        expect(page.get_by_role("heading", name="What does this page do?")).to_be_visible()
        page.goto(address)
        settled(page)
        expect(page.get_by_text(WRONG)).to_be_hidden()
        page.get_by_role("button", name="Fail").click()
        expect(page.get_by_text(WRONG)).to_be_visible()
        assert "teacher" not in page.content()
        assert "Traceback" not in page.content()
        page.context.close()
