"""Training curves in a real browser: read by pointer and keys, and what stays while data arrive."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit, serving, settled
from tests.browser.curves_page import events

BLUE, GOLD = (0x3D, 0x8D, 0xC9), (0xB8, 0x86, 0x0B)


@pytest.fixture(scope="module")
def app(browser: Browser) -> Iterator[str]:
    with serving(Path(__file__).parent / "curves_app.py") as address:
        yield address


def painted(page: Page) -> int:
    """The newest step that has been painted."""
    marked = page.wait_for_function("performance.getEntriesByName('dlviz:curves').at(-1)?.detail")
    return marked.json_value()


def pixels(page: Page, colour: tuple[int, int, int]) -> int:
    """How many pixels of the curves have about this colour."""
    return page.locator(".base").evaluate(
        """(canvas, colour) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          let count = 0;
          for (let i = 0; i < data.length; i += 4) {
            if (data[i + 3] > 200 && colour.every((part, c) => Math.abs(data[i + c] - part) < 12)) count++;
          }
          return count;
        }""",
        list(colour),
    )


def at_step(page: Page, step: float, of: int = 400) -> tuple[float, float]:
    """The place on screen of a step in the first of two columns of panels."""
    box = page.locator(".over").bounding_box()
    assert box
    left, right = 52, (box["width"] - 12) / 2 - 8
    return box["x"] + left + step / of * (right - left), box["y"] + 150


def grow(page: Page, steps: int) -> None:
    page.get_by_role("button", name="Grow").click()
    page.wait_for_function(f"performance.getEntriesByName('dlviz:curves').at(-1).detail === {steps}")


def test_painting_is_marked_with_the_newest_step_and_the_same_canvas_grows(visit: Visit) -> None:
    page = visit("/?kind=one")
    assert painted(page) == 240
    before = pixels(page, BLUE)
    page.locator(".base").evaluate("(canvas) => (canvas.first = true)")
    grow(page, 260)
    assert pixels(page, BLUE) > before
    assert page.locator(".base").evaluate("(canvas) => canvas.first")
    expect(page.locator(".over")).to_have_attribute("aria-label", re.compile("Run A: step 260"))


def test_hovering_reads_every_panel_at_that_step(visit: Visit) -> None:
    page = visit("/?kind=one")
    page.mouse.move(*at_step(page, 170.3))
    told = {event["step"]: event for event in events(0, 240) if event["kind"] == "batch"}
    tip = page.locator(".tip")
    expect(tip).to_contain_text("step 170")
    expect(tip).to_contain_text(f"batch {told[170]['loss']:.3g}")
    (ended,) = [event for event in events(0, 100) if event["kind"] == "epoch"]
    expect(tip).to_contain_text(f"validation {ended['loss']:.3f}")
    expect(tip).to_contain_text(f"validation {100 * ended['accuracy']:.2f} %")
    expect(tip).to_contain_text("Learning rate0.0003")
    page.mouse.move(*at_step(page, 150))
    expect(tip).to_contain_text("rate 0.001 → 0.0003")
    page.mouse.move(5, 5)
    expect(tip).to_be_hidden()


def test_arrows_read_aloud_and_escape_ends_it(visit: Visit) -> None:
    page = visit("/?kind=many")
    page.locator(".over").focus()
    page.keyboard.press("End")
    live = page.locator(".curves [aria-live]")
    expect(live).to_contain_text("step 240. Loss in nats: Run A: batch")
    page.keyboard.press("Shift+ArrowLeft")
    expect(live).to_contain_text("step 200.")
    page.keyboard.press("ArrowDown")
    expect(live).to_contain_text("Accuracy: Run A: training")
    page.keyboard.press("Home")
    expect(live).to_contain_text("nothing yet")
    expect(page.locator(".tip")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".tip")).to_be_hidden()


def test_a_run_that_was_hidden_stays_hidden_when_data_arrive(visit: Visit) -> None:
    page = visit()
    assert pixels(page, GOLD) > 500
    button = page.get_by_role("button", name="Slower (3 seeds)")
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert pixels(page, GOLD) == 0
    grow(page, 260)
    assert pixels(page, GOLD) == 0
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    assert pixels(page, GOLD) > 500


def test_logarithmic_scale_and_zoom_stay_when_data_arrive(visit: Visit) -> None:
    page = visit()
    log = page.get_by_role("button", name="Log scale")
    log.click()
    whole = page.get_by_role("button", name="Whole run")
    expect(whole).to_be_hidden()
    page.mouse.move(*at_step(page, 100))
    page.mouse.down()
    page.mouse.move(*at_step(page, 200), steps=4)
    page.mouse.up()
    expect(whole).to_be_visible()
    grow(page, 260)
    expect(log).to_have_attribute("aria-pressed", "true")
    # The middle of the panel is the middle of what is zoomed into.
    page.mouse.move(*at_step(page, 200))
    expect(page.locator(".tip")).to_contain_text("step 150")
    whole.click()
    page.mouse.move(*at_step(page, 200))
    expect(page.locator(".tip")).to_contain_text("step 200")


def test_live_curves_grow_without_a_blank_frame_and_the_reading_stays(visit: Visit) -> None:
    page = visit("/?kind=live&steps=100")
    page.mouse.move(*at_step(page, 50))
    page.locator(".base").evaluate(
        """(canvas) => {
          window.seen = { frames: 0, blank: 0 };
          const look = () => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            window.seen.frames += 1;
            if (!canvas.isConnected || !data.some((value) => value)) window.seen.blank += 1;
            requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        }"""
    )
    before = painted(page)
    page.wait_for_function(f"performance.getEntriesByName('dlviz:curves').at(-1).detail >= {before + 60}")
    seen = page.evaluate("window.seen")
    assert seen["frames"] > 5
    assert seen["blank"] == 0
    expect(page.locator(".tip")).to_contain_text("step 50")


def test_keys_zoom_and_change_the_scale(visit: Visit) -> None:
    page = visit()
    page.locator(".over").focus()
    for key in ("End", "+", "l"):
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="Whole run")).to_be_visible()
    expect(page.get_by_role("button", name="Log scale")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("0")
    expect(page.get_by_role("button", name="Whole run")).to_be_hidden()


def test_another_axis_shows_epochs(visit: Visit) -> None:
    page = visit("/?kind=one")
    page.get_by_text("epoch", exact=True).click()
    expect(page.locator(".over")).to_have_attribute("aria-label", re.compile("over epochs"))
    settled(page)
    page.mouse.move(*at_step(page, 200))
    expect(page.locator(".tip")).to_contain_text("epoch 2")


def test_on_a_phone_everything_fits_and_a_finger_reads(visit: Visit) -> None:
    page = visit("/?kind=many", phone=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator(".over").tap(position={"x": 300, "y": 120})
    tip = page.locator(".tip")
    expect(tip).to_be_visible()
    box = tip.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_dark_page_has_light_writing(visit: Visit) -> None:
    light, dark = (0xE6, 0xEA, 0xF0), (0x1B, 0x24, 0x30)
    page = visit(dark=True)
    assert pixels(page, light) > 100 > pixels(page, dark)
    page = visit()
    assert pixels(page, dark) > 100 > pixels(page, light)


def test_a_sharp_display_gets_twice_the_pixels(visit: Visit) -> None:
    page = visit(scale=2)
    width = page.locator(".base").evaluate("(canvas) => [canvas.width, canvas.clientWidth]")
    assert width[0] == 2 * width[1]
