"""A few examples in a real browser, with real workers."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit, overflow, reload

PATIENCE = 300_000  # a worker gets what the others leave of a busy machine


def button(page: Page, name: str) -> Locator:
    return page.get_by_test_id("stMainBlockContainer").get_by_role("button", name=name)


def test_lanes_learn_and_a_curve_begins_is_stopped_and_kept(visit: Visit) -> None:
    page = visit("/transfer?examples=1")
    page.get_by_role("button", name="Fine-tuned", exact=True).click()
    button(page, "Train four networks").click()
    legend = page.locator(".curves .legend button")
    expect(legend).to_have_text(["From scratch", "Frozen + new head", "Fine-tuned", "Head first"])
    expect(page.get_by_role("table")).to_contain_text(re.compile(r"(\d\d\.\d %.*){4}"), timeout=PATIENCE)
    expect(page.get_by_role("link", name="network")).to_have_count(4)

    button(page, "Measure the curve: train 120 networks").click()
    figure = page.locator(".js-plotly-plot")
    expect(figure).to_contain_text("test accuracy", timeout=PATIENCE)
    button(page, "Stop all").click()
    expect(button(page, "Let the unfinished go on")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Your prediction is kept")).to_be_visible()
    reload(page)
    expect(figure).to_contain_text("test accuracy", timeout=PATIENCE)
    page.set_viewport_size({"width": 390, "height": 844})
    assert overflow(page) <= 0
