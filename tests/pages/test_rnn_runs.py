"""The lab of recurrent networks with the weights of a training run."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from dlviz.data.fashion import CLASSES
from dlviz.training.config import TrainingConfig
from dlviz.training.runs.service import Service
from dlviz.ui.lesson import read
from tests.pages.cnn_lab import query
from tests.pages.conftest import Open
from tests.pages.run_weights import REFUSED, newest, of_run, refusals
from tests.pages.test_rnn import SEVEN, choice, timeline
from tests.real_runs import trained
from tests.training_runs.idle import MINE

TINY = TrainingConfig(samples=64, batch_size=32, epochs=1)
LSTM = replace(TINY, task="fashion", model="LSTMModel", sizes={"hidden_size": 3, "num_layers": 4})
CONFIGS = {
    "lstm": LSTM,
    "rnn": replace(TINY, model="SimpleRNN", sizes={"hidden_size": 1}),
    "gru": replace(TINY, model="GRUModel", sizes={"hidden_size": 5}),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_the_pad_is_read_by_the_runs_network(opened: Open, runs: Service, name: str) -> None:
    run = trained(runs.store, CONFIGS[name], MINE)
    state = newest(runs, run)
    app = of_run(opened, "rnn", run)
    header, arrays = timeline(app)
    (network,) = header["networks"]
    assert network["name"] == name
    assert header["classes"] == list(CLASSES if name == "lstm" else "0123456789")
    with torch.inference_mode():
        model = state.model()
        for row in (4, 27):
            expected = model(SEVEN[:, : row + 1])[0].softmax(0).numpy()
            np.testing.assert_allclose(arrays[f"{name}.answers"][row], expected, atol=1e-5)
    assert network["made"].startswith("Weights of a training run, after step 2: ")
    event = next(each for each in runs.store.events(run) if each["kind"] == "epoch")
    assert f"{100 * float(str(event['accuracy'])):.1f} % of what was held out right." in network["made"]
    assert "What they read" not in [each.label for each in app.segmented_control]
    assert f"run={run}&weights=run" in query(app)


def test_each_of_four_layers_is_the_fused_layers_own(opened: Open, runs: Service) -> None:
    run = trained(runs.store, LSTM, MINE)
    whole = newest(runs, run).model().get_submodule("lstm")
    assert isinstance(whole, torch.nn.LSTM)
    for layer in (1, 4):
        part = torch.nn.LSTM(28, 3, layer, batch_first=True)
        part.load_state_dict({k: v for k, v in whole.state_dict().items() if int(k[-1]) < layer})
        header, arrays = timeline(of_run(opened, "rnn", run, layer=layer))
        assert header["networks"][0]["title"] == f"LSTM, layer {layer}"
        with torch.inference_mode():
            np.testing.assert_allclose(arrays["lstm.hidden"], part(SEVEN)[0][0], atol=1e-3)


def test_a_layer_that_only_another_network_has_becomes_the_last(opened: Open, runs: Service) -> None:
    config = replace(TINY, model="LSTMModel", sizes={"hidden_size": 3, "num_layers": 2})
    app = of_run(opened, "rnn", trained(runs.store, config, MINE), layer=4)
    assert timeline(app)[0]["networks"][0]["title"] == "LSTM, layer 2"
    assert choice(app, "Of the LSTM").options == ["Layer 1", "Layer 2"]


def test_a_grus_equations_add_up(opened: Open, runs: Service) -> None:
    app = of_run(opened, "rnn", trained(runs.store, CONFIGS["gru"], MINE), rnn_unit=2)
    header, arrays = timeline(app)
    (network,), terms = header["networks"], arrays["gru.terms"].reshape(3, 3, 28)
    assert [strip["symbol"] for strip in network["strips"]] == ["r", "z", "g", "h"]
    r, z, g = terms[:, 2]
    biases = [gate["bias"] for gate in network["gates"]]
    np.testing.assert_allclose(np.tanh(terms[2, 0] + biases[2] + r * terms[2, 1]), g, atol=1e-5)
    hidden = arrays["gru.states"][0]
    before = np.concatenate([[0], hidden[:-1]])
    np.testing.assert_allclose((1 - z) * g + z * before, hidden, atol=1e-5)


def test_an_intervention_changes_the_runs_network(opened: Open, runs: Service) -> None:
    run = trained(runs.store, LSTM, MINE)
    header, arrays = timeline(of_run(opened, "rnn", run, what="cut", start=27))
    model = newest(runs, run).model()
    with torch.inference_mode():
        bias = model.get_submodule("fc").get_parameter("bias").softmax(0).numpy()
        before = model(SEVEN)[0].softmax(0).numpy()
    np.testing.assert_allclose(arrays["lstm.answers"][-1], bias, atol=1e-5)
    np.testing.assert_allclose(arrays["lstm.before"][-1], before, atol=1e-5)
    assert "All that is carried over was set to 0 once, after row 28." in header["networks"][0]["made"]


def test_the_questions_and_the_code_speak_of_the_run(opened: Open, runs: Service) -> None:
    run = trained(runs.store, LSTM, MINE)
    app = of_run(opened, "rnn", run)
    app.session_state["rnn.predict"] = app.session_state["rnn.code"] = True
    app.run()
    assert any("If the LSTM stopped after row 14" in radio.label for radio in app.radio)
    assert not app.exception


def test_the_opening_speaks_of_the_network_that_is_shown(opened: Open, runs: Service) -> None:
    app = of_run(opened, "rnn", trained(runs.store, CONFIGS["rnn"], MINE))
    lesson = read("rnn")
    assert app.header[0].value == lesson.openings["a run"].question
    assert any(lesson.openings["a run"].steps[2] in each.value for each in app.markdown)
    next(each for each in app.segmented_control if each.label == "Weights").set_value("trained").run()
    assert app.header[0].value == lesson.question
    assert any(lesson.steps[2] in each.value for each in app.markdown)


def test_runs_that_cannot_be_shown_are_refused_in_a_sentence(opened: Open, runs: Service) -> None:
    said = refusals(opened, runs, "rnn", CONFIGS["rnn"])
    assert said.pop("damaged").startswith("The checkpoint ")
    assert said == REFUSED


def test_weights_that_are_no_numbers_are_refused(opened: Open, runs: Service) -> None:
    run = trained(runs.store, CONFIGS["rnn"], MINE)
    state = newest(runs, run)
    state.weights["fc.bias"][0] = torch.nan
    state.save(runs.store.checkpoints(run)[state.progress.step])
    (error,) = of_run(opened, "rnn", run).error
    assert error.value == "Some weights of this run are no longer numbers: it cannot say anything."
