"""The start page in a real browser: a digit, the map of the lesson, and the way from lab to lab."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit, settled
from tests.browser.strokes import DIGITS, draw


def test_the_map_leads_into_a_lab_by_the_keyboard_and_marks_it_until_it_is_forgotten(visit: Visit) -> None:
    page = visit("/")
    page.evaluate("window.dlvizSameVisit = true")
    stop = page.locator(".network a", has_text="Self-attention")
    stop.focus()
    expect(page.locator(".about")).to_contain_text("How does a word decide where to look?")
    expect(page.locator(".about figure.made")).to_be_attached()
    stop.press("Enter")
    expect(page).to_have_url(re.compile(r"/attention"))
    expect(page.get_by_label("Link to what you see")).to_be_visible()
    settled(page).get_by_role("button", name="Next step").click()
    expect(page).to_have_url(re.compile(r"/attention\?cell="))  # the lab hears what is done in it
    settled(page).go_back()
    expect(stop).to_have_accessible_name(re.compile("visited"))
    assert page.evaluate("window.dlvizSameVisit") is True
    page.get_by_role("button", name="Forget it").click()
    expect(stop).not_to_have_accessible_name(re.compile("visited"))
    assert page.evaluate("localStorage.getItem('dlviz.lesson')") is None


def test_a_labs_end_leads_to_the_next_lab(visit: Visit) -> None:
    page = visit("/convolution")
    page.get_by_role("link", name="Next lab: CNN").click()
    expect(page).to_have_url(re.compile(r"/cnn"))


def test_a_digit_is_read_by_four_networks_and_goes_along_into_a_lab_and_back(visit: Visit) -> None:
    page = visit("/")
    page.evaluate("window.dlvizSameVisit = true")
    expect(page.get_by_text("Draw a digit: four networks")).to_be_visible()
    draw(page, DIGITS[2])
    sentence = page.get_by_text("All four read a 2.")
    expect(sentence).to_be_visible()
    expect(page.locator(".answers canvas")).to_have_count(4)
    page.get_by_role("link", name="See inside the RNN").press("Enter")
    expect(page).to_have_url(re.compile(r"/rnn\?.*digit=.*networks=rnn|/rnn\?networks=rnn.*digit="))
    expect(page.locator(".paper")).to_be_visible()
    page.get_by_test_id("stSidebarNavLink").filter(has_text="The lesson").click()
    expect(sentence).to_be_visible()
    assert page.evaluate("window.dlvizSameVisit") is True
