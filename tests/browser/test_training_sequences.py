"""Runs of the sequences' networks, trained in a real browser and opened in their labs."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_training import PATIENCE, begin

TINY = "&samples=64&batch_size=32&epochs=1"
# lab -> the run, and what its picture says of the network.
RUNS = {
    "rnn": ("task=fashion&model=LSTMModel&hidden_size=9&num_layers=1", ".network h3", "LSTM"),
    "text": ("task=reviews&model=TextClassifier&embed_dim=6&hidden_dim=7", ".flow .strips", "7 units"),
    "generate": ("task=text&model=CharacterLSTM&hidden_size=11", ".stApp", "Of 11 units, number"),
}


@pytest.mark.parametrize("lab", RUNS)
def test_a_run_opens_in_its_lab(visit: Visit, lab: str) -> None:
    settings, place, told = RUNS[lab]
    page = visit(f"/training?{settings}{TINY}")
    begin(page)
    expect(page.get_by_text("All epochs are learned.")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="Open in the").click()
    expect(page.get_by_text("Weights of a training run, after step")).to_be_visible()
    expect(page.locator(place)).to_contain_text(told)
