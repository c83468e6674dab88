"""The memory task in the Training lab: its settings, its sequences, and what a run of it can be shown in."""

import pytest
import torch
from streamlit.testing.v1 import AppTest

from dlviz.data import memory
from dlviz.training.config import TrainingConfig
from dlviz.training.runs.service import Service
from dlviz.ui.runs.checkpoints import load_checkpoint
from tests.packed import messages
from tests.pages.cnn_lab import query
from tests.pages.conftest import Open
from tests.real_runs import trained
from tests.training_runs.idle import MINE

CONFIG = TrainingConfig(
    task="memory",
    model="LSTMModel",
    sizes={"hidden_size": 8},
    samples=64,
    batch_size=32,
    epochs=1,
    delay=4,
    forget_bias=2.0,
)


@pytest.fixture
def run(runs: Service) -> str:
    return trained(runs.store, CONFIG, MINE)


def said(app: AppTest) -> str:
    return " ".join(part.value for part in [*app.markdown, *app.caption])


def test_the_task_brings_settings_that_learn_and_an_lstm_its_forget_bias(opened: Open, runs: Service) -> None:
    app = opened("training")
    app.selectbox(key="training.task").set_value("memory").run()
    assert app.selectbox(key="training.model").value == "LSTMModel"
    assert app.number_input(key="training.delay").value == 20
    assert app.number_input(key="training.forget_bias").value == 3.0
    assert "20 steps of noise · LSTMModel · forget bias 3 · 6,400 examples" in said(app)
    assert "forget_bias=3" in query(app)
    app.selectbox(key="training.model").set_value("GRUModel").run()
    assert "forget_bias" not in [str(number.key).removeprefix("training.") for number in app.number_input]
    assert "20 steps of noise · GRUModel · 6,400 examples" in said(app)


def test_a_runs_mistakes_are_the_sequences_that_its_network_gets_wrong(
    opened: Open, runs: Service, run: str
) -> None:
    app = opened("training", run=run)
    table = app.dataframe[0].value
    model = load_checkpoint(run, 2).model
    with torch.inference_mode():
        for text, truth, answer in zip(table["text"], table["it is"], table["it says"], strict=True):
            assert truth == text[0]
            assert answer == memory.SYMBOLS[int(model(memory.encode(text)).argmax())] != truth
    assert not [link for link in app.get("page_link") if "Open in" in link.proto.label]


def test_the_learners_own_sequence_is_answered_here_and_by_every_checkpoint(
    opened: Open, runs: Service, run: str
) -> None:
    app = opened("training", run=run)
    app.text_input(key="training.sequence").set_value("hab").run()
    with torch.inference_mode():
        shares = load_checkpoint(run, 2).model(memory.encode("HAB")).softmax(1)[0]
    ((answer, _),) = messages(app, "bars")
    name = memory.SYMBOLS[int(shares.argmax())]
    assert answer["title"] == f"It names {name}"
    assert answer["rows"][0][0] == name
    assert answer["rows"][0][1] == pytest.approx(float(shares.max()), abs=1e-6)
    assert "The first of 3 symbols was H." in said(app)
    app = opened("training", run=run, view="machine", text="HAB")
    assert app.segmented_control(key="training.what").value == "gates"
    assert not app.error


def test_a_lab_of_digits_refuses_a_run_of_the_memory_task(opened: Open, runs: Service, run: str) -> None:
    app = opened("rnn", run=run, weights="run")
    assert any("which this lab cannot show" in error.value for error in app.error)
