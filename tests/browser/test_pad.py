import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit, serving, settled, told
from tests.browser.strokes import DIGITS, along, draw, on_screen, paper_of, tool, touch


@pytest.fixture(scope="module")
def app(browser: Browser) -> Iterator[str]:
    with serving(Path(__file__).parent / "pad_app.py") as address:
        yield address


def inked(page: Page) -> int:
    """How many of the canvas's pixels have ink."""
    return page.locator(".paper canvas").evaluate(
        """(canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return data.filter((value, index) => index % 4 === 3 && value > 127).length;
        }"""
    )


def ink(page: Page) -> float:
    return float(told(page)["ink"])


def test_every_digit_drawn_by_mouse_is_recognised(visit: Visit) -> None:
    page = visit()
    for digit, strokes in DIGITS.items():
        draw(page, strokes)
        heard = told(page)
        assert (heard["source"], heard["final"], heard["says"]) == ("drawn", "True", str(digit))
        tool(page, "clear")


def test_digits_drawn_with_a_finger_on_a_phone_are_recognised(visit: Visit) -> None:
    page = visit(phone=True)
    for digit in (1, 3, 4, 7):
        touch(page, DIGITS[digit])
        assert told(page)["says"] == str(digit)
        page.locator("button[name=clear]").tap()
        expect(page.get_by_text("Draw a digit")).to_be_visible()


def test_empty_pad_invites_to_draw_and_gives_no_digit(visit: Visit) -> None:
    page = visit()
    expect(page.get_by_text("Draw a digit")).to_be_visible()
    heard = told(page)
    assert (heard["runs"], heard["source"]) == ("1", "empty")
    assert "pixels" not in heard
    draw(page, [[(0.5, 0.5)]])
    expect(page.get_by_text("Draw a digit")).to_be_hidden()


def test_ink_arrives_at_the_pixels_where_it_was_drawn(visit: Visit) -> None:
    page = visit()
    page.get_by_label("Width").press("Home")
    draw(page, [[(0.25, 0.1), (0.25, 0.9)], [(0.625, 0.5)]])
    # Of 168 columns, four in a hundred are the pen's width: 42 ± 3.4 and 105 ± 3.4.
    first, last = told(page)["columns"].split(" to ")
    assert int(first) == pytest.approx(38.6, abs=1)
    assert int(last) == pytest.approx(108.4, abs=1)


def test_sharp_display_changes_the_picture_but_not_the_digit(visit: Visit) -> None:
    pages = [visit(scale=scale) for scale in (1, 2)]
    for page in pages:
        draw(page, DIGITS[3])
    assert told(pages[0])["pixels"] == told(pages[1])["pixels"]
    widths = [page.locator(".paper canvas").evaluate("(canvas) => canvas.width") for page in pages]
    assert widths[1] == 2 * widths[0]
    assert inked(pages[1]) == pytest.approx(4 * inked(pages[0]), rel=0.02)


def test_paper_is_white_with_dark_ink_in_the_dark_theme_too(visit: Visit) -> None:
    page = visit(dark=True)
    draw(page, [[(0.2, 0.5), (0.8, 0.5)]])
    assert (
        paper_of(page).evaluate("(paper) => getComputedStyle(paper).backgroundColor") == "rgb(255, 255, 255)"
    )
    colour = page.locator(".paper canvas").evaluate(
        """(canvas) => {
          const context = canvas.getContext("2d");
          return [...context.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data];
        }"""
    )
    assert max(colour[:3]) < 40
    assert colour[3] == 255


def test_stroke_is_told_live_three_to_four_times_a_second(visit: Visit) -> None:
    page = visit()
    page.evaluate(
        """() => {
          window.sent = [];
          const send = WebSocket.prototype.send;
          WebSocket.prototype.send = function (message) {
            window.sent.push(performance.now());
            send.call(this, message);
          };
        }"""
    )
    place = on_screen(page)
    page.mouse.move(*place((0.2, 0.2)))
    page.mouse.down()
    start = time.monotonic()
    for point in itertools.cycle(along([(0.2, 0.2), (0.8, 0.2), (0.2, 0.8), (0.8, 0.8)])):
        page.mouse.move(*place(point))
        if time.monotonic() - start > 3:
            break
    times = page.evaluate("window.sent")
    gaps = sorted(later - earlier for earlier, later in itertools.pairwise(times))
    assert len(gaps) >= 3
    assert gaps[0] > 250
    assert gaps[len(gaps) // 2] < 500
    assert told(page)["final"] == "False"
    page.mouse.up()
    assert told(page)["final"] == "True"


def test_pen_that_rests_or_goes_over_its_own_ink_sends_nothing(visit: Visit) -> None:
    page = visit()
    place = on_screen(page)
    page.mouse.move(*place((0.2, 0.2)))
    page.mouse.down()
    page.mouse.move(*place((0.4, 0.4)))
    page.mouse.move(*place((0.3, 0.3)))
    expect(page.get_by_text("final False")).to_be_visible()
    page.wait_for_timeout(400)
    resting = told(page)
    page.wait_for_timeout(800)
    assert told(page) == resting
    page.mouse.move(*place((0.32, 0.32)))
    page.mouse.move(*place((0.28, 0.28)))
    page.wait_for_timeout(800)
    assert told(page) == resting
    page.mouse.up()


def test_eraser_takes_ink_away_and_only_where_it_goes(visit: Visit) -> None:
    page = visit()
    draw(page, [[(0.2, 0.2), (0.8, 0.2)]])
    bar = told(page)["pixels"]
    draw(page, [[(0.2, 0.8), (0.8, 0.8)]])
    tool(page, "eraser")
    expect(page.locator("button[name=eraser]")).to_have_attribute("aria-pressed", "true")
    draw(page, [[(0.05, 0.8), (0.95, 0.8)]])
    assert told(page)["pixels"] == bar


def test_paper_erased_to_the_last_bit_is_empty_and_can_be_drawn_on(visit: Visit) -> None:
    page = visit()
    draw(page, [[(0.3, 0.5), (0.7, 0.5)]])
    tool(page, "eraser")
    draw(page, [[(0.2, 0.5), (0.8, 0.5)]])
    assert told(page)["source"] == "empty"
    expect(page.get_by_text("Draw a digit")).to_be_visible()
    tool(page, "eraser")  # it stays until it is put down
    draw(page, DIGITS[7])
    assert told(page)["says"] == "7"


def test_undo_goes_back_over_strokes_eraser_clear_and_surprise(visit: Visit) -> None:
    page = visit()
    seen = [told(page).get("pixels")]

    def step(action) -> None:
        action()
        seen.append(told(page).get("pixels"))

    step(lambda: draw(page, [DIGITS[4][0]]))
    step(lambda: draw(page, [DIGITS[4][1]]))
    step(lambda: tool(page, "surprise"))
    tool(page, "eraser")
    step(lambda: draw(page, [[(0.1, 0.5), (0.9, 0.5)]]))
    step(lambda: tool(page, "clear"))
    step(lambda: draw(page, DIGITS[1]))
    step(lambda: tool(page, "surprise"))
    assert len({*seen}) == len(seen) - 1  # empty at first and after the clearing, and each time another digit
    for before in seen[-2::-1]:
        tool(page, "undo")
        assert told(page).get("pixels") == before
    expect(page.locator("button[name=undo]")).to_have_attribute("aria-disabled", "true")


def test_wider_brush_leaves_more_ink(visit: Visit) -> None:
    page = visit()
    slider = page.get_by_label("Width")
    amounts = []
    for key in ("Home", "End"):
        slider.press(key)
        draw(page, DIGITS[7])
        amounts.append((inked(page), ink(page)))
        tool(page, "clear")
    assert amounts[1] > amounts[0]
    assert amounts[1][0] == pytest.approx(amounts[0][0] * 13 / 4, rel=0.15)


def one_drawn_by_keys(page: Page) -> str:
    """Goes to the paper with the Tab key and draws a 1 with Space and the arrows: its pixels."""
    page.get_by_text("Another layout").click()
    page.get_by_text("Another layout").click()
    settled(page)
    page.keyboard.press("Tab")
    expect(paper_of(page)).to_be_focused()
    press(page, "Shift+ArrowUp", 2)
    page.keyboard.down("Space")
    press(page, "ArrowDown", 16)
    page.keyboard.up("Space")
    return told(page)["pixels"]


def press(page: Page, key: str, times: int) -> None:
    for _ in range(times):
        page.keyboard.press(key)


def test_keys_alone_draw_and_lift_the_pen(visit: Visit) -> None:
    page = visit()
    one = one_drawn_by_keys(page)
    expect(page.locator(".cursor")).to_be_visible()
    assert paper_of(page).evaluate("(paper) => getComputedStyle(paper).outlineStyle") == "solid"
    assert told(page)["says"] == "1"
    expect(page.locator("[role=status].visually-hidden")).to_have_text("Your drawing, 1 stroke.")

    press(page, "ArrowRight", 6)
    page.keyboard.press("Enter")
    press(page, "ArrowUp", 6)
    page.keyboard.press("Enter")
    press(page, "ArrowUp", 2)
    two = told(page)
    assert (two["source"], two["final"]) == ("drawn", "True")
    assert two["pixels"] != one
    page.keyboard.press("Control+z")
    assert told(page)["pixels"] == one


def test_keys_alone_clear_undo_and_take_the_eraser(visit: Visit) -> None:
    page = visit()
    one = one_drawn_by_keys(page)
    page.keyboard.press("Delete")
    assert told(page)["source"] == "empty"
    page.keyboard.press("Control+z")
    assert told(page)["pixels"] == one
    page.keyboard.press("e")
    expect(page.locator("button[name=eraser]")).to_have_attribute("aria-pressed", "true")


def test_screen_reader_is_told_what_the_pad_is_and_which_keys_work(visit: Visit) -> None:
    page = visit()
    expect(page.get_by_role("application", name="Drawing pad")).to_be_visible()
    expect(paper_of(page)).to_have_accessible_description(
        "Arrow keys move the pen, with Shift further. Hold Space to draw, or press Enter for pen down "
        "and pen up. E: eraser. Ctrl+Z: undo. Delete: clear."
    )
    for name in ("Undo", "Eraser", "Clear", "Surprise me"):
        expect(page.get_by_role("button", name=name)).to_be_visible()


def test_drawing_survives_a_change_of_the_page_around_it(visit: Visit) -> None:
    page = visit()
    draw(page, DIGITS[4][:1])
    first = told(page)["pixels"]
    draw(page, DIGITS[4][1:])
    before, picture = told(page), inked(page)
    page.get_by_text("Another layout").click()
    after = told(page)
    assert after["pixels"] == before["pixels"]
    assert inked(page) == pytest.approx(picture, rel=0.2)  # the column is of another width
    tool(page, "undo")
    assert told(page)["pixels"] == first


def test_stroke_that_a_change_of_the_page_breaks_off_is_told(visit: Visit) -> None:
    page = visit()
    place = on_screen(page)
    page.mouse.move(*place((0.3, 0.2)))
    page.mouse.down()
    page.mouse.move(*place((0.3, 0.7)), steps=5)
    page.get_by_role("checkbox", name="Another layout").evaluate("(box) => box.click()")
    expect(page.locator("[data-testid=stColumn] .paper")).to_be_visible()
    page.mouse.up()
    expect(page.get_by_text("final True")).to_be_visible()
    assert (told(page)["source"], inked(page) > 0) == ("drawn", True)


def test_pad_is_no_wider_than_a_phone(visit: Visit) -> None:
    page = visit(phone=True)
    boxes = [page.locator(part).bounding_box() for part in (".paper", ".tools")]
    for box in boxes:
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


def test_eraser_stays_an_eraser_on_empty_paper(visit: Visit) -> None:
    page = visit()
    draw(page, DIGITS[1])
    tool(page, "eraser")
    for _ in range(2):
        draw(page, [[(x / 20, y) for y in (0.05, 0.95)] for x in range(5, 16)])
    eraser = page.locator("button[name=eraser]")
    expect(page.get_by_text("source empty")).to_be_visible()
    expect(eraser).to_have_attribute("aria-pressed", "true")
    eraser.click()
    expect(eraser).to_have_attribute("aria-pressed", "false")


def test_pen_goes_before_the_palm_that_touched_the_paper_first(visit: Visit) -> None:
    page = visit()
    other = visit()
    draw(other, DIGITS[1])
    page.locator(".paper").evaluate(
        """(paper, points) => {
          const box = paper.getBoundingClientRect();
          paper.setPointerCapture = () => {};
          const fire = (type, [x, y], pointerId, pointerType) => {
            const [clientX, clientY] = [box.left + x * box.width, box.top + y * box.height];
            const what = { pointerId, pointerType, button: 0, bubbles: true, clientX, clientY };
            paper.dispatchEvent(new PointerEvent(type, what));
          };
          fire("pointerdown", [0.9, 0.9], 5, "touch");
          fire("pointerdown", points[0], 6, "pen");
          fire("pointermove", [0.95, 0.95], 5, "touch");
          for (const point of points.slice(1)) fire("pointermove", point, 6, "pen");
          fire("pointerup", points.at(-1), 6, "pen");
          fire("pointerup", [0.9, 0.9], 5, "touch");
        }""",
        along(DIGITS[1][0]),
    )
    expect(page.get_by_text("says 1")).to_be_visible()
    assert told(page)["pixels"] == told(other)["pixels"]
