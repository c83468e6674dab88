import re
import subprocess
import sys
from itertools import product, zip_longest
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Locator, Page, expect

from dlviz import weights
from dlviz.data import digits, mnist
from dlviz.paths import WEIGHTS
from dlviz.trace import Edit, switch_off, trace
from dlviz.ui.components.unit.selection import Selection
from tests.browser.conftest import PHONE, ROOT, Visit, serving, settled
from tests.browser.strokes import DIGITS, along, draw, on_screen, paper_of, tool, touch
from tests.browser.wall import accented_columns, alternative, click, outlined, point_at, wall_of
from tests.pages.cnn_lab import TRAINED, answer, percent, probabilities


def query(page: Page) -> dict[str, str]:
    """The state that the address holds."""
    return {name: text for name, (text,) in parse_qs(urlsplit(page.url).query).items()}


def expect_field(page: Page, name: str, text: str = "") -> None:
    """Wait until the address holds a field, with any text that begins so."""
    expect(page).to_have_url(re.compile(rf"[?&]{name}={re.escape(quote(text, safe=''))}"))


def expect_answer(page: Page, *networks: np.ndarray) -> None:
    """Wait until the page says what these probabilities say."""
    texts = [text for probabilities in networks for text in answer(probabilities)]
    expect(page.get_by_test_id("stMetricValue")).to_have_text(texts)


def expect_digit(page: Page, digit: int) -> None:
    """Wait until the page says this digit."""
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(str(digit))


def seen(page: Page, edits: dict[str, Edit] | None = None) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The probabilities and the record that PyTorch gives for the digit in the address."""
    state = query(page)
    if "sample" in state:
        image = mnist.digits("test")[0][int(state["sample"])].float() / 255
    else:
        image = torch.from_numpy(digits.from_text(state["digit"]))
    logits, record = trace(TRAINED, digits.normalise(image[None]), edits)
    return logits[0].softmax(0).numpy(), record


def go(page: Page, title: str) -> None:
    """Change to another page by the navigation."""
    page.get_by_test_id("stSidebarNav").get_by_text(title).click()


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def test_a_seven_drawn_by_mouse_is_a_seven_and_a_reload_keeps_it(visit: Visit) -> None:
    page = visit("/cnn")
    expect(page.get_by_text("Draw a digit, and everything below comes alive.")).to_be_visible()
    expect(wall_of(page)).to_have_accessible_name(re.compile("^The network, waiting for a digit"))
    draw(page, DIGITS[7])
    expect_field(page, "digit")
    expected, _ = seen(page)
    assert expected.argmax() == 7
    expect_answer(page, expected)
    says = f"The network says 7 with {percent(expected[7])}."
    expect(wall_of(page)).to_have_accessible_name(re.compile(f"{re.escape(says)}$"))
    address = page.url
    page.reload()
    expect_answer(page, expected)
    expect(page).to_have_url(address)


def test_a_seven_drawn_with_a_finger_on_a_phone_is_a_seven(visit: Visit) -> None:
    page = visit("/cnn", phone=True)
    touch(page, DIGITS[7])
    expect_digit(page, 7)
    settled(page)
    assert page.get_by_test_id("stMain").evaluate("(main) => main.scrollWidth") <= PHONE["width"]
    box = wall_of(page).bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= PHONE["width"]
    assert box["height"] > 2 * box["width"]
    last = page.get_by_role("radio", name="Switch off").bounding_box()
    assert last
    assert last["x"] + last["width"] <= PHONE["width"]


def test_the_network_follows_a_stroke_while_it_is_drawn(visit: Visit) -> None:
    page = visit("/cnn")
    window = on_screen(page)
    points = along(DIGITS[7][0])
    bar, leg = points[: len(points) // 2], points[len(points) // 2 :]
    page.mouse.move(*window(points[0]))
    page.mouse.down()
    for point in bar:
        page.mouse.move(*window(point))
    expect(wall_of(page)).to_have_accessible_name(re.compile("The network says"))
    first = alternative(page)
    for point in leg:
        page.mouse.move(*window(point))
    expect(wall_of(page)).not_to_have_accessible_name(first)
    expect_digit(page, 7)
    assert query(page) == {}
    page.mouse.up()
    expect_field(page, "digit")
    expect_answer(page, seen(page)[0])


def test_a_pixel_of_a_map_gives_its_value_its_outline_and_its_arithmetic(visit: Visit) -> None:
    page = visit("/cnn?sample=0")
    assert outlined(page, point_at(page, "conv_layers.3", 20)) == 0
    found = click(page, "conv_layers.3", 20)
    expect_field(page, "select", f"conv_layers.3:20:{found.row}:{found.col}")
    assert outlined(page, found) > 20
    _, record = seen(page)
    exact = float(record["conv_layers.3"][0][found.unit])
    assert found.value == pytest.approx(exact, rel=5e-3)
    panel = page.locator(".unit")
    expect(panel.locator(".place")).to_have_text(f"pixel ({found.row}, {found.col}) of map 20")
    assert number(panel.locator(".value").inner_text()) == pytest.approx(exact, rel=1e-6)
    terms = re.findall(r"−?[\d.]+(?:e−?\d+)?", panel.locator(".equation").inner_text())
    total, bias, result = (number(term) for term in terms if term != "32")
    assert result == pytest.approx(exact, rel=1e-6)
    assert bias == pytest.approx(TRAINED.get_parameter("conv_layers.3.bias")[20].item(), rel=5e-3)
    # Three digits of the sum are shown.
    assert total == pytest.approx(exact - bias, rel=5e-3, abs=1e-3)


def test_of_a_chosen_output_the_bar_is_outlined_whole_and_nothing_else(visit: Visit) -> None:
    page = visit("/cnn?sample=0&select=fc_layers.4:7")
    expect_digit(page, 7)
    settled(page)
    columns = np.array(accented_columns(page))
    (marked,) = np.nonzero(columns)
    assert marked[0] > 0.8 * len(columns)  # no hidden unit of the same number
    left, right = columns[marked[:4]].max(), columns[marked[-4:]].max()
    assert left == right > 10


def test_the_window_slides_inside_the_network_and_rests_where_it_is_stopped(visit: Visit) -> None:
    page = visit("/cnn?sample=0&select=conv_layers.3:20:5:8")
    record, panel = seen(page)[1]["conv_layers.3"][0, 20], page.locator(".unit")
    panel.get_by_role("button", name="One step forward").click()
    expect(panel.locator(".place")).to_have_text("pixel (5, 9) of map 20")
    assert number(panel.locator(".value").inner_text()) == pytest.approx(record[5, 9], rel=1e-6)
    products = number(panel.locator(".term").first.evaluate("(term) => term.firstChild.data"))
    bias = TRAINED.get_parameter("conv_layers.3.bias")[20].item()
    assert products + bias == pytest.approx(record[5, 9], rel=5e-3, abs=5e-3)
    expect_field(page, "select", "conv_layers.3:20:5:9")  # where it rests, Python tells of it
    own = panel.get_by_role("application")
    own.press(" ")
    expect(panel.locator(".place")).to_have_text(re.compile(r"pixel \(6, \d+\) of map 20"))
    assert "conv_layers.3%3A20%3A5%3A9" in page.url  # nobody has asked the server
    own.press(" ")
    expect(panel.get_by_role("button", name="Play")).to_be_visible()
    expect_field(page, "select", "conv_layers.3:20:6:")
    at = Selection.from_text(query(page)["select"])
    expect(panel.locator(".place")).to_have_text(f"pixel ({at.row}, {at.col}) of map 20")
    assert number(panel.locator(".value").inner_text()) == pytest.approx(record[at.row, at.col], rel=1e-6)


def test_the_unit_that_was_clicked_first_can_be_clicked_first_again(visit: Visit) -> None:
    page = visit("/cnn?sample=0")
    found = click(page, "conv_layers.4", 3)
    unit = f"conv_layers.4:3:{found.row}:{found.col}"
    expect_field(page, "select", unit)
    page.keyboard.press("Shift+ArrowRight")
    # The same place, on a map half as high and wide.
    expect_field(page, "select", f"conv_layers.5:3:{found.row // 2}:{found.col // 2}")
    go(page, "The lesson")
    expect(page.get_by_role("heading", name="See deep learning")).to_be_visible()
    go(page, "CNN")
    expect_field(page, "select", "conv_layers.5:3")
    settled(page)
    assert click(page, "conv_layers.4", 3).unit == found.unit
    expect_field(page, "select", unit)


def test_a_map_is_chosen_on_the_wall_and_switched_off_below_it(visit: Visit) -> None:
    page = visit("/cnn?sample=18&panel=off")
    before, record = seen(page)
    strongest = int(record["conv_layers.4"][0].max(axis=(1, 2)).argmax())
    others = [channel for channel in range(64) if channel != strongest]
    after, _ = seen(page, {"conv_layers.4": switch_off(others)})
    assert after.max() != pytest.approx(before.max(), abs=0.01)
    found = click(page, "conv_layers.4", strongest)
    page.get_by_role("button", name=f"Keep only map {strongest} of ReLU 2").click()
    expect_answer(page, after)
    settled(page)
    # The map that is kept has its value; one that is off has none.
    assert point_at(page, "conv_layers.4", strongest).value == pytest.approx(found.value, rel=5e-3)
    assert point_at(page, "conv_layers.4", others[0]).value == 0
    page.get_by_role("button", name="All back on").click()
    expect_answer(page, before)


def test_a_surprise_is_a_test_digit_that_the_address_names(visit: Visit) -> None:
    page = visit("/cnn")
    tool(page, "surprise")
    expect_field(page, "sample")
    first = page.url
    expect_answer(page, seen(page)[0])
    label = f"Test digit {int(query(page)['sample']):,}, labelled"
    expect(page.get_by_test_id("stCaptionContainer").filter(has_text=label)).to_be_visible()
    tool(page, "surprise")
    expect(page).not_to_have_url(first)
    expect_answer(page, seen(page)[0])


def test_another_page_and_back_again_keep_the_digit(visit: Visit) -> None:
    page = visit("/cnn")
    draw(page, DIGITS[7])
    expect_field(page, "digit")
    address, (expected, _) = page.url, seen(page)
    go(page, "Convolution")
    expect(page.get_by_role("heading", name="What does a kernel find in a picture?")).to_be_visible()
    settled(page)
    page.go_back()
    expect_answer(page, expected)
    expect(page).to_have_url(address)
    go(page, "The lesson")
    expect(page.get_by_role("heading", name="See deep learning")).to_be_visible()
    go(page, "CNN")
    expect_answer(page, expected)
    expect(page).to_have_url(address)
    tool(page, "clear")
    expect(page.get_by_text("Draw a digit, and everything below comes alive.")).to_be_visible()


def test_changing_pages_quickly_leaves_a_page_that_answers(visit: Visit) -> None:
    page = visit("/cnn?sample=0")
    # The first on a page as it is, the second on one that has only begun.
    for title, heading in (("Convolution", "What does a kernel find"), ("CNN", "What does a network see")):
        press_on_leaving(page, title)
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    for _ in range(2):
        go(page, "Convolution")
        page.get_by_test_id("stMain").get_by_role("radio").nth(1).click()
        go(page, "CNN")
    expect_digit(page, 7)
    tool(page, "clear")
    expect(page.get_by_text("Draw a digit, and everything below comes alive.")).to_be_visible()


def press_on_leaving(page: Page, title: str) -> None:
    """Change to another page, and press two buttons of this one before the server can have answered.

    The first reruns a fragment of this page, the second all of it.
    """
    tour = page.get_by_role("button", name="Show me around").element_handle()
    page.get_by_test_id("stMain").get_by_role("radio").nth(1).evaluate(
        """(radio, [title, tour]) => {
          const links = [...document.querySelectorAll("[data-testid=stSidebarNavLink]")];
          links.find((link) => link.textContent.includes(title)).click();
          radio.click();
          tour.click();
        }""",
        [title, tour],
    )


def test_the_whole_lab_is_reached_by_keyboard_alone(visit: Visit) -> None:
    page = visit("/cnn")
    press_tab_until(page, paper_of(page))
    # A bar downwards is a 1.
    for key in ["ArrowUp"] * 9 + ["Enter"] + ["ArrowDown"] * 18 + ["Enter"]:
        page.keyboard.press(key)
    expect_digit(page, 1)
    expect_field(page, "digit")
    press_tab_until(page, wall_of(page))
    # From the lit pixel (3, 7) of map 19 to the right and down on conv 2, then one stage and one map on.
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    expect_field(page, "select", "conv_layers.4:20:5:8")
    expect(page.locator(".unit .place")).to_have_text("pixel (5, 8) of map 20")
    value = number(page.locator(".unit .value").inner_text())
    assert value == pytest.approx(seen(page)[1]["conv_layers.4"][0, 20, 5, 8], rel=1e-6)


def press_tab_until(page: Page, element: Locator) -> None:
    """Press Tab until the element has the focus; it has to come within 40 stops."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if element.evaluate("(element) => element.getRootNode().activeElement === element"):
            return
    pytest.fail("the keyboard does not reach it")


def test_the_dark_theme_has_light_words_and_a_white_paper(visit: Visit) -> None:
    page = visit("/cnn?sample=0", dark=True)
    darkest = wall_of(page).evaluate(
        """(canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, 16);
          const words = [];
          for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 200) words.push(data[i]);
          return Math.min(...words);
        }"""
    )
    assert darkest > 150
    paper = paper_of(page).evaluate("(paper) => getComputedStyle(paper).backgroundColor")
    assert paper == "rgb(255, 255, 255)"
    ground = page.get_by_test_id("stApp").evaluate("(app) => getComputedStyle(app).backgroundColor")
    assert max(map(int, re.findall(r"\d+", ground))) < 60


def test_two_learners_who_draw_at_once_never_see_each_others_digit(visit: Visit) -> None:
    pages = {7: visit("/cnn"), 1: visit("/cnn")}
    windows = {digit: on_screen(page) for digit, page in pages.items()}
    strokes = {digit: along(DIGITS[digit][0], 0.15) for digit in pages}
    for digit, page in pages.items():
        page.mouse.move(*windows[digit](strokes[digit][0]))
        page.mouse.down()
    for places in zip_longest(*strokes.values()):
        for (digit, page), place in zip(pages.items(), places, strict=True):
            if place:
                page.mouse.move(*windows[digit](place))
    for page in pages.values():
        page.mouse.up()
    for digit, page in pages.items():
        expect_field(page, "digit")
        assert seen(page)[0].argmax() == digit
        expect_answer(page, seen(page)[0])


def test_the_script_to_run_oneself_prints_the_numbers_on_screen(visit: Visit, tmp_path: Path) -> None:
    page = visit("/cnn?sample=18&off=conv_layers.1:8&select=conv_layers.3:5:0:7")
    page.get_by_text("The code behind the picture").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Run it yourself: a plain PyTorch script").click()
    download.value.save_as(tmp_path / "script.py")
    command = [sys.executable, "script.py", str(WEIGHTS / "simple_cnn.safetensors")]
    printed = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True).stdout
    expect_answer(page, np.array(re.findall(r"digit \d: logit \S+, probability (\S+)", printed), float))
    value = number(page.locator(".unit .value").inner_text())
    (unit,) = re.findall(r"unit conv_layers.3 \(5, 0, 7\): (\S+)", printed)
    assert float(unit) == pytest.approx(value, rel=1e-4)


def test_a_link_opened_as_a_servers_first_request_has_the_pages_frame_and_state(browser: Browser) -> None:
    with serving(ROOT / "app.py") as address:
        page = browser.new_context().new_page()
        page.goto(f"{address}/cnn?sample=0&panel=kernels&weights=both&seed=4")
        random = weights.build("SimpleCNN", {}, 4)
        expect_answer(page, probabilities(), probabilities(model=random))
        expect(page.get_by_test_id("stSidebarNav").get_by_text("Convolution")).to_be_visible()
        expect(page.get_by_text("Random, seed 4", exact=True)).to_be_visible()
        page.context.close()


def test_a_drawing_outlives_the_test_digit_that_was_chosen_before_it(visit: Visit) -> None:
    page = visit("/cnn")
    for sample, (delay, weights_name) in enumerate(product((50, 300), ("Random", "Trained")), 247):
        page.get_by_role("button", name="Test digit").click()
        field = page.get_by_test_id("stPopoverBody").get_by_test_id("stNumberInputField")
        field.fill(str(sample))
        field.press("Enter")
        page.wait_for_timeout(delay)
        page.keyboard.press("Escape")
        expect_field(page, "sample", str(sample))
        tool(page, "clear")
        draw(page, DIGITS[1])
        page.wait_for_timeout(delay)
        page.get_by_role("radio", name=weights_name, exact=True).click()
        random = ".*weights=random" if weights_name == "Random" else ""
        expect(page).to_have_url(re.compile(f"digit={random}"))
        expect(page.get_by_text("Your drawing, 1 stroke.")).to_be_attached()
        assert "sample" not in page.url
        tool(page, "clear")
        expect(page.get_by_text("Draw a digit, and everything")).to_be_visible()


def test_clear_after_a_surprise_leaves_an_empty_paper(visit: Visit) -> None:
    page = visit("/cnn")
    page.get_by_role("button", name="Test digit").click()
    field = page.get_by_test_id("stPopoverBody").get_by_test_id("stNumberInputField")
    field.fill("247")
    field.press("Enter")
    expect_field(page, "sample", "247")
    page.keyboard.press("Escape")
    tool(page, "surprise")
    expect(page).not_to_have_url(re.compile("sample=247"))
    expect_field(page, "sample")
    tool(page, "clear")
    expect(page.get_by_text("The paper is empty.")).to_be_attached()
    draw(page, DIGITS[1])
    expect_digit(page, 1)
    expect_field(page, "digit")


def test_pad_network_and_answer_are_on_one_screen_of_a_classrooms_laptop(visit: Visit) -> None:
    page = visit("/cnn?sample=0")
    page.set_viewport_size({"width": 1366, "height": 768})
    expect_digit(page, 7)
    settled(page)
    for part in (paper_of(page), wall_of(page), page.get_by_test_id("stMetricValue").first):
        box = part.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 768
    for width in (1100, 1000):
        page.set_viewport_size({"width": width, "height": 800})
        settled(page)
        box = wall_of(page).bounding_box()
        assert box is not None
        assert box["height"] < 900  # no long column


def test_dreams_grow_beside_real_digits_and_a_prediction_is_counted(visit: Visit) -> None:
    page = visit("/cnn?sample=0&panel=dream&select=conv_layers.6:5:3:3")
    expect(page.get_by_text("Map 5 of conv 3 reaches")).to_be_visible()
    expect(page.get_by_label("4 dreams;")).to_be_visible()
    page.get_by_role("button", name="Ask me").click()
    expect(page.get_by_role("heading", name="Which of these two excites")).to_be_visible()
    page.get_by_role("button", name="Left", exact=True).click()
    told = page.get_by_text("Right so far: after dreams alone")
    expect(told).to_contain_text("of 1, after real pictures alone 0 of 0")
    page.get_by_role("button", name="Close", exact=True).click()
    settled(page)
    expect(told).to_contain_text("of 1, after real pictures alone 0 of 0")  # a closed card counts, too
