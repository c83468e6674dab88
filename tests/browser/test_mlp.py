"""The MLP lab in a browser: a drawing, a unit chosen by mouse and by keys, an answer taken apart."""

import re

import torch
from playwright.sync_api import expect

from dlviz import weights
from dlviz.data import digits
from tests.browser.conftest import Visit
from tests.browser.strokes import DIGITS, draw
from tests.browser.test_cnn import expect_answer, expect_field, query


def test_a_drawing_is_read_and_its_units_are_chosen_by_mouse_and_by_keys(visit: Visit) -> None:
    page = visit("/mlp")
    draw(page, DIGITS[3])
    expect_field(page, "digit")
    model, pixels = weights.load("mlp"), digits.from_text(query(page)["digit"])
    with torch.inference_mode():
        x = digits.normalise(torch.from_numpy(pixels)[None])
        sums = model.get_submodule("layers.1")(x.flatten(1))[0].numpy()
        expect_answer(page, model(x)[0].softmax(0).numpy())
    units = page.locator(".units canvas")
    lit = int((sums > 0).sum())
    expect(units).to_have_accessible_name(re.compile(f"^Hidden layer 1: {lit} of 128 units are on;"))
    box = units.bounding_box()
    assert box is not None
    # Wide enough for 16 in a row: the second of the first row.
    units.click(position={"x": box["width"] * 1.5 / 16, "y": 12})
    expect_field(page, "unit", "1")
    units.press("ArrowDown")
    expect_field(page, "unit", "17")
    equation = page.get_by_text("Unit 17:", exact=True).locator("..")
    expect(equation).to_contain_text(f"= {sums[17]:.5g} → ReLU: max(0, {sums[17]:.5g})".replace("-", "−"))
    page.get_by_role("button", name=re.compile(r"^8\s*[−\d]")).click()
    expect(page.get_by_text(re.compile("^The logit of 8 is"))).to_be_visible()
    expect_field(page, "answer", "8")
