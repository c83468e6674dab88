import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, Position, expect

from dlviz.convolution import convolve2d
from dlviz.data import pictures
from dlviz.kernels import KERNELS
from tests.browser.conftest import PHONE, Visit, settled
from tests.browser.strokes import DIGITS, draw

GREY = pictures.grey(pictures.resize(pictures.photograph("camera"), 24))
EDGES = convolve2d(GREY, KERNELS["edge"])
ROWS, COLUMNS = EDGES.shape


def stepper(page: Page) -> Locator:
    return page.locator(".stepper")


def standing(page: Page) -> tuple[int, int]:
    """The output's row and column where the window stands."""
    row, column = re.findall(r"\d+", stepper(page).locator(".place").inner_text())
    return int(row), int(column)


def total(page: Page) -> float:
    output = stepper(page).locator(".sum output")
    expect(output).to_have_text(re.compile(r"\d"))
    return float(output.inner_text().replace("−", "-"))


def result(page: Page) -> Locator:
    return stepper(page).locator(".result > canvas")


def size_of(canvas: Locator) -> tuple[float, float]:
    box = canvas.bounding_box()
    assert box is not None
    return box["width"], box["height"]


def middle(canvas: Locator, row: int, column: int, rows: int = ROWS, columns: int = COLUMNS) -> Position:
    """Where on a canvas of so many cells one of them is."""
    width, height = size_of(canvas)
    return {"x": (column + 0.5) * width / columns, "y": (row + 0.5) * height / rows}


def colour_at(canvas: Locator, row: int, column: int) -> list[int]:
    """The colour in a corner of a cell of the result, beside any outline or number."""
    return canvas.evaluate(
        """(canvas, [row, column, rows, columns]) => {
          const [x, y] = [(column + 0.3) * canvas.width / columns, (row + 0.3) * canvas.height / rows];
          return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data];
        }""",
        [row, column, ROWS, COLUMNS],
    )


def link(page: Page) -> str:
    return page.get_by_label("Link to what you see").input_value()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_stepping_moves_the_window_and_the_sum_is_the_output_pixel(visit: Visit) -> None:
    page = visit("/convolution?pixel=3-20")
    assert total(page) == pytest.approx(EDGES[3, 20], abs=1e-6)
    for place in [(3, 21), (4, 0), (4, 1)]:  # round the end of a row
        stepper(page).get_by_label("One step forward").click()
        assert standing(page) == place
        assert total(page) == pytest.approx(EDGES[place], abs=1e-6)
    stepper(page).get_by_label("One step back").click()
    assert standing(page) == (4, 0)
    expect(stepper(page).locator("#state")).to_have_text(
        re.compile(r"^Output row 4, column 0: the sum of 9 products is −?\d\.\d+\.$")
    )
    expect(page.get_by_label("Link to what you see")).to_have_value(re.compile("pixel=4-0"))


def test_playing_makes_the_result_pixel_by_pixel_without_the_server(visit: Visit) -> None:
    page = visit("/convolution?pixel=8-7")
    finished = colour_at(result(page), ROWS - 1, 4)
    stepper(page).get_by_role("button", name="Play").click()
    expect(stepper(page).locator(".place")).to_have_text(re.compile("row [12],"))
    pale = colour_at(result(page), ROWS - 1, 4)
    assert 0 < pale[3] < finished[3]  # still to be made, but not wiped
    assert colour_at(stepper(page).locator(".after canvas").nth(2), ROWS - 1, 4)[3] < 255
    assert "pixel=8-7" in link(page)  # nobody has asked the server
    stepper(page).get_by_role("button", name="Pause").click()
    row, column = standing(page)
    assert total(page) == pytest.approx(EDGES[row, column], abs=1e-6)
    expect(page.get_by_label("Link to what you see")).to_have_value(re.compile(f"pixel={row}-{column}"))


def test_a_played_result_stops_complete_at_its_last_pixel(visit: Visit) -> None:
    page = visit("/convolution?size=10")
    stepper(page).locator("select").select_option("fast")
    stepper(page).get_by_role("button", name="Play").click()
    expect(stepper(page).locator(".place")).to_have_text("row 7, column 7")
    expect(stepper(page).get_by_role("button", name="Play")).to_be_visible()


def test_a_click_on_the_result_shows_how_that_pixel_was_made(visit: Visit) -> None:
    page = visit("/convolution")
    result(page).click(position=middle(result(page), 8, 3))
    assert standing(page) == (8, 3)
    assert total(page) == pytest.approx(EDGES[8, 3], abs=1e-6)
    settled(page)
    expect(page.get_by_label("Link to what you see")).to_have_value(re.compile("pixel=8-3"))


def test_a_click_on_the_picture_lays_the_window_round_that_pixel(visit: Visit) -> None:
    page = visit("/convolution")
    picture = stepper(page).locator(".source canvas")
    picture.click(position=middle(picture, 12, 5, 24, 24))
    assert standing(page) == (11, 4)


def test_the_scrubber_runs_through_the_result(visit: Visit) -> None:
    page = visit("/convolution?pixel=0-0")
    finished = colour_at(result(page), 20, 20)
    scrub = stepper(page).get_by_label("Output pixel")
    scrub.fill(str(5 * COLUMNS + 2))
    assert standing(page) == (5, 2)
    assert colour_at(result(page), 20, 20) != finished
    scrub.fill(str(ROWS * COLUMNS - 1))
    assert standing(page) == (ROWS - 1, COLUMNS - 1)
    assert colour_at(result(page), 20, 20) == finished


def test_hovering_tells_the_exact_value_of_the_picture_and_the_result(visit: Visit) -> None:
    page = visit("/convolution?padding=1")
    picture = stepper(page).locator(".source canvas")
    tip = stepper(page).locator(".tip")
    picture.hover(position=middle(picture, 5, 8, 26, 26))
    expect(tip.locator("span")).to_have_text("row 4, column 7")
    assert float(tip.locator("strong").inner_text()) == pytest.approx(GREY[4, 7], rel=1e-6)
    picture.hover(position=middle(picture, 0, 8, 26, 26))
    expect(tip).to_have_text("0padding")
    result(page).hover(position=middle(result(page), 9, 4, 24, 24))
    expect(tip.locator("span")).to_have_text("row 9, column 4")
    value = float(tip.locator("strong").inner_text().replace("−", "-"))
    assert value == pytest.approx(EDGES[8, 3], abs=1e-6)


def test_the_keyboard_alone_reaches_and_walks_the_result(visit: Visit) -> None:
    page = visit("/convolution?pixel=3-3")
    for _ in range(60):
        press(page, "Tab")
        if result(page).evaluate("(canvas) => canvas.getRootNode().activeElement === canvas"):
            break
    press(page, "ArrowDown", "ArrowRight", "ArrowRight")
    assert standing(page) == (4, 5)
    press(page, "Home", "ArrowUp", "ArrowLeft")  # nothing lies before the first
    assert standing(page) == (0, 0)
    press(page, "End", "ArrowUp")
    assert standing(page) == (ROWS - 2, COLUMNS - 1)
    press(page, " ")
    expect(stepper(page).get_by_role("button", name="Pause")).to_be_visible()
    press(page, " ")
    expect(stepper(page).get_by_role("button", name="Play")).to_be_visible()


def test_a_number_typed_into_the_kernel_changes_the_result(visit: Visit) -> None:
    page = visit("/convolution?pixel=5-5")
    field = stepper(page).get_by_label("Kernel row 2, column 2")
    field.fill("1/2")
    field.press("Enter")
    expect(stepper(page).locator(".kernel figcaption")).to_have_text("My own 3×3")
    own = KERNELS["edge"].copy()
    own[1, 1] = 0.5
    assert total(page) == pytest.approx(convolve2d(GREY, own)[5, 5], abs=1e-6)
    assert standing(page) == (5, 5)
    assert field.input_value() == "0.5"


def test_a_bad_number_is_marked_where_it_stands_and_nothing_is_lost(visit: Visit) -> None:
    page = visit("/convolution?pixel=5-5")
    field = stepper(page).get_by_label("Kernel row 1, column 3")
    field.fill("NaN")
    field.press("Enter")
    expect(page.get_by_text("Row 1, column 3 of the kernel: “NaN” is no number.")).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    assert field.input_value() == "NaN"
    assert total(page) == pytest.approx(EDGES[5, 5], abs=1e-6)
    field.fill("-1")
    field.press("Enter")
    expect(page.get_by_text("is no number")).to_have_count(0)
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_the_channels_of_a_colour_picture_are_looked_at_one_by_one(visit: Visit) -> None:
    page = visit("/convolution?photograph=coffee&colour=on&pixel=6-6")
    rgb = pictures.resize(pictures.photograph("coffee"), 24).astype(np.float32) / 255
    for channel, name in enumerate(("red", "green", "blue")):
        stepper(page).get_by_role("button", name=name).click()
        expect(stepper(page).locator(".result figcaption")).to_contain_text(f"{name}, 14×22")
        expected = convolve2d(rgb[:, :, channel], KERNELS["edge"])[6, 6]
        assert total(page) == pytest.approx(expected, abs=1e-6)
    expect(page.get_by_label("Link to what you see")).to_have_value(re.compile("channel=blue"))
    other = visit("/" + link(page).split("/", 3)[3])
    expect(stepper(other).locator(".result figcaption")).to_contain_text("blue, 14×22")


def test_the_numbers_have_three_significant_digits(visit: Visit) -> None:
    page = visit("/convolution?kernel=gaussian")
    assert stepper(page).get_by_label("Kernel row 1, column 1").input_value() == "0.0625"


def test_a_result_much_smaller_than_the_picture_is_enlarged_and_still_answers_clicks(visit: Visit) -> None:
    page = visit("/convolution?stride=3")
    width, _ = size_of(result(page))
    assert width == pytest.approx(
        size_of(stepper(page).locator(".source canvas"))[0] * 2.5 * 8 / 24, rel=0.02
    )
    result(page).click(position=middle(result(page), 6, 2, 8, 8))
    assert standing(page) == (6, 2)
    assert total(page) == pytest.approx(EDGES[18, 6], abs=1e-6)


def test_a_new_kernel_while_playing_plays_on(visit: Visit) -> None:
    page = visit("/convolution")
    stepper(page).get_by_role("button", name="Play").click()
    page.get_by_role("radio", name="Box blur").click()
    expect(stepper(page).locator(".kernel figcaption")).to_have_text("Box blur 3×3")
    stepper(page).get_by_role("button", name="Pause").click()
    assert total(page) == pytest.approx(convolve2d(GREY, KERNELS["box"])[standing(page)], abs=1e-6)


def test_a_digit_drawn_on_the_pad_is_laid_under_the_kernel(visit: Visit) -> None:
    page = visit("/convolution")
    page.get_by_role("radio", name="Draw", exact=True).click()
    expect(page.get_by_text("The paper is empty: draw")).to_be_visible()
    settled(page)
    draw(page, DIGITS[4])
    expect(stepper(page).locator(".source figcaption")).to_have_text("Your drawing 28×28")
    expect(page.get_by_text("The paper is empty")).to_have_count(0)
    settled(page)
    other = visit("/" + link(page).split("/", 3)[3])
    expect(stepper(other).locator(".source figcaption")).to_have_text("Your drawing 28×28")
    assert total(other) == total(page)


def test_at_no_width_do_the_pads_tools_leave_it(visit: Visit) -> None:
    page = visit("/convolution?picture=drawing")
    for width in (1000, 700):
        page.set_viewport_size({"width": width, "height": 800})
        settled(page)
        right = "(parts) => Math.max(...parts.map((part) => part.getBoundingClientRect().right))"
        box = page.locator(".pad").bounding_box()
        assert box
        assert page.locator(".pad .tools > *").evaluate_all(right) <= box["x"] + box["width"] + 1


def test_an_uploaded_picture_is_laid_under_the_kernel_and_a_broken_one_is_not(visit: Visit) -> None:
    page = visit("/convolution")
    page.get_by_role("radio", name="My own").first.click()
    file = io.BytesIO()
    Image.new("RGB", (8, 5), "red").save(file, "PNG")
    chooser = page.locator("input[type=file]")
    chooser.set_input_files({"name": "red.png", "mimeType": "image/png", "buffer": file.getvalue()})
    expect(stepper(page).locator(".source figcaption")).to_have_text("Your picture 5×8")
    broken: FilePayload = {"name": "broken.png", "mimeType": "image/png", "buffer": b"broken"}
    page.locator("input[type=file]").set_input_files(broken)
    expect(page.get_by_text("This is not a PNG")).to_be_visible()
    settled(page)
    expect(stepper(page).locator(".source figcaption")).to_have_text("Your picture 5×8")


def test_a_full_picture_is_shown_without_arithmetic(visit: Visit) -> None:
    page = visit("/convolution?size=full")
    expect(stepper(page).locator(".source figcaption")).to_have_text("Photographer 512×512")
    expect(stepper(page).locator(".result figcaption")).to_have_text("Result 510×510")
    expect(stepper(page).locator(".play")).to_be_hidden()
    expect(stepper(page).locator(".sum")).to_be_hidden()
    expect(stepper(page).locator(".kernel")).to_be_visible()


def test_the_dark_theme_has_light_words_and_the_same_colours_of_values(visit: Visit) -> None:
    page, light = visit("/convolution?pixel=0-0", dark=True), visit("/convolution?pixel=0-0")
    colour = "(element) => getComputedStyle(element).color"
    assert stepper(page).locator("figcaption").first.evaluate(colour) == "rgb(230, 234, 240)"
    assert colour_at(result(page), 8, 7) == colour_at(result(light), 8, 7)


def test_on_a_phone_it_runs_from_top_to_bottom_and_answers_a_finger(visit: Visit) -> None:
    page = visit("/convolution", phone=True)
    expect(stepper(page).locator(".place")).to_be_visible()
    rights = "(parts) => parts.map((part) => part.getBoundingClientRect().right)"
    assert max(page.locator("[data-testid=stMain] *").evaluate_all(rights)) <= PHONE["width"] + 1
    figures = [
        stepper(page).locator(name).bounding_box() for name in (".source", ".result", ".arithmetic", ".after")
    ]
    controls = page.get_by_role("radiogroup", name="Picture").bounding_box()
    tops = [box["y"] for box in [*figures, controls] if box]
    assert len(tops) == 5
    assert tops == sorted(tops)
    assert all(box and box["x"] + box["width"] <= PHONE["width"] for box in figures)
    kernels = page.get_by_role("radio", name="Box blur").bounding_box()
    assert kernels
    assert kernels["y"] < tops[0]  # beside what they do
    result(page).tap(position=middle(result(page), 2, 17))
    assert standing(page) == (2, 17)


def test_a_deep_link_opens_at_its_pixel(visit: Visit) -> None:
    page = visit("/convolution?kernel=sobel_x&stride=2&pixel=4-5")
    expect(stepper(page).locator(".place")).to_have_text("row 4, column 5")
    assert total(page) == pytest.approx(convolve2d(GREY, KERNELS["sobel_x"])[8, 10], abs=1e-6)


@pytest.mark.parametrize("delay", [50, 200])
def test_every_number_typed_in_passing_is_in_the_kernel(visit: Visit, delay: int) -> None:
    page = visit("/convolution")
    stepper(page).get_by_label("Kernel row 1, column 1").focus()
    for digit in range(9):
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.type(str(digit))
        page.wait_for_timeout(delay)
        page.keyboard.press("Tab")
    expect(page).to_have_url(re.compile(r"own=0_1_2~3_4_5~6_7_8(&|$)"))
    fields = stepper(page).locator(".cells input")
    expect(fields.nth(8)).to_have_value("8")
    assert [field.input_value() for field in fields.all()] == [*"012345678"]


def test_a_number_typed_before_another_control_is_used_stays(visit: Visit) -> None:
    page = visit("/convolution")
    field = stepper(page).get_by_label("Kernel row 1, column 1")
    field.fill("5")
    page.get_by_test_id("stNumberInputStepUp").nth(1).click()
    expect(page).to_have_url(re.compile(r"kernel=own.*own=5_.*stride=2"))


@pytest.mark.parametrize("scale", [1, 1.5, 2, 3])
def test_the_legend_of_colours_is_whole_at_every_scale(visit: Visit, scale: float) -> None:
    page = visit("/convolution", scale=scale)
    legend = stepper(page).locator(".scale canvas")
    expect(stepper(page).locator(".scale span").last).to_have_text("2.26")
    ends = legend.evaluate(
        """(canvas) => {
          const { width, height } = canvas;
          const at = (x, y) => [...canvas.getContext("2d").getImageData(x * width, y * height, 1, 1).data];
          return [0.02, 0.98].map((x) => [0.1, 0.9].map((y) => at(x, y)));
        }"""
    )
    for end in ends:
        assert end[0] == end[1]
        assert end[0][3] == 255
    assert ends[0][0] != ends[1][0]


def test_a_result_that_is_no_longer_meant_is_dimmed(visit: Visit) -> None:
    page = visit("/convolution?size=10")
    expect(stepper(page)).not_to_have_class(re.compile("stale"))
    field = page.get_by_test_id("stNumberInputField").nth(2)
    field.fill("6")
    field.press("Enter")
    expect(page.get_by_text("a smaller kernel or dilation")).to_be_visible()
    expect(stepper(page)).to_have_class(re.compile("stale"))
