"""The lab of recurrent networks in a real browser: draw, scrub, choose, type, by mouse and by keyboard."""

import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from dlviz import weights
from dlviz.data import mnist
from dlviz.figures.theme import ACCENT
from dlviz.recurrence.reading import read
from dlviz.ui.labs.rnn.forward import sort_by_activity
from dlviz.ui.labs.rnn.sequence import Sequence
from tests.browser.conftest import Visit, reload, settled
from tests.browser.strokes import DIGITS, draw, tool

IMAGES, _ = mnist.digits("test")


def now(page: Page) -> Locator:
    return page.locator(".timeline .now")


def says(page: Page, network: int = 0) -> Locator:
    return page.locator(".timeline .says output").nth(network)


def pixels(canvas: Locator) -> str:
    """What a canvas shows."""
    return canvas.evaluate("canvas => canvas.toDataURL()")


def expect_address(page: Page, text: str) -> None:
    expect(page).to_have_url(re.compile(re.escape(text)))


# Notes all that is written on canvases from now on.
NOTE_WRITTEN = """() => {
  window.written = [];
  const { fillText } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
    window.written.push(text);
    return fillText.call(this, text, ...rest);
  };
}"""
COUNT_ACCENT = """(canvas, accent) => {
  const wanted = [1, 3, 5].map((at) => parseInt(accent.slice(at, at + 2), 16));
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const isAccent = (_, at) => wanted.every((value, i) => data[4 * at + i] === value);
  return Array.from({ length: data.length / 4 }).filter(isAccent).length;
}"""


def test_a_digit_is_drawn_and_its_rows_are_scrubbed(visit: Visit) -> None:
    page = visit("/rnn")
    tool(page, "clear")
    expect(page.get_by_text("give the networks something to read")).to_be_visible()
    draw(page, DIGITS[1])
    expect(says(page)).to_have_text(re.compile(r"would say \d \("))
    expect(now(page)).to_have_text("Row 28 of 28")
    before = pixels(settled(page).locator(".timeline canvas.strip").first)
    scrub = page.locator(".timeline .scrub")
    scrub.fill("9")
    expect(now(page)).to_have_text("Row 10 of 28")
    assert pixels(page.locator(".timeline canvas.strip").first) != before
    expect_address(page, "step=9")
    expect(page.locator(".timeline .memory")).to_have_text(re.compile("^Bars: how much each step"))


def test_a_link_opens_at_its_step_and_a_reload_stays_there(visit: Visit) -> None:
    page = visit("/rnn?step=12&unit=17")
    for _ in range(2):
        expect(now(page)).to_have_text("Row 13 of 28")
        expect(page.locator(".equations caption").first).to_have_text("Unit 17 at row 13")
        page.reload()


def test_by_keyboard_alone_steps_and_units_change(visit: Visit) -> None:
    page = visit("/rnn?step=12&unit=17&order=number")
    expect(now(page)).to_have_text("Row 13 of 28")
    page.locator(".timeline").focus()
    page.keyboard.press("ArrowRight")
    expect(now(page)).to_have_text("Row 14 of 28")
    page.keyboard.press("Home")
    expect(now(page)).to_have_text("Row 1 of 28")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".equations caption").first).to_have_text("Unit 18 at row 1")
    # Python fills the equations in for the new unit.
    expect(page.locator(".equations").first.locator("td").first).to_have_text("i = σ(W x + U h + b)")
    expect_address(page, "unit=18")
    boxes = [
        box for part in settled(page).locator(".timeline .network").all() if (box := part.bounding_box())
    ]
    assert (len(boxes), boxes[0]["x"], boxes[0]["width"]) == (2, boxes[1]["x"], boxes[1]["width"])
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"]  # one below the other, as wide
    page.evaluate(NOTE_WRITTEN)
    page.keyboard.press("End")
    expect(now(page)).to_have_text("Row 28 of 28")
    # The winner's share stands beside its bar, however long that is.
    for network in range(2):
        (share,) = re.findall(r"\((.* %)\)", says(page, network).text_content() or "")
        assert share in page.evaluate("window.written")
    # The dot on the chosen unit's line is whole at the last step too.
    dots = []
    for key in ("End", "ArrowLeft"):
        page.keyboard.press(key)
        dots.append(page.locator(".timeline canvas.trace").first.evaluate(COUNT_ACCENT, ACCENT))
    assert dots[0] == pytest.approx(dots[1], rel=0.15)


def test_play_reaches_the_end_and_can_be_paused(visit: Visit) -> None:
    page = visit("/rnn?step=0")
    page.locator(".timeline .speed").select_option("fast")
    page.locator(".timeline .play").click()
    expect(page.locator(".timeline .play")).to_have_text("Pause")
    expect(now(page)).to_have_text("Row 28 of 28")
    expect(page.locator(".timeline .play")).to_have_text("Play")


def test_a_click_in_a_strip_chooses_unit_and_step_and_the_equation_gives_the_strips_value(
    visit: Visit,
) -> None:
    page = visit("/rnn?networks=lstm&order=number")
    strip = page.locator(".timeline canvas.strip").nth(5)
    box = strip.bounding_box()
    assert box is not None
    strip.click(position={"x": box["width"] * 10.5 / 28, "y": box["height"] * 64.5 / 128})
    expect(page.locator(".equations caption")).to_have_text("Unit 64 at row 11")
    last = page.locator(".equations tr").nth(5).locator("strong")
    expect(last).to_have_text(re.compile(r"^= −?[\d.e−]+$"))
    strip.hover(position={"x": box["width"] * 10.5 / 28, "y": box["height"] * 64.5 / 128})
    tip = page.locator(".timeline .tip strong")
    value = float((last.text_content() or "").removeprefix("= ").replace("−", "-"))
    assert abs(float((tip.text_content() or "").replace("−", "-")) - value) < 5e-3
    page.get_by_role("button", name="Most active unit").click()
    expect(page.locator(".equations caption")).not_to_have_text("Unit 64 at row 11")


def test_in_sorted_strips_a_click_the_tip_and_the_arrows_find_the_unit_of_the_row(visit: Visit) -> None:
    page = visit("/rnn?networks=rnn")
    strip = page.locator(".timeline canvas.strip")
    box = strip.bounding_box()
    assert box is not None
    caption, tip = page.locator(".equations caption"), page.locator(".timeline .tip span")
    pixels = IMAGES[0].numpy().astype(np.float32) / 255
    hidden = read(weights.load("digit_rows_rnn"), Sequence.from_digit(pixels).batch).layers["rnn.0"]["hidden"]
    order = sort_by_activity(hidden)
    place = {"x": box["width"] * 10.5 / 28, "y": box["height"] * 64.5 / 128}
    strip.click(position=place)  # pyright: ignore[reportArgumentType]
    expect(caption).to_have_text(f"Unit {order[64]} at row 11")
    strip.hover(position=place)  # pyright: ignore[reportArgumentType]
    expect(tip).to_have_text(f"hidden state, unit {order[64]}, row 11")
    page.locator(".timeline").focus()
    page.keyboard.press("ArrowDown")
    expect(caption).to_have_text(f"Unit {order[65]} at row 11")


def test_a_typed_sentence_becomes_a_strip_of_words_and_markup_stays_text(visit: Visit) -> None:
    page = visit("/rnn?input=sentence")
    field = page.get_by_role("textbox", name="Your sentence")
    field.fill("<script>alert(1)</script> the zxqwv was wonderful")
    field.press("Control+Enter")
    words = page.locator(".timeline .words button")
    expect(words.last).to_have_text("wonderful")
    assert words.all_inner_texts()[:3] == ["<", "script", ">"]
    expect(page.locator(".timeline .words .unknown").filter(has_text="zxqwv")).to_have_count(1)
    words.filter(has_text="the").first.click()
    expect(now(page)).to_have_text(re.compile("^Word \\d+ of \\d+: “the”$"))


def test_a_series_is_drawn_by_hand(visit: Visit) -> None:
    page = visit("/rnn?input=series")
    canvas = page.locator(".curve canvas")
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 5, box["y"] + 20, steps=8)
    page.mouse.up()
    expect_address(page, "kind=own")
    expect(says(page)).to_have_text(re.compile("^next it expects 0"))
    reload(page)
    expect(says(page)).to_have_text(re.compile("^next it expects 0"))


def test_one_hand_draws_a_series_at_a_time_and_a_pen_goes_before_its_palm(visit: Visit) -> None:
    page = visit("/rnn?input=series")
    page.locator(".curve canvas").evaluate(
        """(canvas) => {
          const box = canvas.getBoundingClientRect();
          canvas.setPointerCapture = () => {};
          const fire = (type, [x, y], pointerId, pointerType, button = 0) => {
            const [clientX, clientY] = [box.left + x * box.width, box.top + y * box.height];
            const what = { pointerId, pointerType, button, bubbles: true, clientX, clientY };
            canvas.dispatchEvent(new PointerEvent(type, what));
          };
          fire("pointerdown", [0.5, 1], 1, "mouse", 2);  // the right button
          fire("pointermove", [0.6, 1], 1, "mouse");
          fire("pointerdown", [0.3, 1], 2, "touch");  // a palm
          fire("pointerdown", [0, 0.25], 3, "pen");
          fire("pointerdown", [0.8, 1], 4, "touch");  // a second finger
          for (const x of [0.4, 0.9]) fire("pointermove", [x, 1], x < 0.5 ? 2 : 4, "touch");
          fire("pointermove", [1, 0.25], 3, "pen");
          fire("pointerup", [0.8, 1], 4, "touch");
          fire("pointerup", [1, 0.25], 3, "pen");
        }"""
    )
    expect_address(page, "kind=own")
    values = parse_qs(urlsplit(page.url).query)["values"][0].split()
    assert (len(values), len(set(values))) == (64, 1)


def test_an_intervention_changes_the_equation_and_is_told(visit: Visit) -> None:
    page = visit("/rnn?what=forget&start=10&step=20&networks=lstm")
    expect(page.locator(".equations tr").nth(1).locator("strong")).to_have_text(re.compile("set to 0$"))
    expect(page.get_by_text("untouched it ends with")).to_be_visible()
    expect(says(page)).to_have_text(re.compile(r"would say \d \(.*; untouched \d \("))


def test_an_intervention_lies_over_nothing_and_is_undone_by_one_click(visit: Visit) -> None:
    page = visit("/rnn")
    page.get_by_role("radio", name="Hold the forget gate").click()
    effect = page.get_by_text("The LSTM ends with 2 (18.5 %); untouched it ends with 7")
    expect(effect).to_be_visible()
    settled(page)
    assert effect.evaluate("""text => {
      const { left, top, width, height } = text.getBoundingClientRect();
      return text.contains(document.elementFromPoint(left + width / 2, top + height / 2));
    }""")
    page.get_by_role("radio", name="Layer 1 alone").click()
    expect(page.get_by_text("Layer 2 keeps its own memory")).to_be_visible()
    page.get_by_role("button", name="Undo all").click()
    expect(page.get_by_text("untouched it ends with")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/rnn\??$"))


def test_on_a_phone_nothing_is_wider_than_the_window(visit: Visit) -> None:
    page = visit("/rnn?step=5", phone=True)
    expect(now(page)).to_have_text("Row 6 of 28")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.locator(".equations").first.evaluate("box => box.scrollWidth <= box.clientWidth")


def test_the_word_of_a_long_sentence_that_is_read_stays_in_sight(visit: Visit) -> None:
    page = visit("/rnn?input=sentence&step=0&text=" + "the+film+was+good+" * 30)
    inside = """button => {
      const [here, list] = [button, button.closest("ol")].map((node) => node.getBoundingClientRect());
      return here.top >= list.top && here.bottom <= list.bottom;
    }"""
    words, timeline = page.locator(".timeline .words button"), page.locator(".timeline")
    expect(words).to_have_count(120)
    assert not words.last.evaluate(inside)
    timeline.focus()
    page.keyboard.press("End")
    expect(now(page)).to_have_text("Word 120 of 120: “good”")
    assert words.last.evaluate(inside)
    page.keyboard.press("Home")
    expect(now(page)).to_have_text(re.compile("^Word \\d+ of \\d+: “the”$"))
    assert words.first.evaluate(inside)


def test_an_emptied_sentence_leaves_the_last_reading(visit: Visit) -> None:
    page = visit("/rnn?input=sentence&text=a+lovely+film")
    field = page.get_by_role("textbox", name="Your sentence")
    field.fill("")
    field.press("Control+Enter")
    expect(page.get_by_text("Until then your last one stays.")).to_be_visible()
    expect(page.locator(".timeline .words button")).to_have_text(["a", "lovely", "film"])
