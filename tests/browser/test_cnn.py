import re
import subprocess
import sys
from itertools import zip_longest
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, Page, expect

from dlviz import weights
from dlviz.data import digits, mnist
from dlviz.paths import WEIGHTS
from dlviz.trace import Edit, switch_off, trace
from tests.browser.conftest import ROOT, Visit, serving, settled
from tests.browser.strokes import DIGITS, along, draw, on_screen, paper_of, tool, touch
from tests.browser.wall import alternative, click, outlined, point_at, wall_of

MODEL = weights.load("simple_cnn")


def query(page: Page) -> dict[str, str]:
    """The state that the address holds."""
    return {name: text for name, (text,) in parse_qs(urlsplit(page.url).query).items()}


def seen(page: Page, edits: dict[str, Edit] | None = None) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The probabilities and the record that PyTorch gives for the digit in the address."""
    state = query(page)
    if "sample" in state:
        image = mnist.digits("test")[0][int(state["sample"])].float() / 255
    else:
        image = torch.from_numpy(digits.from_text(state["digit"]))
    logits, record = trace(MODEL, digits.normalise(image[None]), edits)
    return logits[0].softmax(0).numpy(), record


def said(page: Page) -> list[str]:
    """The answer, its probability and the second choice."""
    return settled(page).get_by_test_id("stMetricValue").all_inner_texts()


def percent(probability: float) -> str:
    return f"{100 * probability:.1f} %"


def test_a_seven_drawn_by_mouse_is_a_seven_and_a_reload_keeps_it(visit: Visit) -> None:
    page = visit("/cnn")
    expect(page.get_by_text("Draw a digit, and everything below comes alive.")).to_be_visible()
    assert "waiting for a digit" in alternative(page)
    draw(page, DIGITS[7])
    answer = said(page)
    probabilities, _ = seen(page)
    assert answer[:2] == ["7", percent(probabilities[7])]
    assert alternative(page).endswith(f"The network says 7 with {percent(probabilities[7])}.")
    address = page.url
    page.reload()
    assert said(page) == answer
    assert page.url == address


def test_a_seven_drawn_with_a_finger_on_a_phone_is_a_seven(visit: Visit) -> None:
    page = visit("/cnn", phone=True)
    touch(page, DIGITS[7])
    assert said(page)[0] == "7"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    beyond = "(elements) => elements.filter((e) => e.getBoundingClientRect().right > innerWidth + 1).length"
    assert page.get_by_test_id("stMain").locator("canvas, p, button, input").evaluate_all(beyond) == 0
    box = wall_of(page).bounding_box()
    assert box is not None
    assert box["height"] > 2 * box["width"]


def test_the_network_follows_a_stroke_while_it_is_drawn(visit: Visit) -> None:
    page = visit("/cnn")
    window = on_screen(page)
    (stroke,) = DIGITS[7]
    points = along(stroke)
    page.mouse.move(*window(points[0]))
    page.mouse.down()
    said_on_the_way = []
    for half in (points[: len(points) // 2], points[len(points) // 2 :]):
        for point in half:
            page.mouse.move(*window(point))
        expect(page.get_by_test_id("stMetricValue")).to_have_count(3)
        said_on_the_way.append(alternative(settled(page)))
    first, second = said_on_the_way
    assert first != second
    assert "The network says 7" in second
    assert query(page) == {}
    page.mouse.up()
    assert said(page)[0] == "7"
    assert list(query(page)) == ["digit"]


def test_a_pixel_of_a_map_gives_its_value_its_outline_and_its_arithmetic(visit: Visit) -> None:
    page = visit("/cnn?sample=0")
    assert outlined(page, point_at(page, "conv_layers.3", 20)) == 0
    found = click(page, "conv_layers.3", 20)
    settled(page)
    assert outlined(page, found) > 20
    assert query(page)["select"] == f"conv_layers.3:20:{found.row}:{found.col}"
    _, record = seen(page)
    exact = float(record["conv_layers.3"][0][found.unit])
    assert found.value == pytest.approx(exact, rel=5e-3)
    panel = page.locator(".unit")
    value = panel.locator(".value").inner_text().replace("−", "-")
    assert float(value) == pytest.approx(exact, rel=1e-6)
    terms = re.findall(r"−?[\d.]+(?:e−?\d+)?", panel.locator(".equation").inner_text())
    total, bias, *_, result = (float(term.replace("−", "-")) for term in terms if term != "32")
    assert result == pytest.approx(exact, rel=1e-6)
    assert total + bias == pytest.approx(exact, abs=0.01 * abs(total) + 1e-3)
    assert bias == pytest.approx(MODEL.get_parameter("conv_layers.3.bias")[20].item(), rel=5e-3)


def test_a_map_is_chosen_on_the_wall_and_switched_off_below_it(visit: Visit) -> None:
    page = visit("/cnn?sample=18&panel=off")
    before, record = seen(page)
    strongest = int(record["conv_layers.4"][0].max(axis=(1, 2)).argmax())
    found = click(page, "conv_layers.4", strongest)
    page.get_by_role("button", name=f"Keep only map {strongest} of conv_layers.4").click()
    others = [channel for channel in range(64) if channel != strongest]
    after, _ = seen(settled(page), {"conv_layers.4": switch_off(others)})
    assert said(page)[:2] == [str(after.argmax()), percent(after.max())]
    assert after.max() != pytest.approx(before.max(), abs=0.01)
    # The map that is kept has its value; one that is off has none.
    assert point_at(page, "conv_layers.4", strongest).value == pytest.approx(found.value, rel=5e-3)
    assert point_at(page, "conv_layers.4", others[0]).value == 0
    page.get_by_role("button", name="All back on").click()
    assert said(page)[:2] == [str(before.argmax()), percent(before.max())]


def test_a_surprise_is_a_test_digit_that_the_address_names(visit: Visit) -> None:
    page = visit("/cnn")
    tool(page, "surprise")
    answer = said(page)
    probabilities, _ = seen(page)
    assert list(query(page)) == ["sample"]
    assert answer[:2] == [str(probabilities.argmax()), percent(probabilities.max())]
    first = query(page)
    tool(page, "surprise")
    settled(page)
    assert query(page) != first


def test_another_page_and_back_again_keep_the_digit(visit: Visit) -> None:
    page = visit("/cnn")
    draw(page, DIGITS[7])
    answer, address = said(page), page.url
    page.get_by_test_id("stSidebarNav").get_by_text("Convolution").click()
    settled(page)
    expect(page.get_by_role("heading", name="What does a kernel find in a picture?")).to_be_visible()
    page.go_back()
    assert said(page) == answer
    assert page.url == address
    page.get_by_test_id("stSidebarNav").get_by_text("The lesson").click()
    settled(page)
    page.get_by_test_id("stSidebarNav").get_by_text("CNN").click()
    assert said(page) == answer
    assert page.url == address
    tool(page, "clear")
    assert said(page) == []


def test_the_whole_lab_is_reached_by_keyboard_alone(visit: Visit) -> None:
    page = visit("/cnn")
    for _ in range(20):
        page.keyboard.press("Tab")
        if paper_of(page).evaluate("(paper) => paper.getRootNode().activeElement === paper"):
            break
    # A bar downwards is a 1.
    for _ in range(9):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    for _ in range(18):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert said(page)[0] == "1"
    for _ in range(40):
        page.keyboard.press("Tab")
        if wall_of(page).evaluate("(canvas) => canvas.getRootNode().activeElement === canvas"):
            break
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    settled(page)
    # From map 7, pixel (6, 6): right and down on conv 2, then one stage and one map on.
    assert query(page)["select"] == "conv_layers.4:8:8:7"
    _, record = seen(page)
    value = page.locator(".unit .value").inner_text().replace("−", "-")
    assert float(value) == pytest.approx(float(record["conv_layers.4"][0, 8, 8, 7]), rel=1e-6)


def test_the_dark_theme_has_light_words_and_a_white_paper(visit: Visit) -> None:
    page = visit("/cnn?sample=0", dark=True)
    colours = wall_of(page).evaluate(
        """(canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, 16);
          const lit = [];
          for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 200) lit.push(data[i]);
          return [Math.min(...lit), getComputedStyle(document.body).getPropertyValue("color-scheme")];
        }"""
    )
    assert colours[0] > 150
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
        assert said(page)[0] == str(digit)
        assert int(seen(page)[0].argmax()) == digit


def test_the_script_to_run_oneself_prints_the_numbers_on_screen(visit: Visit, tmp_path: Path) -> None:
    page = visit("/cnn?sample=18&off=conv_layers.1:8&select=conv_layers.3:5:0:7")
    page.get_by_text("The code behind the picture").click()
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Run it yourself: a plain PyTorch script").click()
    download.value.save_as(tmp_path / "script.py")
    command = [sys.executable, "script.py", str(WEIGHTS / "simple_cnn.safetensors")]
    printed = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True).stdout
    digit, shown, _ = said(page)
    (probability,) = re.findall(rf"digit {digit}: logit \S+, probability (\S+)", printed)
    assert percent(float(probability)) == shown
    value = page.locator(".unit .value").inner_text().replace("−", "-")
    (unit,) = re.findall(r"unit conv_layers.3 \(5, 0, 7\): (\S+)", printed)
    assert float(unit) == pytest.approx(float(value), rel=1e-4)


def test_a_link_opened_as_a_servers_first_request_has_the_pages_frame_and_state(browser: Browser) -> None:
    with serving(ROOT / "app.py") as address:
        page = browser.new_context().new_page()
        page.goto(f"{address}/cnn?sample=0&panel=kernels&weights=both&seed=4")
        assert said(page)[0] == "7"
        assert len(said(page)) == 6
        expect(page.get_by_test_id("stSidebarNav").get_by_text("Convolution")).to_be_visible()
        expect(page.get_by_text("Random, seed 4", exact=True)).to_be_visible()
        page.context.close()
