"""The Race lab's views Stress tests and Inside both in a real browser."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit, overflow


def test_a_clicked_patch_is_the_place_that_all_pictures_speak_of(visit: Visit) -> None:
    page = visit("/race?view=inside&sample=1&place=25")
    heading = page.get_by_role("heading", name="Which pixels change the values")
    expect(heading).to_contain_text("row 4, column 4")
    page.locator(".panels canvas").first.press("ArrowRight")
    expect(heading).to_contain_text("row 4, column 5")
    expect(page).to_have_url(re.compile("place=26"))


def test_a_picture_goes_through_a_stress_in_a_narrow_window(visit: Visit) -> None:
    page = visit("/race?view=stress&sample=1", phone=True)
    told = page.get_by_text("With this picture, the CNN changes from 2 to")
    expect(told).to_contain_text("px")
    page.get_by_role("radio", name="Turned").click()
    expect(told).to_contain_text("°")
    assert overflow(page) <= 0
