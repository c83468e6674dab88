"""The lab of gradients: its curves are autograd's, and what it says of them is computed."""

import json
import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlviz import weights
from dlviz.data import memory
from dlviz.recurrence.gradients import flow, untrained, with_forget_bias
from dlviz.ui.server import model_cache
from tests.pages.conftest import Open


def curves(app: AppTest) -> dict[str, np.ndarray]:
    """Name -> the norms as they are told on hover, over the steps back."""
    spec = json.loads(app.get("plotly_chart")[0].proto.spec)
    return {line["name"]: np.array(line["customdata"], float) for line in spec["data"]}


def text(app: AppTest) -> str:
    return " ".join(part.value for part in [*app.markdown, *app.caption]).replace("\u00a0", " ")


@pytest.mark.parametrize("bias", [None, 3.0])
def test_the_curves_are_the_gradients_of_the_plain_networks(opened: Open, bias: float | None) -> None:
    app = opened("gradients", steps="40", hidden="32", seed="5", **({} if bias is None else {"bias": "3"}))
    x, target = memory.sequences(1, 39, 5)
    shown = curves(app)
    for kind in ("RNN", "LSTM", "GRU"):
        model = untrained(kind, 32, 5)
        if kind == "LSTM" and bias is not None:
            model = with_forget_bias(model, bias)
        expected = flow(model, x, int(target)).hidden[::-1]
        np.testing.assert_allclose(shown[kind], expected, rtol=6e-3)


def test_it_says_honestly_that_an_lstm_as_drawn_vanishes_too(opened: Open) -> None:
    said = text(opened("gradients"))
    assert "An LSTM as PyTorch draws it vanishes as well" in said
    assert "It has vanished in all three" in said


def test_where_an_lstm_as_drawn_has_not_vanished_nothing_else_is_said(opened: Open) -> None:
    said = text(opened("gradients", steps="2"))
    assert said.count("vanishes") == 1
    assert "1 step back, so much" in said
    assert "can still be learnt by the RNN, the LSTM and the GRU." in said
    assert "Over more steps it vanishes." in said


def test_beside_an_exploding_rnn_the_lstm_does_not_vanish_as_well(opened: Open) -> None:
    assert "An LSTM as PyTorch draws it vanishes. Its" in text(opened("gradients", gain="3"))


def test_with_forget_bias_three_the_lstm_alone_can_learn(opened: Open) -> None:
    said = text(opened("gradients", bias="3"))
    assert "What stood at the first step can still be learnt by the LSTM." in said


def test_trained_networks_are_the_memory_tasks(opened: Open) -> None:
    app = opened("gradients", weights="trained", steps="30")
    x, target = memory.sequences(1, 29, 0)
    expected = flow(weights.load("memory_gru"), x, int(target)).hidden[::-1]
    np.testing.assert_allclose(curves(app)["GRU"], expected, rtol=6e-3)
    assert "RNN 100.0 %, LSTM 100.0 %, GRU 100.0 %" in text(app)


def test_an_enlarged_rnn_explodes_and_that_is_said(opened: Open) -> None:
    assert "It explodes in the RNN." in text(opened("gradients", gain="3"))


def test_the_clipping_panel_shows_two_real_descents(opened: Open) -> None:
    app = opened("gradients")
    app.session_state["gradients.clipping"] = True
    app.run()
    spec = json.loads(app.get("plotly_chart")[1].proto.spec)
    assert [line["name"] for line in spec["data"]] == ["clipped to norm 1", "not clipped"]
    assert "clipped to norm 1: the largest gradient had norm" in text(app)
    assert "the largest step moved the weights by 0.1," in text(app)


def test_the_memory_panel_tells_what_the_files_say_and_measures_now(opened: Open) -> None:
    app = opened("gradients", steps="5")
    app.session_state["gradients.memory"] = True
    app.run()
    fact = weights.read(weights.WEIGHTS / "memory_lstm.safetensors").facts["result_without_growing"]
    assert "10: 88.0 %" in fact
    assert "| 10 | 100.0 % | 88.0 % | 100.0 % |" in text(app)
    assert "beyond 10 steps a fresh network guesses" in text(app)
    shown = re.search(
        r"200 sequences of 5 steps that no training has seen: RNN ([\d.]+) %, LSTM ([\d.]+) %", text(app)
    )
    assert shown
    x, target = memory.sequences(200, 4, 1_000_000_005)
    for kind, percent in zip(("rnn", "lstm"), shown.groups(), strict=True):
        right = (weights.load(f"memory_{kind}")(x).argmax(1) == target).float().mean().item()
        assert float(percent) == pytest.approx(100 * right, abs=0.05)
        assert right > 0.95


def test_of_weights_that_do_not_say_what_they_reached_less_is_told(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_cache, "measured", lambda _: {})
    app = opened("gradients", weights="trained", steps="5")
    app.session_state["gradients.memory"] = True
    app.run()
    assert "trained on the memory task. Double precision." in text(app)
    assert "steps of noise |" not in text(app)
    assert "a fresh network guesses" not in text(app)
    assert "200 sequences of 5 steps that no training has seen" in text(app)


def test_a_question_is_answered_from_the_curves(opened: Open) -> None:
    app = opened("gradients", bias="4")
    app.session_state["gradients.predict"] = True
    app.run()
    (radio,) = [radio for radio in app.radio if "In which network" in radio.label]
    radio.set_value("LSTM").run()
    assert any(success.value.startswith("Yes.") for success in app.success)


@pytest.mark.parametrize(
    ("name", "value"), [("steps", "201"), ("steps", "1"), ("bias", "x"), ("hidden", "63"), ("gain", "9")]
)
def test_a_link_with_nonsense_opens_the_lab_and_says_so(opened: Open, name: str, value: str) -> None:
    app = opened("gradients", **{name: value})
    assert any(f"left out: {name}." in info.value for info in app.info)
    assert curves(app)


def test_missing_weights_are_named(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise weights.BadWeights(f"The weights file {name}.safetensors is missing.")

    monkeypatch.setattr(model_cache, "trained", missing)
    app = opened("gradients", weights="trained", seed="77")
    assert any("memory_rnn.safetensors is missing" in error.value for error in app.error)
