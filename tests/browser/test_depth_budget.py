"""Same budget, six depths in a real browser: networks that learn while one looks on."""

import re
import time

from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE, Visit, overflow

EASY = "points=50&budget=100"


def wait_for_step(page: Page, step: int) -> None:
    end = time.monotonic() + PATIENCE / 1000
    while int(page.locator(".cohort").get_attribute("data-steps") or 0) < step:
        assert time.monotonic() < end
        page.wait_for_timeout(50)


def test_networks_are_watched_paused_and_found_again_by_their_link(visit: Visit) -> None:
    page = visit(f"/depth?{EASY}")
    play = page.locator(".cohort .play")
    play.click()
    wait_for_step(page, 60)
    play.click()
    expect(page).to_have_url(re.compile(r"steps=\d+"))
    expect(page.locator(".cohort .place")).to_have_text(re.compile(r"^Step \d+$"))
    reached = page.locator(".cohort").get_attribute("data-steps")
    expect(page).to_have_url(re.compile(rf"steps={reached}(&|$)"))
    expect(page.locator(".cohort .foot").first).to_contain_text("% right")
    other = visit(page.url.removeprefix(page.evaluate("location.origin")))
    expect(other.locator(".cohort")).to_have_attribute("data-steps", str(reached))
    expect(other.locator(".cohort .play")).to_have_text("Play")
    other.set_viewport_size({"width": 320, "height": 640})
    assert overflow(other) <= 0
    other.get_by_role("radio", name="tanh").click()
    expect(other.locator(".cohort")).to_have_attribute("data-steps", "0")


def test_points_are_placed_by_mouse_and_keyboard_and_taken_back(visit: Visit) -> None:
    page = visit(f"/depth?pattern=own&{EASY}")
    expect(page.locator(".cohort .play")).to_be_disabled()
    plane = page.locator(".cohort .large canvas")
    plane.focus()
    for placed in (1, 2):  # the keyboard stays in the picture as sentences appear above it
        for key in ("ArrowRight", "ArrowUp", " "):
            page.keyboard.press(key)
        expect(page).to_have_url(re.compile(rf"own=[\w-]{{{3 * placed}}}(&|$)"))
    for at in range(8):  # faster than the page answers
        plane.click(position={"x": 40 + 30 * at, "y": 60 + 90 * (at % 2)}, button=("left", "right")[at % 2])
    expect(page).to_have_url(re.compile(r"own=[\w-]{30}(&|$)"))
    page.locator(".cohort .undo").click()
    expect(page).to_have_url(re.compile(r"own=[\w-]{27}(&|$)"))
    play = page.locator(".cohort .play")
    play.click()
    wait_for_step(page, 20)
    play.click()
    page.locator(".cohort .clear").click()
    expect(play).to_be_disabled()
    expect(page.get_by_text("No points yet")).to_be_visible()
