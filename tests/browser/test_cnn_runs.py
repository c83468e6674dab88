"""The networks of runs in the CNN lab, in a real browser: brought in by a learner, then looked into."""

import re

import pytest
from playwright.sync_api import Page, expect
from safetensors.torch import save

from dlviz.trace import trace
from tests.browser.conftest import PHONE, Visit, overflow, settled
from tests.browser.test_cnn import expect_answer, number
from tests.browser.wall import wall_of
from tests.kept_runs import network
from tests.pages.cnn_lab import SEVEN, probabilities


def brought(page: Page, name: str, data: bytes) -> Page:
    """Bring weights in on the page of my runs, and open them in the CNN lab."""
    page.get_by_text("Bring in weights of your own").click()
    settled(page)
    page.locator("input[type=file]").set_input_files(
        {"name": "own.safetensors", "mimeType": "application/octet-stream", "buffer": data}
    )
    expect(page.get_by_role("combobox", name="Its network")).to_have_value(name)  # as its weights tell
    page.get_by_role("button", name="Bring it in").click()
    page.get_by_role("link", name="Open in the CNN lab").click()
    expect(page).to_have_url(re.compile(r"/cnn\?.*run=[0-9a-f]{20}.*weights=run"))
    return settled(page)


def test_a_network_with_batch_norm_is_brought_in_and_looked_into(visit: Visit) -> None:
    model = network("SimpleCNNBatchNorm", 10)
    page = brought(visit("/training?view=mine"), "SimpleCNNBatchNorm", save(model.state_dict()))
    page.goto(f"{page.url}&select=conv_layers.4:20:6:7")
    expect_answer(page, probabilities(model=model))
    expect(wall_of(page)).to_have_accessible_name(re.compile("norm 3: 128 maps of 7×7"))
    wall_of(page).press("Shift+ArrowRight")
    panel = page.locator(".unit")
    expect(panel.locator(".stage")).to_have_text("norm 2")
    expect(panel.locator(".work h3")).to_have_text("How it is normed")
    expect(panel.locator(".place")).to_have_text("pixel (6, 7) of map 20")
    exact = float(trace(model, SEVEN)[1]["conv_layers.5"][0, 20, 6, 7])
    assert number(panel.locator(".value").inner_text()) == pytest.approx(exact, rel=1e-6)
    page.get_by_role("radio", name="The run’s and the trained").click()
    expect_answer(page, probabilities(model=model), probabilities())
    expect(page).to_have_url(re.compile("weights=beside"))


def test_a_network_that_sees_colours_shows_a_photograph_on_a_phone_too(visit: Visit) -> None:
    model = network("ColourCNN", 3)
    page = brought(visit("/training?view=mine"), "ColourCNN", save(model.state_dict()))
    expect(page.get_by_text(re.compile("^Astronaut · ColourCNN. Weights brought in"))).to_be_visible()
    wall = page.get_by_role("application", name=re.compile("The network says"))
    expect(wall).to_have_accessible_name(re.compile("conv 3: 128 maps of 8×8"))
    page.set_viewport_size(PHONE)
    assert overflow(page) <= 0
    before = wall.get_attribute("aria-label")
    page.get_by_role("combobox", name="Photograph").click()
    page.get_by_role("option", name="Coffee").click()
    expect(page.get_by_text(re.compile("^Coffee · "))).to_be_visible()
    expect(wall).not_to_have_accessible_name(before or "")
