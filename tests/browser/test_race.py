"""A race in a real browser, with real workers."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit, overflow, reload, settled

PATIENCE = 300_000  # a worker gets what the others leave of a busy machine


def button(page: Page, name: str) -> Locator:
    return page.get_by_test_id("stMainBlockContainer").get_by_role("button", name=name)


def test_a_race_is_handed_in_once_stopped_and_found_again(visit: Visit) -> None:
    page = visit("/race?examples=100&seeds=1&guess=30")  # an older link
    card = page.locator("section").filter(has=page.locator("h3"))
    card.get_by_role("slider").press("End")
    card.get_by_role("button", name="That is my prediction").click()
    expect(card).to_contain_text("Your prediction is kept")
    button(page, "Start: train 2 networks").dblclick()
    expect(page.locator(".curves .legend button")).to_have_text(["CNN", "Transformer"], timeout=PATIENCE)
    button(page, "Stop all").click()
    expect(button(page, "Let the unfinished go on")).to_be_visible(timeout=PATIENCE)
    page.get_by_text("Show the ready-made race", exact=True).click()
    expect(card).to_contain_text("you said 60 points", timeout=PATIENCE)
    settled(page)
    page.get_by_text("Show the ready-made race", exact=True).click()
    page.wait_for_url(lambda url: "shipped" not in url, timeout=PATIENCE)
    expect(button(page, "Let the unfinished go on")).to_be_visible(timeout=PATIENCE)
    reload(page)
    expect(button(page, "Let the unfinished go on")).to_be_visible(timeout=PATIENCE)
    page.set_viewport_size({"width": 390, "height": 844})
    assert overflow(page) <= 0
