"""The Depth lab's views Inside one and Regions in a real browser."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit, overflow

LINK = "/depth?view=inside&steps=20&large_depth=2&budget=100"


def test_a_weight_is_changed_and_the_point_moves_by_the_keyboard(visit: Visit) -> None:
    page = visit(LINK)
    lab = page.locator(".plane-network")
    lab.locator(".layers canvas").nth(1).focus()
    page.keyboard.press("ArrowLeft")
    weight = lab.locator(".incoming button").first
    weight.press("Enter")
    lab.locator("input[type=number]").fill("-2.5")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 weight changed.")).to_be_visible()
    expect(weight).to_contain_text("−2.5")
    lab.locator(".answer canvas").press("ArrowUp")
    expect(lab.locator(".place")).to_have_text(re.compile(r"Point \(0, 0\.05\): logit .* class 1"))
    lab.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("1 weight changed, 1 unit switched off.")).to_be_visible()
    expect(lab.locator(".rule")).to_have_text("Switched off: it passes on 0 everywhere.")
    page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Undo all").click()
    expect(weight).not_to_contain_text("−2.5")


def test_a_region_tells_its_function_in_a_narrow_window(visit: Visit) -> None:
    page = visit(LINK.replace("inside", "regions"), phone=True)
    lab = page.locator(".plane-regions")
    lab.locator("canvas").press("ArrowUp")
    expect(lab.locator(".function")).to_have_text(re.compile(r"logit = \S+ x₁ [+−] \S+ x₂ [+−] \S+"))
    assert overflow(page) <= 0
