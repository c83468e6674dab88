from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visit, serving, settled, told
from tests.browser.pad_page import FIRST, mark, mnist_digit
from tests.browser.strokes import DIGITS, along, draw, on_screen, tool

EXACT = mark(mnist_digit(FIRST).pixels)


@pytest.fixture(scope="module")
def app(browser: Browser) -> Iterator[str]:
    with serving(Path(__file__).parent / "pad_app.py") as address:
        yield address


def test_surprise_puts_a_test_digit_on_the_paper_exact_until_touched(visit: Visit) -> None:
    page = visit()
    tool(page, "surprise")
    heard = told(page)
    assert (heard["source"], heard["placed"], heard["pixels"]) == ("placed", f"test-{FIRST}", EXACT)
    assert heard["runs"] == "2"
    expect(page.get_by_role("status").and_(page.locator(".visually-hidden"))).to_have_text(
        f"On the paper: test digit {FIRST}."
    )
    draw(page, [[(0.1, 0.1), (0.1, 0.9)]])
    changed = told(page)
    assert changed["source"] == "drawn"
    assert changed["pixels"] != EXACT
    tool(page, "undo")
    assert told(page)["pixels"] == EXACT


def test_surprise_that_a_drawing_overtakes_is_not_forgotten(visit: Visit) -> None:
    page = visit("/?slow")
    tool(page, "surprise")
    draw(page, DIGITS[1])
    expect(page.get_by_text("surprises 1", exact=True)).to_be_visible()


def test_placed_digit_is_shown_pixel_by_pixel(visit: Visit) -> None:
    page = visit()
    tool(page, "surprise")
    settled(page)
    alphas = page.locator(".paper canvas").evaluate(
        """(canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const middle = (cell) => Math.floor(((cell + 0.5) * canvas.width) / 28);
          const cells = [...Array(28).keys()];
          return cells.flatMap((y) => cells.map((x) => data[4 * (middle(y) * canvas.width + middle(x)) + 3]));
        }"""
    )
    assert alphas == (mnist_digit(FIRST).pixels.ravel() * 255).round().astype(int).tolist()


def test_digit_that_comes_in_the_middle_of_a_stroke_does_not_disturb_it(visit: Visit) -> None:
    page, other = visit(), visit()
    draw(other, DIGITS[7])
    points = [*map(on_screen(page), along(DIGITS[7][0]))]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:15]:
        page.mouse.move(*point)
    page.locator("button[name=surprise]").evaluate("(button) => button.click()")
    # Not by the version shown: a report on its way when the digit comes is out of date, and is never shown.
    expect(page.get_by_text("surprises 1", exact=True)).to_be_visible()
    settled(page)
    for point in points[15:]:
        page.mouse.move(*point)
    page.mouse.up()
    heard = told(page)
    assert heard["source"] == "drawn"
    assert heard["pixels"] == told(other)["pixels"]


def test_learner_who_comes_back_finds_what_the_page_places_again(visit: Visit) -> None:
    page = visit()
    tool(page, "surprise")
    draw(page, DIGITS[1])
    assert told(page)["source"] == "drawn"
    page.get_by_role("link", name="Away").click()
    expect(page.get_by_text("source nowhere")).to_be_visible()
    page.get_by_role("link", name="Lab").click()
    expect(page.get_by_text("source nowhere")).to_be_hidden()
    assert told(page)["pixels"] == EXACT
    tool(page, "undo")
    assert told(page)["source"] == "empty"


def test_learner_who_comes_back_to_a_page_that_places_nothing_finds_an_empty_pad(visit: Visit) -> None:
    page = visit()
    draw(page, DIGITS[1])
    assert told(page)["source"] == "drawn"
    page.get_by_role("link", name="Away").click()
    expect(page.get_by_text("source nowhere")).to_be_visible()
    page.get_by_role("link", name="Lab").click()
    assert told(page)["source"] == "empty"
    expect(page.get_by_text("Draw a digit")).to_be_visible()
