"""The lab of the transformer block in a real browser: type, choose a token, go through the blocks, write."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit, reload, settled


def block(page: Page, number: int) -> Locator:
    return page.locator(".stream .blocks button").nth(number - 1)


def station(page: Page, name: str) -> Locator:
    return page.locator(".stream figure").filter(has_text=re.compile(f"^{name}")).first


def expect_address(page: Page, text: str) -> None:
    expect(page).to_have_url(re.compile(re.escape(text)))


def pixels(canvas: Locator) -> str:
    """What a canvas shows."""
    return canvas.evaluate("canvas => canvas.toDataURL()")


def test_typed_words_become_rows_and_markup_stays_text(visit: Visit) -> None:
    page = visit("/block?network=words")
    field = page.get_by_role("textbox", name="Your words")
    field.fill("<b>dog</b> sees a cat")
    field.press("Control+Enter")
    rows = page.locator(".stream .gutter").first.locator("span")
    expect(rows).to_have_text(["<b>dog</b>", "sees", "a", "cat"])
    expect_address(page, "words=")
    page.reload()
    expect(rows).to_have_count(4)


def test_words_of_sixty_letters_run_over_nothing(visit: Visit) -> None:
    page = visit(f"/block?network=words&words={'quick' * 12}+bites")
    runs_over = "(texts) => texts.filter((text) => text.scrollWidth > text.clientWidth).length"
    assert page.locator(".stream .size, .stream .norm, .heads .told").evaluate_all(runs_over) == 0
    expect(page.locator(".stream .norm").first).to_contain_text("norm1 of “quickquickquickquickqu…”")


def test_of_a_long_words_row_the_name_begins_with_its_first_letter(visit: Visit) -> None:
    page = visit(f"/block?part=order&words={'quick' * 12}+bites")
    name = page.locator(".matrices .labels span").first
    expect(name).to_contain_text("quickquick")
    assert name.evaluate("""(name) => {
      const [letter, box] = [document.createRange(), name.getBoundingClientRect()];
      letter.setStart(name.firstChild, 0);
      letter.setEnd(name.firstChild, 1);
      return letter.getBoundingClientRect().left >= box.left && box.width < 120;
    }""")


def test_a_clicked_value_is_chosen_everywhere_and_its_norm_is_worked_out(visit: Visit) -> None:
    page = visit("/block?network=words")
    canvas = station(page, "norm1").locator("canvas")
    box = canvas.bounding_box()
    assert box is not None
    canvas.click(position={"x": box["width"] * 10.5 / 32, "y": box["height"] * 1.5 / 3})
    norm = page.locator(".stream .norm").first
    expect(norm).to_contain_text("norm1 of “bites”")
    expect(norm).to_contain_text("then unit 11")
    expect(page.locator(".stream .gutter .it").first).to_have_text("bites")
    expect_address(page, "token=1")
    page.locator(".heads .words button").first.hover()
    expect(page.locator(".stream .gutter .lit").first).to_have_text("dog")
    canvas.hover(position={"x": box["width"] * 10.5 / 32, "y": box["height"] * 1.5 / 3})
    tip = page.locator(".stream .tip strong")
    worked_out = (norm.locator(".sum").last.text_content() or "").rsplit("= ", 1)[1]
    value = float((tip.text_content() or "").replace("−", "-"))
    assert abs(float(worked_out.replace("−", "-")) - value) < 5e-3


def test_blocks_are_gone_through_by_click_and_keyboard(visit: Visit) -> None:
    page = visit("/block?network=digit")
    canvas = station(page, "comes in").locator("canvas")
    before = pixels(canvas)
    block(page, 3).click()
    expect(block(page, 3)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("Block 3, head 1")).to_be_visible()
    settled(page)
    assert pixels(canvas) != before
    page.locator(".stream").focus()
    page.keyboard.press("ArrowLeft")
    expect_address(page, "block=1")
    expect(block(page, 2)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("End")
    expect(page.locator(".stream .gutter .it").first).to_have_text("7,7")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".stream .gutter .it").first).to_have_text("7,6")
    expect(page.locator(".stream .state")).to_contain_text("“7,6” in block 2: size")


def test_a_head_in_the_grid_brings_its_block(visit: Visit) -> None:
    page = visit("/block?network=words")
    grid = page.locator(".heads canvas.grid")
    grid.focus()
    page.keyboard.press("ArrowDown")
    expect(block(page, 2)).to_have_attribute("aria-pressed", "true")
    expect_address(page, "block=1")


def test_a_link_opens_its_situation_and_going_back_finds_it_again(visit: Visit) -> None:
    page = visit("/block?network=text&text=Emma&block=3&token=2&unit=5&dropout=30")
    expect(block(page, 4)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".stream .norm").first).to_contain_text("norm1 of “m”")
    expect(station(page, "dropout")).to_contain_text("silenced")
    page.get_by_role("link", name="Text generation").click()
    expect(page.locator(".generated-text .place")).to_be_visible()
    settled(page).go_back()
    expect(block(page, 4)).to_have_attribute("aria-pressed", "true")


def test_positions_are_what_tells_the_order(visit: Visit) -> None:
    page = visit("/block?part=order")
    expect(page.get_by_text("Both orders give every word the same vector")).to_be_visible()
    page.get_by_role("radio", name="Sinusoidal").click()
    expect(page.get_by_text(re.compile("^The order counts: a word’s values differ by up to"))).to_be_visible()
    expect(page.locator(".matrices canvas")).to_have_count(5)
    expect_address(page, "table=sinusoidal")


def test_a_character_is_written_and_looked_back_from(visit: Visit) -> None:
    page = visit("/block?part=write&length=40")
    place = page.locator(".generated-text .place")
    expect(place).to_have_text("character 40 of 40")
    page.get_by_role("button", name="One more").click()
    expect(place).to_have_text("character 41 of 41")
    lit = page.locator(".generated-text .text span[style*=background]")
    expect(lit.nth(3)).to_be_attached()
    third = page.locator(".generated-text .looks button").nth(2)
    third.click()
    expect_address(page, "layer=2")
    page.locator(".generated-text .looks select").select_option("1")
    expect_address(page, "lit_head=1")
    page.locator(".generated-text").focus()
    page.keyboard.press("Home")
    expect(place).to_have_text("character 1 of 41")
    expect(third).to_contain_text(re.compile(r"\d+ back: [\d.]+ %"))
    reload(page)
    expect(third).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".generated-text .looks select")).to_have_value("1")


def test_in_a_narrower_window_no_control_is_cut_and_the_page_stays_short(visit: Visit) -> None:
    page = visit("/block?network=words")
    page.set_viewport_size({"width": 1000, "height": 900})
    expect(settled(page).locator(".stream")).to_be_visible()
    expect(page.locator(".stream.narrow")).to_have_count(0)
    fits = "(norms) => norms.every((norm) => norm.scrollWidth <= norm.clientWidth)"
    assert page.locator(".stream .norm").evaluate_all(fits)
    page.set_viewport_size({"width": 900, "height": 900})
    expect(page.locator(".stream.narrow")).to_be_visible()
    label = settled(page).get_by_test_id("stPopoverButton").get_by_text("Change the blocks")
    assert label.evaluate("(label) => label.scrollWidth <= label.clientWidth + 1")
    page.get_by_text("Text", exact=True).click()
    expect(page.locator(".stream .norm").first).to_contain_text("norm1 of “h”")
    heights = "(maps) => maps.map((map) => map.getBoundingClientRect().height)"
    assert max(settled(page).locator(".stream figure canvas").evaluate_all(heights)) < 160


def test_on_a_phone_nothing_is_wider_than_the_window(visit: Visit) -> None:
    for part in ("stream", "order&table=digit", "write&length=30"):
        page = visit(f"/block?part={part}", phone=True, dark=True)
        expect(page.locator(".stream, .matrices, .generated-text").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
