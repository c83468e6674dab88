"""Experiments and comparisons in a real browser, with real runs."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from dlviz.ui.labs.training.my_runs.table import HEAD, ROW
from tests.browser.conftest import PHONE, Visit, reload, serving, settled

COMPARE = "/training?view=compare"
LONG = "/training?samples=3200&epochs=500&batch_size=32&model=MLP"
PATIENCE = 300_000  # a worker gets what the others leave of a busy machine
ANSWER = "Lowest validation loss: rate 0.001"


@pytest.fixture(scope="module")
def app(browser: Browser) -> Iterator[str]:
    with serving(Path(__file__).parent / "tiny_experiments_app.py") as address:
        yield address


def button(page: Page, name: str | re.Pattern[str]) -> Locator:
    # Not in the page's header: Streamlit has a button "Stop" there while a run of the page goes on.
    return page.get_by_test_id("stMainBlockContainer").get_by_role("button", name=name, exact=True)


def paints(page: Page) -> int:
    """How often the curves have been painted."""
    return page.evaluate("performance.getEntriesByName('dlviz:curves').length")


def run(page: Page, answer: str = ANSWER) -> None:
    """Press Run, and wait for the answer."""
    button(page, "Run: train 2 networks").click()
    expect(page.get_by_text(re.compile(f"^{answer}"))).to_be_visible(timeout=PATIENCE)
    settled(page)


def path(page: Page) -> str:
    return page.url[page.url.index("/training") :]


def test_an_experiment_is_predicted_run_answered_and_found_again(visit: Visit) -> None:
    page = visit(COMPARE)
    page.get_by_role("button", name="rate 1e-06", exact=True).click()
    expect(page.get_by_text("Your prediction is kept")).to_be_visible()
    run(page)
    expect(page.get_by_text("Not as you predicted.")).to_be_visible()
    legend = page.locator(".curves .legend button")
    expect(legend).to_have_text(["rate 1e-06", "rate 0.001"])
    expect(
        page.get_by_role(
            "application", name=re.compile("Loss in nats, accuracy over steps. rate 1e-06: step 30")
        )
    ).to_be_visible()
    expect(page.get_by_role("table")).to_contain_text("0.001")
    # The clock stands: nothing is painted any more.
    count = paints(page)
    page.wait_for_timeout(3000)
    assert paints(page) == count
    reload(page)
    expect(page.get_by_text(re.compile(f"^{ANSWER}"))).to_be_visible()
    # Without its address too, by whose runs they are.
    other = page.context.new_page()
    other.goto(page.url.split("?")[0] + "?view=compare")
    expect(other.get_by_text(re.compile(f"^{ANSWER}"))).to_be_visible()
    # On a phone nothing is wider than the screen.
    other.set_viewport_size(PHONE)
    for scheme in ("dark", "light"):
        other.emulate_media(color_scheme=scheme)
        wide = settled(other).evaluate(
            """() => [...document.querySelectorAll("[data-testid=stMain] *")]
              .filter((part) => !part.closest("[data-testid=stTable]"))
              .filter((part) => part.getBoundingClientRect().right > innerWidth + 2).length"""
        )
        assert wide == 0


def test_runs_learn_while_another_browser_watches_and_all_are_stopped(visit: Visit) -> None:
    page = visit(LONG)
    button(page, "Train").click()
    page.wait_for_url(re.compile("run=[0-9a-f]{20}"))
    link = page.url
    button(page, "Pin to compare").click()
    button(page, "Go to Compare").click()
    # The pinned run is there, and grows.
    page.wait_for_function(
        "() => (performance.getEntriesByName('dlviz:curves').at(-1)?.detail ?? 0) >= 100", timeout=PATIENCE
    )
    expect(page.get_by_text(re.compile("^0 of 1 run"))).to_be_visible()
    watching = visit(COMPARE + "&way=own")
    field = watching.get_by_role("textbox", name="Add a run by its link", exact=True)
    field.fill(link)
    field.press("Enter")
    expect(watching.get_by_text("only they can stop them")).to_be_visible(timeout=PATIENCE)
    expect(button(watching, "Stop all")).to_have_count(0)
    button(page, "Stop all").click()
    for both in (page, watching):
        expect(both.get_by_text(re.compile("^0 of 1 run"))).to_have_count(0, timeout=PATIENCE)
        expect(both.get_by_text(re.compile(r"Stopped before the end: .* \(after step"))).to_be_visible()
    expect(button(page, "Stop all")).to_have_count(0)
    expect(button(watching, "Let the unfinished go on")).to_have_count(0)
    # It goes on, and whoever watches elsewhere sees that.
    button(page, "Let the unfinished go on").click()
    expect(watching.get_by_text(re.compile("^0 of 1 run"))).to_be_visible(timeout=PATIENCE)
    button(page, "Stop all").click()
    expect(page.get_by_text(re.compile("Stopped before the end"))).to_be_visible(timeout=PATIENCE)


def test_an_experiments_runs_are_opened_and_ticked_and_compared_by_epoch(visit: Visit) -> None:
    page = visit(COMPARE + "&experiment=flip-clothes")
    run(page, "Highest validation accuracy: (as they are|flipped)")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="flipped", exact=True).click()
    own = opened.value
    expect(own.get_by_text("flipped · seed 0 · Mirrored clothes")).to_be_visible()
    own.close()
    page.get_by_role("radio", name="My runs").or_(button(page, "My runs")).first.click()
    settled(page)
    table = page.get_by_test_id("stDataFrame").first
    for row in range(2):  # the boxes of the two newest runs
        table.click(position={"x": 18, "y": HEAD + row * ROW + ROW // 2})
        settled(page)
    button(page, "Compare 2 runs").click()
    expect(page.locator(".curves .legend button")).to_have_text(["as they are", "flipped"])
    button(page, "Epochs").or_(page.get_by_role("radio", name="Epochs")).first.click()
    settled(page)
    expect(page.get_by_text(re.compile("^Lowest validation loss: (as they are|flipped), "))).to_be_visible()
    again = page.context.new_page()
    again.goto(page.url)
    expect(again.locator(".curves .legend button")).to_have_count(2)
