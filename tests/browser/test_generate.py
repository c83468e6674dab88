"""The lab of text generation in a real browser: step, play, look back, by mouse and keyboard."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visit, overflow, settled

HEADER = 60  # pixels that Streamlit's header covers


def test_by_keyboard_the_text_is_stepped_and_a_reload_stays_there(visit: Visit) -> None:
    page = visit("/generate?length=60&at=10")
    place = page.locator(".generated-text .place")
    expect(place).to_have_text("character 11 of 60")
    page.locator(".generated-text").focus()
    page.keyboard.press("ArrowRight")
    expect(place).to_have_text("character 12 of 60")
    page.keyboard.press("Home")
    expect(place).to_have_text("character 1 of 60")
    expect(page).to_have_url(re.compile("at=0"))
    page.reload()
    expect(place).to_have_text("character 1 of 60")


def test_it_plays_to_the_end_and_a_click_looks_back(visit: Visit) -> None:
    page = visit("/generate?length=40&at=0")
    page.locator(".generated-text .speed").select_option("fast")
    page.locator(".generated-text .play").click()
    expect(page.locator(".generated-text .place")).to_have_text("character 40 of 40")
    expect(page.locator(".generated-text .play")).to_have_text("Play")
    prompt = page.locator(".generated-text .text .prompt").count()
    page.locator(".generated-text .text span").nth(prompt + 5).click()
    expect(page.locator(".generated-text .place")).to_have_text("character 6 of 40")
    expect(page.locator(".generated-text .bars .it")).to_have_count(1)
    expect(page.locator(".generated-text .drawn")).to_have_text(
        re.compile(r"was drawn\. The network had given it [<>\d. ]+ %: [\d.]+ bits of surprise$")
    )


def test_a_prompt_with_markup_stays_text(visit: Visit) -> None:
    page = visit("/generate?length=20")
    field = page.get_by_role("textbox", name="The beginning")
    field.fill("<b>Emma</b> said")
    field.press("Control+Enter")
    expect(page.get_by_text("Left out, since the novels have no such characters: < >")).to_be_visible()
    expect(page.locator(".generated-text .text")).to_have_text(re.compile("^bEmma/b said|^bEmmab said"))


def test_on_a_phone_the_temperature_and_the_bars_are_on_one_screen_and_nothing_is_wider(visit: Visit) -> None:
    page = visit("/generate?length=100", phone=True, dark=True)
    bars = page.locator(".generated-text .bars")
    expect(bars.locator("> *")).to_have_count(11)
    assert overflow(page) <= 0
    slider, bars = settled(page).get_by_role("slider", name="Temperature").bounding_box(), bars.bounding_box()
    assert slider
    assert bars
    assert bars["y"] + bars["height"] - slider["y"] < PHONE["height"] - HEADER


def test_what_comes_is_hidden_while_the_learner_guesses_and_both_are_scored(visit: Visit) -> None:
    page = visit("/generate?length=40&at=0&temperature=0")
    text = page.locator(".generated-text")
    characters = text.locator(".text span:not(.prompt)")
    expect(characters).to_have_count(40)
    written = "".join(characters.all_text_contents())
    text.get_by_role("button", name="Guess the next character").click()
    expect(text.locator(".text .unseen")).to_have_count(39)
    expect(text.locator(".text .unseen").first).to_be_hidden()
    field = text.get_by_label("Yours:")
    expect(field).to_be_focused()
    page.keyboard.press("Enter" if written[1] == "\n" else written[1])
    expect(text.locator(".score")).to_contain_text("You: 1 of 1 right. The network: 1.")
    page.keyboard.press("#")
    expect(text.locator(".score")).to_contain_text("Not “#”: ")
    expect(text.locator(".score")).to_contain_text("You: 1 of 2 right. The network: 2.")
    expect(page).to_have_url(re.compile("at=2"))
    settled(page)
    expect(field).to_be_focused()
    expect(text.locator(".text .unseen")).to_have_count(37)
    text.get_by_role("button", name="Guess the next character").click()
    expect(text.locator(".text .unseen")).to_have_count(0)


def test_a_click_on_a_bar_puts_its_character_and_it_can_be_taken_back(visit: Visit) -> None:
    page = visit("/generate?length=40&at=5")
    text = page.locator(".generated-text .text")
    expect(text).to_contain_text("Elizabeth")
    before = text.text_content()
    page.locator(".generated-text .bars button:not(.it)").first.click()
    expect(text.locator(".own")).to_have_count(1)
    expect(page).to_have_url(re.compile("put=5"))
    expect(page.locator(".generated-text .place")).to_have_text("character 6 of 40")
    expect(page.locator(".generated-text .drawn")).to_contain_text("is yours")
    assert text.text_content() != before
    page.get_by_role("button", name="Take the last back").click()
    expect(text).to_have_text(before or "", use_inner_text=False)


def test_enter_reads_the_beginning_and_shift_enter_makes_a_line(visit: Visit) -> None:
    page = visit("/generate?length=10")
    field = page.get_by_role("textbox", name="The beginning")
    field.fill("Emma")
    field.press("Shift+Enter")
    field.press_sequentially("Jane")
    expect(page.locator(".generated-text .text")).not_to_have_text(re.compile("^Emma"))
    field.press("Enter")
    expect(page.locator(".generated-text .text")).to_have_text(re.compile("^Emma↵\\s*Jane"))
    expect(field).to_have_value("Emma\nJane")
