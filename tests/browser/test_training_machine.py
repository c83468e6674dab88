"""The time machine over a run that was trained in this browser: a drawing through all checkpoints."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PHONE, Visit, settled
from tests.browser.strokes import DIGITS, draw, tool
from tests.browser.test_training import PATIENCE, begin, button, stop

LEARNT = "/training?samples=1600&epochs=2&batch_size=32"


@pytest.fixture(scope="module")
def address() -> list[str]:
    """Where the run of this module is, once one test has trained it."""
    return []


@pytest.fixture
def link(visit: Visit, address: list[str]) -> str:
    if not address:
        page = visit(LEARNT)
        begin(page)
        expect(page.get_by_text("All epochs are learned. Best: epoch")).to_be_visible(timeout=PATIENCE)
        address.append("/training?view=machine&" + re.findall(r"run=[0-9a-f]+", page.url)[0])
    return address[0]


@pytest.fixture
def machine(visit: Visit, link: str) -> Page:
    page = visit(link)
    expect(place(page)).to_have_text("step 100 · 7 of 7")
    return page


def place(page: Page) -> Locator:
    return page.locator(".machine .place")


def says(page: Page) -> Locator:
    return page.locator(".machine .says h3")


def chances(page: Page) -> Locator:
    return page.locator(".machine .says dd")


def painted(page: Page) -> str:
    return page.locator(".machine .panels canvas").first.evaluate("canvas => canvas.toDataURL()")


def test_a_drawing_is_scrubbed_through_the_run(machine: Page) -> None:
    tool(machine, "clear")
    expect(machine.get_by_text("Draw something: every checkpoint is asked")).to_be_visible()
    draw(machine, DIGITS[1])
    expect(says(machine)).to_have_text("It says 1")
    settled(machine)  # half of the stroke is a 1 too
    first = chances(machine).first
    learnt = float(first.inner_text().strip("<> %"))
    maps = painted(machine)
    machine.get_by_role("slider", name="Checkpoint").fill("0")
    expect(place(machine)).to_have_text("step 0 · 1 of 7")
    expect(machine.get_by_text("Step 0: random weights, nothing learned")).to_be_visible()
    # Random weights are sure of nothing: ten classes, about a tenth each.
    assert float(first.inner_text().strip("<> %")) < 25 < learnt
    assert painted(machine) != maps
    machine.get_by_role("slider", name="Checkpoint").fill("6")
    expect(says(machine)).to_have_text("It says 1")
    assert painted(machine) == maps


def test_keys_film_and_address(machine: Page) -> None:
    machine.locator(".machine").focus()
    machine.keyboard.press("Home")
    expect(place(machine)).to_have_text("step 0 · 1 of 7")
    machine.keyboard.press("ArrowRight")
    expect(place(machine)).to_have_text("step 1 · 2 of 7")
    expect(machine).to_have_url(re.compile(r"[?&]at=1(&|$)"))
    expect(machine.locator(".machine .state")).to_contain_text("Step 1, epoch 1: not measured there. It says")
    machine.keyboard.press(" ")
    expect(machine.get_by_role("button", name="Pause")).to_be_visible()
    expect(place(machine)).to_have_text("step 100 · 7 of 7")
    expect(button(machine, "Play")).to_be_visible()
    expect(machine).to_have_url(re.compile("at=100"))
    shown = "performance.getEntriesByName('dlviz:checkpoint').map(({detail}) => detail)"
    passed = machine.evaluate(shown)
    assert [step for step in (3, 10, 30, 50, 100) if step in passed] == [3, 10, 30, 50, 100]
    machine.reload()
    expect(place(machine)).to_have_text("step 100 · 7 of 7")


def test_two_checkpoints_and_their_difference(machine: Page) -> None:
    machine.get_by_label("Beside it").select_option("step 0")
    captions = machine.locator(".machine .panels figcaption b")
    expect(captions).to_have_text(["Step 0", "Step 100", "Step 100 less step 0"])
    expect(says(machine)).to_have_count(2)
    expect(machine).to_have_url(re.compile("beside=0"))
    # A checkpoint less itself is nothing.
    machine.get_by_role("slider", name="Checkpoint").fill("0")
    expect(captions).to_have_text(["Step 0", "Step 0", "Step 0 less step 0"])
    label = machine.locator(".machine .panels canvas").nth(2)
    expect(label).to_have_attribute("aria-label", re.compile("32 maps.*largest change: 0 in map 0"))
    machine.get_by_role("radio", name="Kernels").click()
    expect(label).to_have_attribute("aria-label", re.compile("^Kernels of the first convolution"))
    expect(machine.get_by_role("radio", name="Feature maps")).to_have_count(1)
    for none in ("Gates", "Attention"):  # which this network has not
        expect(machine.get_by_role("radio", name=none)).to_have_count(0)


def test_on_a_phone_nothing_is_wider_than_the_screen(visit: Visit, link: str) -> None:
    page = visit(f"{link}&beside=0", phone=True)
    expect(page.locator(".machine .panels canvas")).to_have_count(3)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        wide = settled(page).evaluate(
            """() => [...document.querySelectorAll("[data-testid=stMain] *")]
              .filter((part) => part.getBoundingClientRect().right > innerWidth + 2).length"""
        )
        inside = page.locator(".machine *").evaluate_all(
            "parts => parts.filter((part) => part.getBoundingClientRect().right > innerWidth + 2).length"
        )
        assert (wide, inside) == (0, 0)
    paper = page.locator(".pad .paper").bounding_box()
    assert paper
    assert paper["y"] + paper["height"] < 1.1 * PHONE["height"]  # before all that it is made of


def test_the_film_grows_with_its_run_and_the_learner_stays(visit: Visit) -> None:
    # A quarter of a second an epoch on a quiet machine: so slowly, its disk keeps all that is looked at here.
    page = visit("/training?model=MLP&samples=16000&epochs=9000&batch_size=64")
    begin(page, 40)
    page.get_by_role("radio", name="Time machine").click()
    expect(place(page)).to_have_text(re.compile(r"step \d+ · (\d+) of \1"))  # the newest is followed
    before = place(page).inner_text()
    expect(place(page)).not_to_have_text(before)
    expect(place(page)).to_have_text(re.compile(r"· (2[1-9]|3\d) of"), timeout=PATIENCE)
    page.get_by_role("slider", name="Checkpoint").fill("19")
    # After six in the first epoch, one each 250 steps.
    expect(place(page)).to_have_text(re.compile("^step 3,500 · 20 of"))
    expect(page).to_have_url(re.compile("at=3500"))
    answer = chances(page).first.inner_text()
    # More than a film shows: those about it are thinned out, but not this one.
    expect(page.get_by_text(re.compile(r"3[23] of \d\d checkpoints are shown"))).to_be_visible(
        timeout=PATIENCE
    )
    expect(place(page)).to_have_text(re.compile(r"^step 3,500 · \d+ of 3[23]"))
    expect(chances(page).first).to_have_text(answer, use_inner_text=True)
    label = page.locator(".machine .panels canvas").first
    expect(label).to_have_attribute(
        "aria-label", re.compile("^Hidden units, step 3,500: 128 units; strongest: ")
    )
    page.get_by_role("radio", name="Train", exact=True).click()
    stop(page)
