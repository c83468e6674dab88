"""Every step of every tour: its part is there, it does something, and its text has the page's own numbers."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from dlviz.ui import tours
from tests.browser.conftest import PATIENCE, Learners, Visit, settled, visiting
from tests.browser.strokes import DIGITS, draw

# The class last: its tour opens a room, whose line then stands on every page.
TOURS = sorted(
    (file.name.split(".")[0] for file in tours.FOLDER.glob("*.tour.json")), key=lambda page: page == "class"
)

# Counts what the tour's hand does, which no event of a real mouse or keyboard is.
WATCH_HAND = """window.hand = {};
for (const type of ["click", "keydown", "pointerdown"]) {
  const count = (event) => event.isTrusted || (hand[type] = (hand[type] ?? 0) + 1);
  window.addEventListener(type, count, true);
}"""
# What the tour shows, once it waits for the learner at another step than before and has filled in its text.
SHOWN = """({ former, query: before, steps }) => {
  const words = document.querySelector("[role=dialog].driver-popover");
  const find = (name) => words.querySelector(`.driver-popover-${name}`);
  if (!words || document.activeElement !== find("next-btn")) return null;
  const progress = find("progress-text").textContent;
  const [text, step] = [find("description").textContent, steps[parseInt(progress) - 1]];
  const open = (text) => text.split("…").length;
  if (progress === former || open(text) !== open(step.text)) return null;
  const query = Object.fromEntries(new URLSearchParams(location.search));
  // The page writes its address last.
  if (step.set && JSON.stringify(query) === JSON.stringify(before)) return null;
  const { width, height } = document.querySelector(".tour-light").getBoundingClientRect();
  const did = window.hand;
  window.hand = {};
  return {
    progress,
    title: document.getElementById(words.getAttribute("aria-labelledby")).textContent,
    text,
    next: find("next-btn").textContent,
    lit: Math.min(width, height) > 8,
    did,
    query,
  };
}"""


def words_of(page: Page) -> Locator:
    """Words of the tour on screen."""
    return page.get_by_role("dialog").filter(has=page.get_by_role("button", name="Leave the tour"))


def begin(page: Page) -> None:
    """Press the button that starts the tour."""
    page.get_by_role("button", name="Show me around").click()


@pytest.fixture(scope="module")
def walk(app: str, browser: Browser) -> Iterator[Page]:
    """One page for all tours, which goes from lab to lab as a learner does: nothing is loaded again."""
    with visiting(app, Learners(browser)) as visit:
        page = visit("/convolution")
        page.emulate_media(reduced_motion="reduce")
        page.evaluate(WATCH_HAND)
        yield page


@pytest.mark.parametrize("lab", TOURS)
def test_every_step_finds_its_part_and_fills_in_what_is_there(lab: str, walk: Page) -> None:
    guide = tours.read(lab)
    assert guide
    page = walk
    address = "" if lab == "home" else lab
    page.get_by_test_id("stSidebarNavLink").and_(page.locator(f"[href$='/{address}']")).press("Enter")
    expect(page).to_have_url(re.compile(rf"/{address}(\?|$)"))
    begin(settled(page))
    former, query = "", {}
    for number, step in enumerate(guide.steps, 1):
        known = {"former": former, "query": query, "steps": [*guide.steps]}
        patience = PATIENCE + 1000 * step.get("wait", 0)
        shown = page.wait_for_function(SHOWN, arg=known, polling=100, timeout=patience).json_value()
        # A step whose part is missing is left out: another one's number and title would stand here.
        former = shown["progress"]
        assert former == f"{number} of {len(guide.steps)}"
        assert shown["title"] == step["title"]
        assert "{" not in shown["text"]
        assert shown["next"] == ("Next" if number < len(guide.steps) else "Done")
        assert shown["lit"]
        if "press" in step:
            assert shown["did"]["click"] == 1
        if "draw" in step:
            assert shown["did"]["pointerdown"] >= 1
        if "click" in step:
            assert shown["did"]["pointerdown"] == 1
        assert shown["did"].get("keydown", 0) == len(step.get("keys", []))
        for field, text in step.get("set", {}).items():
            assert shown["query"].get(field, text) == text
        query = shown["query"]
        page.keyboard.press("Enter")
    expect(page.locator(".driver-popover, .tour-light")).to_have_count(0)
    # A run goes on, and its page with it; on the start page canvases wait for a digit.
    if lab != "home" and not any("wait" in step for step in guide.steps):
        settled(page)  # the end is reported: a page that is left in the middle of that would come back
    if lab == "class":
        expect(page.get_by_text("Nothing has come yet.")).to_be_visible()  # of the drawings that it asks for


def test_a_learner_leaves_goes_back_and_has_what_he_had(visit: Visit) -> None:
    page = visit("/cnn?panel=kernels")
    draw(page, DIGITS[1])
    expect(page).to_have_url(re.compile("digit="))
    mine = urlsplit(settled(page).url).query
    page.emulate_media(reduced_motion="reduce")
    begin(page)
    words = words_of(page)
    expect(words).to_contain_text("1 of ")
    expect(words).to_contain_text("What does it say now? 7.")
    page.keyboard.press("ArrowRight")
    expect(words).to_contain_text("2 of ")
    page.keyboard.press("ArrowLeft")
    expect(words).to_contain_text("1 of ")
    page.keyboard.press("Escape")
    expect(words).to_have_count(0)
    expect(page.get_by_role("button", name="Show me around")).to_be_focused()
    page.get_by_role("button", name="Back to what I had").click()
    expect(page.get_by_test_id("stMetricValue").first).to_have_text("1")
    expect(page).to_have_url(re.compile("panel=kernels"))
    assert urlsplit(settled(page).url).query == mine
