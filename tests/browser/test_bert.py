"""The lab of BERT in a real browser: type, enlarge a head, pin a token, drop a head, read 128 tokens."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit, overflow, settled

WORDS = ["the", "soup", "was", "cold", "and", "the", "waiter", "was", "rude", "but", "nobody", "minded"]


def write(page: Page, text: str) -> None:
    field = page.get_by_role("textbox", name="Your text")
    field.fill(text)
    field.press("Control+Enter")


def title(page: Page) -> Locator:
    return page.locator(".heads .large .title")


def click_head(page: Page, layer: int, head: int) -> None:
    """A click in the middle of a small head, counted from 1."""
    grid = page.locator(".heads .grid")
    expect(grid).to_be_visible()
    box = grid.bounding_box()
    assert box is not None
    step = (box["width"] - 22 + 4) / 12
    grid.click(position={"x": 22 + (head - 0.5) * step, "y": 18 + (layer - 0.5) * step})


def dark_pixels(canvas: Locator) -> int:
    """How many pixels of a canvas are neither white nor clear."""
    return canvas.evaluate(
        """(canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          let count = 0;
          for (let i = 0; i < data.length; i += 4) count += data[i + 3] > 0 && data[i] < 200;
          return count;
        }"""
    )


def test_a_typed_sentence_becomes_tokens_and_markup_stays_text(visit: Visit) -> None:
    page = visit("/bert")
    write(page, "<b>unforgettable</b> waiter")
    words = page.locator(".heads .words button")
    expect(words.filter(has_text="##get")).to_have_count(1)
    expect(words.first).to_have_text("[CLS]101")
    expect(page.locator(".heads b")).to_have_count(0)
    expect(page).to_have_url(re.compile("text=%3Cb%3E"))
    assert dark_pixels(page.locator(".heads .big")) > 1000


def test_a_head_is_enlarged_by_mouse_and_by_keyboard_and_a_reload_keeps_it(visit: Visit) -> None:
    page = visit("/bert")
    click_head(page, 5, 8)
    expect(title(page)).to_have_text(re.compile("^Layer 5, head 8: looks at"))
    expect(page).to_have_url(re.compile("head=7&layer=4"))
    page.locator(".heads .grid").press("ArrowUp")
    expect(title(page)).to_have_text(re.compile("^Layer 4, head 8:"))
    page.locator(".heads .grid").press("ArrowRight")
    expect(title(page)).to_have_text(re.compile("^Layer 4, head 9:"))
    expect(page).to_have_url(re.compile("head=8&layer=3"))
    page.reload()
    expect(title(page)).to_have_text(re.compile("^Layer 4, head 9:"))


def test_a_pinned_token_tells_its_row_and_lights_the_others(visit: Visit) -> None:
    page = visit("/bert?text=the+cat+sat")
    word = page.locator(".heads .words button").nth(2)
    word.click()
    expect(word).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".heads .told")).to_have_text(re.compile(r"^“cat” \(3\) looks most at “"))
    expect(page).to_have_url(re.compile("pinned=2"))
    word.click()
    expect(word).to_have_attribute("aria-pressed", "false")
    expect(page).not_to_have_url(re.compile("pinned"))


def test_a_dropped_head_is_hatched_and_the_later_layers_change(visit: Visit) -> None:
    page = visit("/bert?layer=5&head=0&off=")
    picture = page.locator(".heads .big")
    before = picture.evaluate("(canvas) => canvas.toDataURL()")
    click_head(page, 1, 1)
    expect(page.get_by_role("button", name="Switch off head 1.1")).to_be_visible()
    page.get_by_role("button", name="Switch off head 1.1").click()
    expect(page.get_by_text("Edited: switched off (layer.head) 1.1.")).to_be_visible()
    expect(page).to_have_url(re.compile("off=1.1"))
    click_head(page, 6, 1)
    expect(title(page)).to_have_text(re.compile("^Layer 6, head 1:"))
    settled(page)
    assert picture.evaluate("(canvas) => canvas.toDataURL()") != before
    page.get_by_role("button", name="All on").click()
    settled(page)
    assert picture.evaluate("(canvas) => canvas.toDataURL()") == before


def test_many_tokens_are_painted(visit: Visit) -> None:
    page = visit("/bert")
    for count in (128, 256):
        write(page, " ".join(WORDS[at % len(WORDS)] for at in range(count - 2)))
        page.wait_for_function(
            "(count) => performance.getEntriesByName('dlviz:heads').at(-1)?.detail === count", arg=count
        )
        assert dark_pixels(page.locator(".heads .big")) > 300
        assert dark_pixels(page.locator(".heads .grid")) > 300


def test_lines_between_words_are_drawn_and_hover_tells_a_weight(visit: Visit) -> None:
    page = visit("/bert?text=the+cat+sat")
    canvas = page.locator(".heads .big")
    canvas.hover(position={"x": 120, "y": 120})
    expect(page.locator(".heads .tip")).to_contain_text("→")
    page.get_by_role("radio", name="Lines").click()
    expect(page).to_have_url(re.compile("drawn=lines"))
    settled(page)
    assert dark_pixels(canvas) > 100


def test_only_one_view_is_on_the_page_and_coming_back_finds_the_text(visit: Visit) -> None:
    page = visit("/bert")
    write(page, "nobody minded the soup")
    expect(page.locator(".heads .words")).to_contain_text("minded")
    page.get_by_role("radio", name="Does it explain?").click()
    expect(page.locator(".word-highlights section")).to_have_count(5)
    expect(page.locator(".heads")).to_have_count(0)
    page.get_by_role("radio", name="Embeddings").click()
    # The tokens, the two senses, and the likeness of the sentences.
    expect(page.locator(".js-plotly-plot")).to_have_count(3)
    expect(page.locator(".word-highlights")).to_have_count(0)
    page.get_by_role("radio", name="Attention").click()
    expect(page.locator(".heads .words")).to_contain_text("minded")
    for name in ("CNN", "BERT"):
        page.get_by_test_id("stSidebarNav").get_by_text(name, exact=True).click()
        settled(page)
    expect(page.locator(".heads .words")).to_contain_text("minded")


def test_on_a_phone_nothing_is_wider_than_the_window(visit: Visit) -> None:
    page = visit("/bert", phone=True, dark=True)
    for view in ("Attention", "Does it explain?", "Embeddings", "Sentiment"):
        page.get_by_role("radio", name=view, exact=True).click()
        expect(page.get_by_role("radio", name=view, exact=True)).to_be_checked()
        assert overflow(page) <= 0


def test_a_model_that_cannot_be_had_is_a_sentence_and_the_picture_stays(visit: Visit) -> None:
    page = visit("/bert")
    page.get_by_role("button", name="Another model").click()
    page.get_by_role("textbox", name="Model id").fill("/no/such/folder")
    page.get_by_role("textbox", name="Model id").press("Enter")
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_text("There is no such folder on this computer.")).to_be_visible()
    expect(page.locator(".heads .words")).to_contain_text("[CLS]")
