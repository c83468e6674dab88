"""The time machine over runs that were really trained."""

from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlviz.training.config import TrainingConfig
from dlviz.training.runs import checkpoints
from dlviz.training.runs.service import Service
from dlviz.training.state import State
from tests.kept_runs import STEP, kept
from tests.packed import messages
from tests.pages.cnn_lab import SEVEN, press, query
from tests.pages.conftest import Open
from tests.pages.training_lab import SMALL
from tests.real_runs import cut, trained
from tests.training_runs.idle import MINE, OTHERS

CNN = TrainingConfig(samples=96, batch_size=32, epochs=2)
At = Callable[..., AppTest]


@pytest.fixture
def at(opened: Open) -> At:
    return lambda run, **fields: opened("training", view="machine", run=run, **fields)


def shown(app: AppTest) -> tuple[dict, dict[str, np.ndarray]]:
    (message,) = messages(app, "machine")
    return message


def said(app: AppTest) -> list[str]:
    return [each.value for each in [*app.info, *app.warning, *app.caption]]


def test_the_digit_through_every_checkpoint(at: At, runs: Service) -> None:
    run = trained(runs.store, CNN, MINE)
    header, arrays = shown(at(run))
    assert [each["step"] for each in header["checkpoints"]] == [0, 1, 3, 6]
    assert (header["step"], header["beside"], header["item"]) == (3, -1, "map")
    assert header["title"] == "Maps of convolution 1"
    assert arrays["values"].shape == (4, 32, 28, 28)
    for step, answer in zip([0, 1, 3, 6], arrays["answers"], strict=True):
        model = State.load(checkpoints.path(runs.store.folder(run), step)).model()
        np.testing.assert_allclose(answer, model(SEVEN)[0].softmax(0).detach().numpy(), rtol=1e-4)


def test_what_is_shown_is_in_the_address(at: At, runs: Service) -> None:
    run = trained(runs.store, CNN, OTHERS)  # watching is for everybody
    app = at(run, what="kernels", at="1", beside="0")
    header, arrays = shown(app)
    assert (header["step"], header["beside"], arrays["values"].shape) == (1, 0, (4, 32, 3, 3))
    app.session_state["training.machine"] = {"step": [3, 5]}
    app.run()
    assert "at=3" in query(app)
    app.session_state["training.machine"] = {"step": [3, 5], "beside": [-1, 6]}
    app.run()
    assert "beside" not in query(app)
    assert shown(app)[0]["link"] == header["link"]  # the browser is where it said that it is
    app.segmented_control(key="training.what").set_value("maps").run()
    app.selectbox(key="training.part").set_value("fc_layers.2").run()
    header, arrays = shown(app)
    assert (header["item"], arrays["values"].shape) == ("unit", (4, 256, 1, 1))
    assert "part=fc_layers.2" in query(app)


@pytest.mark.parametrize("report", [[99, 1], [2, 2], ["1", 2], [1.5, 3], [], None, [-2, 4]])
def test_a_report_that_names_no_checkpoint_changes_nothing(at: At, runs: Service, report: object) -> None:
    app = at(trained(runs.store, CNN, MINE), at="3")
    app.session_state["training.machine"] = {"step": report}
    assert shown(app.run())[0]["step"] == 2


def test_whose_checkpoint_has_gone_is_put_at_the_nearest_and_told_until_they_move(
    at: At, runs: Service
) -> None:
    run = trained(runs.store, CNN, MINE)
    app = at(run, at="3")
    told = "The checkpoint after step 3 is not kept: the nearest is that after step 1."
    assert told not in said(app)
    checkpoints.path(runs.store.folder(run), 3).unlink()  # as a long run thins them out
    link = shown(app)[0]["link"]
    assert told in said(app.run())
    header, _ = shown(app)
    assert (header["step"], header["link"]) == (1, link + 1)  # the browser follows
    assert "at=1" in query(app)
    assert told in said(app.run())
    app.session_state["training.machine"] = {"step": [6, 5]}
    assert told not in said(app.run())
    app.session_state["training.machine"] = {"step": [3, 6]}  # it had not heard of it yet
    assert told in said(app.run())


def test_what_a_network_has_not_is_said_and_the_answer_stays(at: At, runs: Service) -> None:
    app = at(trained(runs.store, CNN, MINE), what="attention")
    assert "This network has no attention: only a transformer has." in said(app)
    assert shown(app)[1]["values"].shape == (4, 0, 0, 0)


def test_a_transformer_is_offered_no_gates_and_no_feature_maps(at: At, runs: Service) -> None:
    config = TrainingConfig(model="DigitTransformer", samples=64, batch_size=32, epochs=1)
    offered = at(trained(runs.store, config, MINE)).segmented_control(key="training.what").options
    assert offered == ["Kernels", "Attention"]


@pytest.mark.parametrize(
    ("config", "what", "shape"),
    [
        ({"model": "LSTMModel"}, "gates", (6, 128, 28)),
        ({"model": "DigitTransformer"}, "attention", (12, 7, 7)),
        ({"model": "MLP", "batch_norm": True}, "kernels", (32, 28, 28)),
        ({"task": "reviews", "model": "TextClassifier"}, "gates", (6, 64, 4)),
        ({"task": "text", "model": "CharacterLSTM", "samples": 32}, "gates", (6, 128, 7)),
    ],
)
def test_other_networks_with_what_they_have(
    at: At, runs: Service, config: dict, what: str, shape: tuple[int, ...]
) -> None:
    run = trained(
        runs.store, TrainingConfig(**{"samples": 64, "batch_size": 32, "epochs": 1, **config}), MINE
    )
    _, arrays = shown(at(run, what=what))
    assert arrays["values"].shape[1:] == shape
    np.testing.assert_allclose(arrays["answers"].sum(1), 1, rtol=1e-5)


def test_a_sentence_of_my_own(at: At, runs: Service) -> None:
    config = TrainingConfig(task="reviews", model="TextClassifier", samples=64, batch_size=32, epochs=1)
    app = at(trained(runs.store, config, MINE), what="gates")
    assert shown(app)[0]["classes"] == ["negative", "positive"]
    before = shown(app)[1]["values"]
    app.text_input(key="training.text").set_value("an awful film").run()
    assert shown(app)[1]["values"].shape[-1] == before.shape[-1] - 1  # a word less
    assert "text=an+awful+film" in query(app)
    app.text_input(key="training.text").set_value("   ").run()
    assert "Write a word or two." in said(app)


def test_a_damaged_checkpoint_is_left_out(at: At, runs: Service) -> None:
    run = trained(runs.store, CNN, MINE)
    cut(runs.store, run, 1)
    app = at(run)
    assert "The checkpoint after step 1 is damaged and is left out." in said(app)
    assert [each["step"] for each in shown(app)[0]["checkpoints"]] == [0, 3, 6]


def test_a_run_of_which_nothing_can_be_read(at: At, runs: Service) -> None:
    run = trained(runs.store, CNN, MINE)
    for step in (0, 1, 3, 6):
        cut(runs.store, run, step)
    app = at(run)
    assert "None of its checkpoints can be shown." in said(app)
    assert not messages(app, "machine")


def test_without_a_run_with_an_unknown_one_and_before_it_begins(at: At, runs: Service) -> None:
    assert "Train a network, or choose one of your runs." in said(at(""))
    assert any(text.startswith("There is no run of that name here") for text in said(at("0" * 20)))
    assert any(text.startswith("Part of the link was not understood") for text in said(at("../x")))
    run = runs.submit(SMALL, MINE)
    assert "The run has not begun: its first checkpoint is still to come." in said(at(run))


def test_questions_code_and_weights_of_the_film(at: At, runs: Service) -> None:
    run = trained(runs.store, CNN, MINE)
    app = at(run, at="3", beside="0")
    assert [each.proto.label for each in app.get("download_button")] == [
        "Weights after step 0",
        "Weights after step 3",
    ]
    for panel in ("predict", "code"):
        app.session_state[f"training.{panel}"] = True
    app.run()
    header, arrays = shown(app)
    said = [header["classes"][at] for at in arrays["answers"].argmax(1)]
    steps = [each["step"] for each in header["checkpoints"]]
    question = app.radio(key="training.question.machine.first")
    assert f"At the end it says “{said[-1]}”." in question.label
    question.set_value(f"step {steps[said.index(said[-1])]}").run()
    assert [each.value.startswith("Yes. At step") for each in app.success] == [True]
    assert any("def load(cls, path: Path)" in each.value for each in app.code)
    assert any(each.proto.label.startswith("Run it yourself") for each in app.get("download_button"))


def test_a_network_shows_at_first_what_it_has(at: At, runs: Service) -> None:
    run = trained(runs.store, TrainingConfig(model="LSTMModel", samples=64, batch_size=32, epochs=1), MINE)
    other = trained(runs.store, CNN, MINE)
    app = at(run)
    assert shown(app)[0]["names"][0] == "input gate"
    app.selectbox(key="training.machine.run").set_value(other).run()
    assert shown(app)[0]["item"] == "map"


def test_one_of_my_runs_is_chosen(at: At, runs: Service) -> None:
    first, second = (trained(runs.store, CNN, MINE) for _ in range(2))
    app = at(first)
    app.selectbox(key="training.machine.run").set_value(second).run()
    assert shown(app)[0]["run"] == second
    assert f"run={second}" in query(app)


def test_an_empty_paper_asks_for_a_drawing(at: At, runs: Service) -> None:
    app = at(trained(runs.store, CNN, MINE), sample="-1")
    assert "Draw something: every checkpoint is asked what it is." in said(app)
    assert not messages(app, "machine")


def test_checkpoints_dream_when_they_are_asked_to(at: At, runs: Service) -> None:
    run = kept(runs.store)
    app = at(run, sample="0")
    assert not messages(app, "gallery")
    press(app, "What would it like to see.*")
    app.run()
    ((header, arrays),) = messages(app, "gallery")
    assert arrays["pictures"].shape == (1, 28, 28, 1)
    assert header["items"][0]["caption"].startswith(f"step {STEP}\n")
    assert any("Under each dream: the logit of 0." in text for text in said(app))
