"""The start page in a real browser: its cards are links as a whole, and a lab's end leads on."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit


@pytest.mark.parametrize("place", ["h3", "img"])
def test_a_cards_title_and_picture_open_the_lab_without_a_new_session(visit: Visit, place: str) -> None:
    page = visit("/")
    page.evaluate("window.dlvizSameVisit = true")
    card = page.locator(".st-key-card-cnn")
    target = card.locator(place).first
    expect(target).to_be_visible()
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page).to_have_url(re.compile(r"/cnn"))
    assert page.evaluate("window.dlvizSameVisit") is True


def test_a_labs_end_leads_to_the_next_lab(visit: Visit) -> None:
    page = visit("/convolution")
    page.get_by_role("link", name="Next lab: CNN").click()
    expect(page).to_have_url(re.compile(r"/cnn"))
