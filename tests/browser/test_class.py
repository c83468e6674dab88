"""A teacher and two learners in a real class: a question amid which the server is killed, and a lesson."""

import re
import tempfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from dlviz.ui.labs import TITLES
from dlviz.ui.lesson_plans.shipped import read_shipped
from tests.browser.conftest import ROOT, Kind, Learners, Server, settled


@pytest.fixture(scope="module")
def server(browser: Browser) -> Iterator[Server]:  # the browser first: without one no server is needed
    with tempfile.TemporaryDirectory() as runs:
        server = Server(ROOT / "app.py", runs)
        yield server
        server.end()


@pytest.fixture
def pages(learners: Learners) -> Iterator[tuple[Page, Page, Page]]:
    """The teacher's page, and those of two learners with phones."""
    kinds = (Kind(False, False, 1), Kind(True, True, 1), Kind(False, True, 1))
    teacher, first, second = (learners.lend(kind).new_page() for kind in kinds)
    yield teacher, first, second
    learners.take_back()


def press(page: Page, name: str) -> None:
    page.get_by_test_id("stMainBlockContainer").get_by_role("button", name=name).first.click()


def test_a_question_is_predicted_twice_revealed_and_looked_at(
    server: Server, pages: tuple[Page, Page, Page]
) -> None:
    teacher, first, second = pages
    teacher.goto(f"{server.address}/class")
    press(teacher, "Open a room")
    code = teacher.locator(".st-key-class-code h3").inner_text()

    first.goto(f"{server.address}/class?room={code}")
    expect(first.get_by_text("You are in.")).to_be_visible()
    second.goto(f"{server.address}/class")
    field = second.get_by_label("Code of the class")
    field.fill(code.lower())
    field.press("Enter")
    expect(second.get_by_text("You are in.")).to_be_visible()
    expect(teacher.get_by_text("2 learners are here")).to_be_visible()

    # Of the first lab, on a test digit: how many hidden units it lights.
    teacher.locator(".st-key-class-ask-mlp-lit button").click()
    press(first, "at most 16")
    expect(teacher.get_by_text("1 of 2 have answered")).to_be_visible()
    server.kill()
    server.start()
    for page in pages:
        page.reload()
    press(second, "more than 80")
    expect(first.get_by_text("Noted.")).to_be_visible()
    expect(teacher.get_by_text("2 of 2 have answered")).to_be_visible()
    expect(second.locator(".votes section")).to_have_count(0)

    teacher.keyboard.press("n")
    bars = first.locator(".votes section")
    expect(bars).to_have_count(4)
    assert [bar.inner_text().split()[-1] for bar in bars.all()] == ["1", "0", "0", "1"]
    press(teacher, "Let them talk")
    expect(first.get_by_text("Talk with someone")).to_be_visible()
    press(teacher, "Vote again")
    press(first, "49 to 80")
    press(second, "49 to 80")
    expect(teacher.get_by_text("2 of 2 have answered")).to_be_visible()
    press(teacher, "Show both votes")
    expect(first.get_by_text("after talking").first).to_be_visible()
    expect(first.get_by_text("computed")).to_have_count(0)
    press(teacher, "Reveal the computed answer")
    expect(first.locator(".votes section.right h4")).to_contain_text("49 to 80")
    first.emulate_media(forced_colors="active")  # on a dark screen the bars are white
    bar = first.locator(".votes section.right p i").last
    assert bar.evaluate("(bar) => getComputedStyle(bar).backgroundColor") == "rgb(255, 255, 255)"
    first.emulate_media(forced_colors="none")

    teacher.goto(f"{server.address}/cnn?sample=3")
    press(teacher, "Everyone look at this")
    press(second, "Open it")
    expect(second).to_have_url(f"{server.address}/cnn?sample=3")


def test_a_class_walks_a_lesson_that_ships(server: Server, pages: tuple[Page, Page, Page]) -> None:
    teacher, first, second = pages
    teacher.goto(f"{server.address}/class")
    press(teacher, "Open a room")
    code = teacher.locator(".st-key-class-code h3").inner_text()
    for learner in (first, second):
        learner.goto(f"{server.address}/class?room={code}")
        expect(learner.get_by_text("You are in.")).to_be_visible()
    expect(teacher.get_by_text("2 learners are here")).to_be_visible()
    teacher.locator(".st-key-class-lesson-teach button").click()
    steps = read_shipped("cnn").steps
    expect(teacher.get_by_text(f"Next step of the lesson: 1 of {len(steps)}")).to_be_visible()

    for number, step in enumerate(steps, 1):
        press(settled(teacher), "Next step")
        expect(teacher.get_by_text(f"step {number} of {len(steps)}")).to_be_visible()
        sent = first.locator(".st-key-class-sent-learner")
        expect(sent).to_contain_text(f"Everyone look at this: {TITLES[step.page]}")
        if step.question != "without":  # a number, which is dragged
            first.locator('[class*="st-key-class-answer-"] button').first.click()
            expect(teacher.get_by_text("1 of 2 have answered")).to_be_visible()
        if number == 2:
            look_at_what_is_locked(second)
        if isinstance(step.question, str):
            press(settled(teacher), "Reveal the computed answer")
            expect(first.get_by_text("See it in the lab")).to_be_visible()
    server.kill()
    server.start()
    teacher.reload()
    expect(teacher.get_by_text(f"step {len(steps)} of {len(steps)}")).to_be_visible()


def look_at_what_is_locked(learner: Page) -> None:
    """Open the situation of the lesson's second step, whose kernel is locked, and leave the lesson there."""
    press(learner, "Open it")
    expect(learner).to_have_url(re.compile(r"/convolution\?.*lesson="))
    expect(learner.get_by_text("The kernel slides over the whole photograph.")).to_be_visible()
    kernels = learner.locator('[class*="st-key-convolution-kernels"]')
    blur = kernels.get_by_role("radio", name="Box blur")
    expect(blur).to_have_attribute("aria-disabled", "true")
    expect(learner).to_have_url(re.compile("lock="))
    blur.click(force=True)
    blur.press("Enter")
    stride = learner.get_by_role("spinbutton", name="Stride")
    stride.fill("2")
    stride.press("Enter")
    expect(learner).to_have_url(re.compile("stride=2"))  # and nothing of what was pressed before
    assert "kernel=" not in learner.url
    press(learner, "Leave the lesson")
    expect(blur).not_to_have_attribute("aria-disabled", "true")
    blur.click()
    expect(learner).to_have_url(re.compile("kernel=box"))
    assert "lock=" not in learner.url
