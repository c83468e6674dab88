"""The lab of gradients: its curves are autograd's, and what it says of them is computed."""

import json
import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlviz import weights
from dlviz.data import memory
from dlviz.recurrence.gradients import flow, untrained, with_forget_bias
from dlviz.training.config import TrainingConfig
from dlviz.training.experiments import memory_run
from dlviz.training.runs.service import Service
from dlviz.ui.labs.gradients.clipping import descend
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from tests.pages.cnn_lab import press
from tests.pages.conftest import Open
from tests.pages.training_lab import batch, epoch, start, tell
from tests.runs import small
from tests.training_runs.idle import MINE, OTHERS, Launcher
from tests.training_runs.processes import until

pytestmark = pytest.mark.usefixtures("runs")


def read(text: str) -> float:
    """The number of a text such as “4.55 · 10⁻¹”."""
    mantissa, power = text.split("\u00a0·\u00a010")
    return float(mantissa) * 10.0 ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))


def curves(app: AppTest) -> dict[str, np.ndarray]:
    """Name -> the norms as they are told on hover, over the steps back."""
    spec = json.loads(app.get("plotly_chart")[0].proto.spec)
    return {line["name"]: np.array([read(text) for text in line["customdata"]]) for line in spec["data"]}


def text(app: AppTest) -> str:
    return " ".join(part.value for part in [*app.markdown, *app.caption]).replace("\u00a0", " ")


def test_the_curves_are_the_gradients_of_the_plain_networks(opened: Open) -> None:
    app = opened("gradients", steps="40", hidden="32", seed="5", bias="3")
    x, target = memory.sequences(1, 39, 5)
    shown = curves(app)
    for kind in ("RNN", "LSTM", "GRU"):
        model = untrained(kind, 32, 5)
        if kind == "LSTM":
            model = with_forget_bias(model, 3)
        expected = flow(model, x, int(target)).hidden[::-1]
        np.testing.assert_allclose(shown[kind], expected, rtol=6e-3)
    assert "with a bias of 3." in text(app)


def test_the_controls_show_and_change_the_state(opened: Open) -> None:
    app = opened("gradients", steps="5", bias="2.5", gain="1.5", hidden="16")
    assert app.select_slider(key="gradients.bias").value == 2.5
    app.session_state["gradients.bias"] = None
    app.run()
    assert "as PyTorch draws them, 16 units, seed 0; the RNN’s recurrent weights × 1.5." in text(app)
    assert "with a bias of" not in text(app)
    app.segmented_control(key="gradients.hidden").set_value(32).run()
    app.select_slider(key="gradients.gain").set_value(4.0).run()
    assert "32 units, seed 0; the RNN’s recurrent weights × 4." in text(app)


def test_the_curve_before_the_last_change_stays_as_a_ghost(opened: Open) -> None:
    app = opened("gradients", steps="30", hidden="16")
    before = curves(app)
    assert "LSTM before" not in before
    app.select_slider(key="gradients.bias").set_value(3.0).run()
    after = curves(app)
    np.testing.assert_array_equal(after["LSTM before"], before["LSTM"])
    assert "RNN before" not in after
    assert "Faint: the LSTM before the last change." in text(app)
    axes = []
    for bias in (1.0, 5.0):
        app.select_slider(key="gradients.bias").set_value(bias).run()
        spec = json.loads(app.get("plotly_chart")[0].proto.spec)
        axes.append(spec["layout"]["yaxis"]["range"])
    assert axes[0] == axes[1]


def test_with_trained_weights_the_lesson_asks_about_them(opened: Open) -> None:
    app = opened("gradients")
    assert app.header[0].value == "How far back does the gradient of a recurrent network reach?"
    app.segmented_control(key="gradients.weights").set_value("trained").run()
    assert app.header[0].value == "How can a network know what no gradient tells it?"
    assert "Yet the RNN and the LSTM name the first symbol" in text(app)


def test_the_clipping_panel_shows_two_real_descents(opened: Open) -> None:
    app = opened("gradients")
    app.session_state["gradients.clipping"] = True
    app.run()
    spec = json.loads(app.get("plotly_chart")[3].proto.spec)
    names = ["clipped to norm 1", "clipped to norm 1", "not clipped", "not clipped"]
    assert [line["name"] for line in spec["data"]] == names
    descents = descend(3.0, 0)
    for name, line in zip(names, spec["data"], strict=True):
        part = "loss" if line["yaxis"] == "y2" else "norm"
        assert len(line["y"]) == len(descents[name])
        assert part == "norm" or line["hovertemplate"].startswith("step %{x}: %{customdata} nats")
    assert "clipped to norm 1: the largest gradient had norm" in text(app)
    assert "the largest step moved the weights by 0.1," in text(app)


def test_the_memory_panel_tells_what_the_files_say_and_measures_now(opened: Open) -> None:
    app = opened("gradients", steps="5")
    app.session_state["gradients.memory"] = True
    app.run()
    fact = weights.read(weights.WEIGHTS / "memory_lstm.safetensors").facts["result_without_growing"]
    assert "10: 88.0 %" in fact
    assert "| 10 | 100.0 % | 88.0 % | 100.0 % |" in text(app)
    assert "none of these learns more than 10 steps of noise" in text(app)
    made = "shipped results of three seeds, made by `python -m dlviz.training.forget_bias`: 64 units"
    assert made in text(app)
    shown = re.search(
        r"200 sequences of 5 steps that no training has seen: RNN ([\d.]+) %, LSTM ([\d.]+) %", text(app)
    )
    assert shown
    x, target = memory.sequences(200, 4, 1_000_000_005)
    for kind, percent in zip(("rnn", "lstm"), shown.groups(), strict=True):
        right = (weights.load(f"memory_{kind}")(x).argmax(1) == target).float().mean().item()
        assert float(percent) == pytest.approx(100 * right, abs=0.05)
        assert right > 0.95


def learning(app: AppTest) -> dict[str, list[float]]:
    """Forget bias -> the accuracies of the learner's own run, as they are drawn."""
    spec = json.loads(app.get("plotly_chart")[2].proto.spec)
    return {line["legendgroup"]: line["y"] for line in spec["data"] if line["mode"] == "lines+markers"}


def test_train_it_now_trains_three_biases_and_shows_them_as_they_learn(
    opened: Open, runs: Service, launcher: Launcher
) -> None:
    app = opened("gradients", delay="50", seed="4")
    assert learning(app) == {}
    press(app, "Train it now")
    begun = sorted(runs.runs(MINE), key=lambda status: status.created)
    configs = [TrainingConfig.from_json(runs.store.config(each.run)) for each in begun]
    assert configs == [memory_run(50, bias, 4) for bias in (None, 1.0, 3.0)]
    assert "Train it now" in [button.label for button in app.button if button.disabled]
    until(lambda: begun[1].run in launcher.jobs)
    tell(runs, begun[1].run, start(), batch(1), {**epoch(1, 0.5), "accuracy": 0.25})
    app.run()
    assert learning(app) == {"as drawn": [], "1": [0.25], "3": []}
    assert "| 25.0 %, epoch 1 of 20 |" in text(app)
    assert "| waits |" in text(app)
    # A refresh finds them again.
    assert learning(opened("gradients", delay="50", seed="4")) == learning(app)
    press(app, "Stop training")
    assert launcher.jobs[begun[0].run].told == launcher.jobs[begun[1].run].told == [{"do": "stop"}]
    assert runs.status(begun[2].run).reason == "stopped"


def test_where_no_worker_is_free_the_lab_says_that_it_waits(opened: Open, runs: Service) -> None:
    for _ in range(2):
        runs.submit(small(), OTHERS)
    app = press(opened("gradients"), "Train it now")
    assert any("in the queue" in info.value for info in app.info)
    assert curves(app)


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
    assert any(plain("memory_rnn.safetensors is missing") in error.value for error in app.error)
