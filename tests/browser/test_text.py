"""The lab of text classification in a real browser: type, choose words, follow examples."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, settled


def write(page: Page, text: str) -> None:
    field = page.get_by_role("textbox", name="Your sentence")
    field.fill(text)
    field.press("Enter")


def test_a_typed_sentence_becomes_words_with_indices_and_markup_stays_text(visit: Visit) -> None:
    page = visit("/text")
    write(page, "<script>alert(1)</script> the zxqwv was wonderful")
    words = page.locator(".flow .words button")
    expect(words.last).to_have_text(re.compile(r"^wonderful\d+$"))
    expect(words.first).to_have_text(re.compile(r"^<\d+$"))
    expect(words.filter(has_text="zxqwv")).to_have_class(re.compile("unknown"))
    expect(page.get_by_role("heading", name="The network says positive")).to_be_visible()
    expect(page.locator(".word-highlights section")).to_have_count(2)
    expect(page).to_have_url(re.compile("text=%3Cscript"))


def test_a_word_is_chosen_by_mouse_and_by_keyboard_and_a_reload_keeps_it(visit: Visit) -> None:
    page = visit("/text?text=the+film+was+not+good")
    chosen = page.locator(".flow .chosen")
    page.locator(".flow .words button").nth(1).click()
    expect(chosen).to_have_text(re.compile("^Word 2 of 5, “film”: index"))
    page.keyboard.press("ArrowRight")
    expect(chosen).to_have_text(re.compile("^Word 3 of 5"))
    expect(page).to_have_url(re.compile("word=2"))
    page.reload()
    expect(chosen).to_have_text(re.compile("^Word 3 of 5"))
    strip = page.locator(".flow .strips canvas").nth(1)
    box = strip.bounding_box()
    assert box is not None
    strip.click(position={"x": box["width"] * 0.9, "y": 20})
    expect(chosen).to_have_text(re.compile("^Word 5 of 5"))


def test_an_example_is_one_click_and_coming_back_finds_it(visit: Visit) -> None:
    page = visit("/text")
    page.get_by_role("button", name="thanks for nothing").click()
    expect(page.get_by_text("and here the network is wrong")).to_be_visible()
    expect(page.locator(".flow .chosen")).to_contain_text("“nothing”")
    for title in ("Gradients", "Text classification"):
        page.get_by_test_id("stSidebarNav").get_by_text(title).click()
        settled(page)
    expect(page.get_by_text("and here the network is wrong")).to_be_visible()


def test_another_sentence_takes_the_place_of_a_long_one_still_at_work(visit: Visit) -> None:
    page = visit("/text")
    write(page, "the film was not good but the waiter was lovely " * 20)
    expect(page.get_by_text("Leaving out one word after the other")).to_be_visible()
    write(page, "awful")
    expect(page.locator(".word-highlights li")).to_have_text([re.compile("^awful")])
    expect(page.get_by_text("Leaving out one word after the other")).to_have_count(0)
    expect(page.locator(".flow .words button")).to_have_count(1)


def test_a_table_with_markup_is_text_and_asks_no_other_host(visit: Visit) -> None:
    page = visit("/text")
    page.get_by_text("Your own labelled sentences").click()
    table = b"text,label\n![a](http://x.test/a.png),praise\nbad,![](//x.test/b)\n"
    page.locator("input[type=file]").set_input_files(
        {"name": "mine.csv", "mimeType": "text/csv", "buffer": table}
    )
    expect(page.get_by_text("The label “![](//x.test/b)” is neither positive nor negative")).to_be_visible()


def test_on_a_phone_nothing_is_wider_than_the_window(visit: Visit) -> None:
    page = visit("/text", phone=True, dark=True)
    expect(page.locator(".flow .bars")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_scale_has_one_legend_and_long_words_are_shortened(visit: Visit) -> None:
    page = visit("/text")
    write(page, f"the film was not {'a' * 3000} good")
    shortened = f"{'a' * 22}…"
    expect(page.locator(".word-highlights .legend")).to_have_count(1)
    expect(page.locator(".word-highlights li").nth(4)).to_contain_text(shortened)
    expect(page.locator(".flow .words button").nth(4)).to_contain_text(shortened)
    box = page.locator(".flow .words").bounding_box()
    assert box is not None
    assert box["height"] < 150


def translate(page: Page) -> None:
    """As translators of pages do: each text gets an element of its own, but for what they must leave."""
    page.evaluate(
        """() => {
          const walker = document.createTreeWalker(document.querySelector("[data-testid=stMain]"), 4);
          const texts = [];
          while (walker.nextNode()) texts.push(walker.currentNode);
          for (const text of texts) {
            if (text.parentElement.closest("textarea, [translate=no]")) continue;
            const font = document.createElement("font");
            font.textContent = text.textContent;
            text.replaceWith(font);
          }
        }"""
    )


def test_a_verdict_changes_where_the_browser_has_translated_the_page(visit: Visit) -> None:
    page = visit("/text")
    translate(page)
    assert page.locator(".flow .words font, .flow .fc font").count() == 0
    field = page.locator("textarea").first
    field.fill("the film was bad")
    field.press("Enter")
    expect(page.get_by_role("heading", name="The network says negative")).to_be_visible()
    expect(page.get_by_role("heading", name="The network says positive")).to_have_count(0)
    expect(page.get_by_text("A reader says")).to_have_count(0)
    page = visit("/rnn?what=forget&networks=rnn")
    translate(page)
    page.get_by_role("radio", name="Cut what is carried over").click()
    expect(page.get_by_text("Hidden and cell states are 0 after that step")).to_be_visible()
    expect(page.get_by_text("The RNN has no forget gate")).to_have_count(0)
    expect(page.get_by_text("The RNN ends with")).to_have_count(1)
