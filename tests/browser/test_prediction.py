"""Predict, then see, in a browser: choose, draw by keyboard, look only."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit


def card(page: Page) -> Locator:
    """The question above the picture."""
    return page.locator("section").filter(has=page.locator("h3"))


def test_a_choice_is_asked_for_before_the_words_turn_and_can_be_left(visit: Visit) -> None:
    page = visit("/text")
    asked = card(page)
    expect(asked).to_contain_text("Your words are about to be read in the opposite order.")
    asked.get_by_role("button", name="Hint").click()
    expect(asked).to_contain_text("Does the order of words matter")
    asked.get_by_role("button", name="The same", exact=True).click()
    expect(asked).to_contain_text(re.compile("As you predicted|Not as you predicted"))
    expect(asked).to_contain_text("Why? Which word lost, or found, its neighbour?")
    expect(asked.get_by_text("Before it said")).to_be_hidden()
    asked.get_by_text("Compare with an explanation").click()
    expect(asked.get_by_text("Before it said")).to_be_visible()
    expect(page).to_have_url(re.compile("text="))  # the words have turned, and a link says so
    asked.get_by_role("button", name="Predict again").click()
    expect(asked).to_contain_text("Predict first")
    asked.get_by_role("button", name="Just let me look").click()
    expect(asked).to_have_count(0)
    page.get_by_test_id("stSidebarNav").get_by_text("The lesson").click()
    page.get_by_test_id("stSidebarNav").get_by_text("Text classification").click()
    expect(page.get_by_role("button", name="Predict first")).to_be_visible()
    expect(card(page)).to_have_count(0)


def test_a_curve_is_drawn_by_keyboard_and_met_by_the_computed_one(visit: Visit) -> None:
    page = visit("/gradients?steps=10&hidden=16")
    asked = card(page)
    commit = asked.get_by_role("button", name="That is my prediction")
    expect(commit).to_be_disabled()
    asked.locator("canvas").focus()
    for key in ["ArrowDown"] * 3 + ["ArrowRight"] * 4 + ["ArrowDown"] * 3:
        page.keyboard.press(key)
    commit.click()
    expect(asked).to_contain_text("of the picture’s height away from it, on average")
    expect(asked.locator("canvas")).to_have_accessible_name(
        re.compile(r"^Your curve ends at .+, the computed one at .+\.$")
    )
    expect(page).to_have_url(re.compile("bias=4"))


def test_a_lessons_question_stands_below_its_text_and_its_answer_opens_its_situation(visit: Visit) -> None:
    page = visit("/convolution?lesson=cnn-1&stride=3", phone=True)
    asked = page.locator(".st-key-lesson-step-here section")
    assert card(page).count() == asked.count() == 1  # and the lab asks nothing else
    place = asked.bounding_box()
    assert place
    assert place["y"] < 700  # of 844
    asked.get_by_role("button", name="It keeps its value").click()
    expect(asked).to_contain_text("As you predicted")
    expect(page).to_have_url(re.compile("kernel=box"))
    assert "stride" not in page.url  # what was changed before is as the lesson has it
