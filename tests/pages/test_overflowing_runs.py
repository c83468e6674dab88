"""Runs whose weights are numbers, but so large that what they compute is none."""

from dataclasses import replace

import pytest
from safetensors.torch import save
from streamlit.testing.v1 import AppTest

from dlviz.training.config import TrainingConfig
from dlviz.training.exchange.imports import FileAnswers, open_weights
from dlviz.training.exchange.uploaded import read
from dlviz.training.runs.service import Service
from dlviz.ui.labs.training.my_runs import import_weights
from tests.kept_runs import network
from tests.packed import messages
from tests.pages.cnn_lab import query
from tests.pages.conftest import Open
from tests.pages.run_weights import newest, of_run
from tests.real_runs import trained
from tests.training_runs.idle import MINE

TINY = TrainingConfig(samples=32, batch_size=32, epochs=1)
TRANSFORMER = replace(TINY, model="DigitTransformer", sizes={"embed_size": 8, "heads": 2, "depth": 1})
CONFIGS = {
    "cnn": TINY,
    "rnn": replace(TINY, model="LSTMModel", sizes={"hidden_size": 3, "num_layers": 1}),
    "text": replace(TINY, task="reviews", model="TextClassifier", sizes={"embed_dim": 3, "hidden_dim": 3}),
    "generate": replace(
        TINY, task="text", model="CharacterLSTM", sizes={"embed_dim": 3, "hidden_size": 5, "num_layers": 1}
    ),
    "attention": TRANSFORMER,
    "block": TRANSFORMER,
}
OVERFLOWS = (
    "Inside this network numbers grow so large, beyond 10¹⁵, that its answers no longer mean anything."
)
TOO_LARGE = "Some weights of this run are beyond 10¹⁵, too large to compute with: it cannot say anything."


def overflowing(runs: Service, config: TrainingConfig) -> str:
    """A run whose last layer gives what is hardly a number any more."""
    run = trained(runs.store, config, MINE)
    state = newest(runs, run)
    name = "fc_layers.4" if config is TINY else "fc"
    state.weights[f"{name}.bias"].fill_(9e14)
    weight = state.weights[f"{name}.weight"]
    weight.copy_(9e14 * weight.sign())
    if "embedding.weight" in state.weights:  # and what this layer reads may be small
        for values in state.weights.values():
            values.clamp_(min=1.0)
    state.save(runs.store.checkpoints(run)[state.progress.step])
    return run


def errors(app: AppTest) -> list[str]:
    assert not app.exception
    return [each.value for each in app.error]


@pytest.mark.parametrize("lab", CONFIGS)
def test_a_lab_says_so_and_keeps_its_controls_and_address(opened: Open, runs: Service, lab: str) -> None:
    run = overflowing(runs, CONFIGS[lab])
    app = of_run(opened, lab, run)
    assert errors(app) == [OVERFLOWS]
    assert f"run={run}" in query(app)
    choice = next(each for each in app.segmented_control if each.label == "Weights")
    choice.set_value("bert" if lab == "attention" else "trained").run()
    assert errors(app) == []


@pytest.mark.parametrize("lab", ["cnn", "text", "generate"])
def test_the_drawing_and_the_time_machine_say_so(opened: Open, runs: Service, lab: str) -> None:
    run = overflowing(runs, CONFIGS[lab])
    asked = {"sample": "0"} if lab == "cnn" else {}
    app = opened("training", run=run, **asked)
    assert errors(app) == [OVERFLOWS]
    assert messages(app, "curves")
    app = opened("training", run=run, view="machine", **asked)
    (warning,) = [each.value for each in app.warning]
    assert warning.endswith("grow so large, beyond 10¹⁵, that its answers no longer mean anything: left out.")
    assert messages(app, "machine")


def test_weights_of_a_file_that_are_far_too_large(opened: Open, runs: Service) -> None:
    large = {name: 1e18 * values for name, values in network("SimpleCNN", 10).state_dict().items()}
    run = import_weights.keep_as_run(open_weights(read(save(large)), FileAnswers("SimpleCNN")), MINE)
    assert errors(opened("cnn", run=run, weights="run")) == [TOO_LARGE]
    assert errors(opened("training", run=run, sample="0")) == [OVERFLOWS]
    (warning,) = opened("training", run=run, sample="0", view="machine").warning
    assert warning.value == (
        "As the file has it, its weights are beyond 10¹⁵, too large to compute with: left out."
    )


def test_sentences_of_a_file_that_overflow_are_said_in_their_panel(opened: Open, runs: Service) -> None:
    run = trained(runs.store, CONFIGS["text"], MINE)
    state = newest(runs, run)
    words = state.facts["vocabulary"]
    assert isinstance(words, list)
    for name, values in state.weights.items():
        values.fill_({"fc.weight": 9e14, "fc.bias": 0.0, "embedding.weight": 0.0}.get(name, 10.0))
    for name in state.weights:
        if name.startswith("lstm.bias"):
            state.weights[name].zero_()
    state.weights["embedding.weight"][3] = 10.0  # one word opens all gates, the others leave them as they are
    state.save(runs.store.checkpoints(run)[state.progress.step])
    app = of_run(opened, "text", run, text=words[2])
    app.session_state["text.own"] = True
    app.run()
    assert errors(app) == []
    table = f"text,label\n{words[2]},praise\n{words[3]},blame\n"
    app.file_uploader[0].upload("own.csv", table.encode()).run()
    assert errors(app) == [OVERFLOWS]
    assert app.subheader[0].value.startswith("The network says ")
