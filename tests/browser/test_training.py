"""Real runs in a real browser: handed in, watched, steered, found again."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, Visit, overflow, settled
from tests.browser.strokes import DIGITS, draw, tool

# A few seconds of learning on a quiet machine, more on a busy one.
SHORT = "/training?samples=320&epochs=2&batch_size=32"
# Longer than any test: it is stopped.
LONG = "/training?samples=3200&epochs=500&batch_size=32"
PATIENCE = 300_000  # a worker gets what the others leave of a busy machine


def button(page: Page, name: str) -> Locator:
    # Not in the page's header: Streamlit has a button "Stop" there while a run of the page goes on.
    return page.get_by_test_id("stMainBlockContainer").get_by_role("button", name=name, exact=True)


def drawn(page: Page) -> int:
    """The newest step that the curve shows."""
    return page.evaluate("performance.getEntriesByName('dlviz:curves').at(-1)?.detail ?? 0")


def wait_for_step(page: Page, step: int) -> None:
    page.wait_for_function(
        "step => (performance.getEntriesByName('dlviz:curves').at(-1)?.detail ?? 0) >= step",
        arg=step,
        timeout=PATIENCE,
    )


def begin(page: Page, step: int = 1) -> None:
    button(page, "Train").click()
    expect(page).to_have_url(re.compile(r"run=[0-9a-f]{20}"))
    # The schedule's curve, before the run, has left marks too; and a tiny run may have ended meanwhile.
    page.evaluate("performance.clearMarks()")
    page.wait_for_function(
        """step => (performance.getEntriesByName('dlviz:curves').at(-1)?.detail ?? 0) >= step
          || document.body.innerText.includes("All epochs are learned.")""",
        arg=step,
        timeout=PATIENCE,
    )


def stop(page: Page) -> None:
    button(page, "Stop").click()
    # On a machine too busy for a last checkpoint it is killed, and says so.
    expect(page.get_by_text(re.compile(r"The run was stopped\.|^Stopped;"))).to_be_visible(timeout=PATIENCE)


def test_a_run_is_watched_from_its_beginning_to_its_end(visit: Visit) -> None:
    page = visit(SHORT)
    settings = settled(page).locator(".st-key-run-settings")
    place = settings.bounding_box()
    begin(page)
    settled(page)
    assert settings.bounding_box() == place  # the column does not jump
    first = drawn(page)
    wait_for_step(page, min(first + 1, 20))  # on a busy machine the first look may see all of it
    expect(page.get_by_text("All epochs are learned. Best: epoch")).to_be_visible(timeout=PATIENCE)
    settled(page)
    assert drawn(page) == 20
    expect(page.locator(".gallery canvas")).not_to_have_count(0)
    # The clock stands: nothing is drawn any more.
    count = page.evaluate("performance.getEntriesByName('dlviz:curves').length")
    page.wait_for_timeout(2500)
    assert page.evaluate("performance.getEntriesByName('dlviz:curves').length") == count
    with page.context.expect_page() as opened:
        page.locator(".gallery a").first.click()
    expect(opened.value.get_by_text("Weights of a training run, after step 20")).to_be_visible()
    page.get_by_role("link", name="Open in the CNN lab").click()
    expect(page).to_have_url(re.compile(r"/cnn\?.*run=[0-9a-f]{20}.*weights=run"))
    # The drawing comes along.
    expect(page.get_by_text("Weights of a training run, after step 20").first).to_be_visible()
    settled(page).go_back()
    expect(page.get_by_text("All epochs are learned. Best: epoch")).to_be_visible()


def test_a_run_is_found_again_after_a_refresh_and_stopped(visit: Visit) -> None:
    page = visit(LONG)
    begin(page)
    before = drawn(page)
    page.reload()
    wait_for_step(page, before)
    stop(page)
    settled(page)
    end = drawn(page)
    page.reload()
    wait_for_step(page, end)
    button(page, "Go on from the last checkpoint").click()
    wait_for_step(page, end + 1)
    stop(page)


def press_in_both(tabs: tuple[Page, Page], name: str) -> None:
    """The same button in two tabs, one right after the other."""
    both = [button(tab, name).element_handle() for tab in tabs]
    for each in both:
        each.evaluate("button => button.click()")


def test_two_tabs_of_the_owner_steer_one_run_and_another_browser_watches(visit: Visit) -> None:
    page = visit(LONG)
    begin(page)
    tab = page.context.new_page()
    tab.goto(page.url)
    watching = visit(page.url[page.url.index("/training") :])
    wait_for_step(watching, 1)
    expect(watching.get_by_text("only they can steer it")).to_be_visible()
    for name in ("Pause", "Stop", "÷ 10", "× 10"):
        expect(button(watching, name)).to_have_count(0)
    button(page, "÷ 10").click()
    for each in (page, tab, watching):
        metric = each.get_by_test_id("stMetric").filter(has_text="Learning rate")
        expect(metric).to_contain_text("0.0001", timeout=PATIENCE)
    button(page, "Pause").click()
    expect(watching.get_by_text(re.compile("^Paused · Epoch"))).to_be_visible(timeout=PATIENCE)
    button(tab, "Resume").click()
    expect(button(page, "Pause")).to_be_visible(timeout=PATIENCE)
    # To ask in two tabs at once is to ask once.
    press_in_both((page, tab), "Stop")
    for each in (page, tab, watching):
        expect(each.get_by_text("The run was stopped.")).to_be_visible(timeout=PATIENCE)
    expect(button(watching, "Go on from the last checkpoint")).to_have_count(0)
    end = drawn(page)
    press_in_both((page, tab), "Go on from the last checkpoint")
    for each in (page, tab):
        wait_for_step(each, end + 1)
        expect(each.get_by_test_id("stAlert")).to_have_count(0)
    stop(tab)
    # On a machine too busy for a last checkpoint it is killed, and says so.
    expect(page.get_by_text(re.compile(r"The run was stopped\.|^Stopped;"))).to_be_visible(timeout=PATIENCE)


def test_a_drawing_is_read_by_the_network_that_learns(visit: Visit) -> None:
    page = visit(SHORT)
    begin(page)
    tool(page, "clear")
    draw(page, DIGITS[1])
    expect(page.locator(".tiles h4")).to_have_text(re.compile(r"It says \d"))
    page.set_viewport_size(PHONE)
    assert overflow(page) <= 0
    expect(page.get_by_text("the network after step 20")).to_be_visible(timeout=PATIENCE)
    assert overflow(page) <= 0


def test_a_rate_far_too_high_ends_with_a_sentence_and_its_curve(visit: Visit) -> None:
    page = visit(SHORT + "&learning_rate=1e9&optimizer=SGD")
    begin(page)
    expect(page.get_by_text("the loss is no longer a number")).to_be_visible(timeout=PATIENCE)
    assert drawn(page) >= 1


def test_the_time_that_a_run_takes_is_tried_out(visit: Visit) -> None:
    page = visit("/training?model=MLP")
    expect(page.get_by_text("Tried out on this machine")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_test_id("stMetric").filter(has_text="Parameters")).to_contain_text("101,770")


def test_a_decimal_comma_is_typed_and_pasted_into_a_field_for_fractions(visit: Visit) -> None:
    page = visit("/training")
    page.get_by_text("More choices").click()
    field = page.get_by_role("spinbutton", name="Weight decay")
    field.click()
    field.press("ControlOrMeta+a")
    field.press_sequentially("0,01")
    field.press("Enter")
    expect(page).to_have_url(re.compile("weight_decay=0.01"))
    field.press("ControlOrMeta+a")
    page.keyboard.insert_text("0,02")
    field.press("Enter")
    expect(page).to_have_url(re.compile("weight_decay=0.02"))
    expect(field).to_have_value("0.02")
