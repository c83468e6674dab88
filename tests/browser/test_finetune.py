"""Fine-tuning in a real browser, with a real worker: a few sentences of one's own, to the end."""

from playwright.sync_api import expect

from tests.browser.conftest import Visit, overflow, reload

PATIENCE = 120_000


def test_own_sentences_are_learned_filmed_and_deleted(visit: Visit) -> None:
    page = visit("/finetune?data=own&lanes=last")
    content = page.get_by_test_id("stMainBlockContainer")
    train = content.get_by_role("button", name="Train 1 network")
    expect(train).to_be_visible()  # before the encoder has read anything
    content.locator("section").get_by_role("button", name="Last layer", exact=True).click()
    expect(content.get_by_text("Your prediction is kept")).to_be_visible()
    train.dblclick()
    expect(content.get_by_role("button", name="All are trained")).to_be_disabled(timeout=PATIENCE)
    expect(content.get_by_role("table").get_by_text("%")).to_have_count(5)
    expect(content.get_by_text("Your prediction is kept")).to_have_count(0)

    content.get_by_text("Film", exact=True).click()
    expect(content.locator(".film .own").first).to_contain_text("after step 3", timeout=PATIENCE)
    content.get_by_role("slider", name="frame").press("Home")
    expect(content.locator(".film .own").first).to_contain_text("after step 0")
    reload(page)
    expect(content.locator(".film .own").first).to_contain_text("after step 0")
    content.get_by_role("radio", name="Where the head decides").click()
    expect(content.get_by_text("tells the labels apart best")).to_be_visible()
    dots = content.locator(".film canvas")
    dots.focus()
    dots.press("ArrowRight")
    dots.press("Enter")
    expect(content.locator(".film .said")).to_contain_text("Label:")
    expect(content.locator(".film .checkpoints li")).to_have_count(4)

    content.get_by_text("What changed, what was lost", exact=True).click()
    layers = content.get_by_text("What changed, layer by layer")
    predicted = content.get_by_role("button", name="layer 6", exact=True)
    expect(predicted).to_be_visible(timeout=PATIENCE)
    expect(layers).to_have_count(0)
    predicted.click()
    expect(layers).to_be_visible(timeout=PATIENCE)
    expect(content.get_by_role("link", name="after fine-tuning: the BERT lab")).to_have_count(3)

    page.set_viewport_size({"width": 390, "height": 844})
    assert overflow(page) <= 0

    content.get_by_text("Train", exact=True).click()
    content.get_by_role("button", name="Delete these runs").click()
    page.get_by_role("button", name="Delete 1 run for good").click()
    expect(train).to_be_enabled()
