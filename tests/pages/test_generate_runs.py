"""The lab of text generation with the weights of a training run."""

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from dlviz.data import novels
from dlviz.generation import generate, surprise
from dlviz.interpretable_units import stretches, trackers
from dlviz.models.unrolled import over_time
from dlviz.trace import trace
from dlviz.training.config import TrainingConfig
from dlviz.training.runs.service import Service
from dlviz.ui.labs.generate import networks
from dlviz.ui.next_character import ask_first_character
from tests.pages.cnn_lab import query
from tests.pages.conftest import Open
from tests.pages.run_weights import REFUSED, newest, of_run, refusals
from tests.pages.test_generate import PROMPT, shown_text, text
from tests.real_runs import trained
from tests.training_runs.idle import MINE

TINY = TrainingConfig(
    task="text",
    model="CharacterLSTM",
    sizes={"embed_dim": 3, "hidden_size": 5, "num_layers": 3},
    samples=32,
    batch_size=32,
    epochs=1,
)


@pytest.fixture
def run(runs: Service) -> str:
    return trained(runs.store, TINY, MINE)


def test_the_runs_network_writes_and_the_cell_of_its_last_layer_lights(
    opened: Open, runs: Service, run: str
) -> None:
    app = of_run(opened, "generate", run, length=40, temperature=1, seed=7, light="unit", unit=3)
    header, arrays = shown_text(app)
    model = newest(runs, run).model()
    made = generate(model, PROMPT, 40, 1.0, None, 7)
    assert (header["prompt"], header["text"]) == (PROMPT, made.text)
    np.testing.assert_allclose(arrays["raw"], made.raw, atol=1e-3)
    indices = novels.encode(PROMPT + made.text)
    np.testing.assert_allclose(arrays["bits"][1:], surprise(model, indices)[1:], atol=1e-4)
    cells = over_time(trace(model, indices[None])[1], "lstm.2.cell")[0]
    np.testing.assert_allclose(arrays["lit"], cells[:, 3], atol=1e-5)
    assert "Coloured by the cell state of unit 3 of the last of 3 layers" in text(app)
    assert f"run={run}" in query(app)


def test_the_bits_are_what_the_run_has_measured(opened: Open, runs: Service, run: str) -> None:
    app = of_run(opened, "generate", run, length=5, light="none")
    (loss,) = [float(str(each["loss"])) for each in runs.store.events(run) if each["kind"] == "epoch"]
    step = newest(runs, run).progress.step
    assert f"Weights of a training run, after step {step}: Text, letter by letter · Char" in text(app)
    assert f"There a character costs it {loss / np.log(2):.2f} bits." in text(app)
    assert "Jane Austen:" not in text(app)


def test_the_units_that_follow_something_are_looked_for_in_the_runs_network(
    opened: Open, runs: Service, run: str
) -> None:
    app = of_run(opened, "generate", run, length=5, light="word")
    found = trackers(newest(runs, run).model(), *stretches())["word"]
    number = f"{found.found:.2f}".replace("-", "−")
    assert f"Of 5 units of the last of 3 layers, number {found.unit} follows best" in text(app)
    assert f"correlation {number} in the chapters where it was looked for" in text(app)


def test_in_a_large_network_only_a_unit_of_ones_own_choice_lights(
    opened: Open, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(networks, "MEASURABLE", 14)  # it has 3 · 5
    app = of_run(opened, "generate", run, length=5, unit=900)
    assert app.selectbox[0].options == [
        "A unit of my choice",
        "Surprise",
        "What this character depended on",
        "Nothing",
    ]
    assert "it would take too long" in text(app)
    assert "Coloured by the cell state of unit 4" in text(app)


def test_the_questions_and_the_script_are_the_runs(opened: Open, runs: Service, run: str) -> None:
    app = of_run(opened, "generate", run, length=20, light="none")
    app.session_state["generate.predict"] = app.session_state["generate.code"] = True
    app.run()
    made = generate(newest(runs, run).model(), PROMPT, 20, 0.6, None, 4)
    app.radio(key="generate.question.first").set_value(ask_first_character(made.raw).answer).run()
    assert [each.value[:4] for each in app.success] == ["Yes."]


def test_runs_that_cannot_be_shown_are_refused_in_a_sentence(opened: Open, runs: Service) -> None:
    said = refusals(opened, runs, "generate", TINY, length=5, light="none")
    assert said.pop("damaged").startswith("The checkpoint ")
    assert said == REFUSED


def test_weights_that_are_no_numbers_are_refused(opened: Open, runs: Service, run: str) -> None:
    state = newest(runs, run)
    state.weights["fc.bias"][0] = torch.nan
    state.save(runs.store.checkpoints(run)[state.progress.step])
    assert refused(of_run(opened, "generate", run)).startswith("Some weights of this run are no longer")


def refused(app: AppTest) -> str:
    (error,) = app.error
    return error.value
