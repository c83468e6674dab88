"""The Training lab's controls in use: pressed twice, taken over from a run, refused where they are folded."""

import time
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from dlviz.training.config import Augmentation, TrainingConfig
from dlviz.training.runs import store
from dlviz.training.runs.service import Service
from dlviz.ui.labs.training.train import view
from tests.pages.cnn_lab import press, query
from tests.pages.conftest import Open
from tests.training_runs.idle import MINE, Launcher
from tests.training_runs.processes import until

pytestmark = pytest.mark.usefixtures("runs")


def sentences(app: AppTest) -> list[str]:
    return [problem.value for problem in app.error]


def test_train_pressed_twice_is_one_run_and_pressed_again_later_another(
    opened: Open, runs: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened("training")
    for _ in range(3):
        press(app, "Train")
    (first,) = runs.runs(MINE)
    assert app.session_state["training.run"] == first.run
    app.number_input(key="training.seed").set_value(1).run()
    press(app, "Train")
    second = app.session_state["training.run"]
    assert TrainingConfig.from_json(runs.store.config(second)).seed == 1
    monkeypatch.setattr(view, "TWICE", 0.0)  # as if that time had passed
    press(app, "Train")
    assert len(runs.runs(MINE)) == 3


def test_what_was_stopped_can_be_trained_anew_at_once(
    opened: Open, runs: Service, launcher: Launcher, run: str
) -> None:
    app = opened("training", run=run, samples="128", epochs="3")
    launcher.jobs[run].end("stopped")
    until(lambda: runs.status(run).state == "ended")
    press(app, "Train")
    assert len(runs.runs(MINE)) == 2


def test_a_runs_settings_are_taken_over_and_linked_to_the_last_digit(opened: Open, runs: Service) -> None:
    third = 0.1 + 0.2  # 0.30000000000000004
    fields = dict.fromkeys(("weight_decay", "gamma", "dropout", "label_smoothing", "clip", "seconds"), third)
    config = TrainingConfig(
        samples=640,
        learning_rate=1.2345678901234567e-05,
        scheduler="MultiStep",
        milestones=tuple(range(1, 11)),
        augmentation=Augmentation(rotation=third),
        **fields,
    )
    run = runs.submit(config, MINE)
    app = opened("training", run=run)
    press(app, "Use its settings")
    press(app, "Plan a new run")
    link = query(app)
    press(app, "Train")
    other = opened("training", **dict(parse_qsl(link)))
    assert not other.info  # nothing of the link is left out
    press(other, "Train")
    for copy in (app, other):
        assert runs.store.config(copy.session_state["training.run"]) == config.to_json()


@pytest.mark.parametrize("opened_first", [False, True])
@pytest.mark.parametrize(
    ("name", "value", "fold"), [("rotation", 500.0, "pictures"), ("dropout", 1.0, "more")]
)
def test_what_is_refused_is_said_outside_of_what_is_folded_away(
    opened: Open, name: str, value: float, fold: str, opened_first: bool
) -> None:
    app = opened("training")
    app.session_state[f"training.fold.{fold}"] = opened_first
    app.number_input(key=f"training.{name}").set_value(value).run()
    inside = [error.value for panel in app.expander for error in panel.error]
    assert len(sentences(app)) == 1
    assert inside == (sentences(app) if opened_first else [])


def test_a_group_stays_open_though_its_title_changes(opened: Open) -> None:
    app = opened("training")
    app.session_state["training.fold.pictures"] = True
    app.number_input(key="training.rotation").set_value(15.0).run()
    (pictures,) = [panel for panel in app.expander if panel.label == "Change the pictures: 1 of 6 ways"]
    assert pictures.proto.expanded


def test_what_is_refused_of_a_control_that_is_not_shown_is_said(opened: Open) -> None:
    app = opened("training", scheduler="StepLR")
    app.number_input(key="training.gamma").set_value(2.0).run()
    app.selectbox(key="training.scheduler").set_value("cosine").run()
    assert sentences(app) == ["The schedule's factor must be a number from 1e-06 to 1."]


def test_a_clock_that_was_set_back_does_not_keep_train_from_working(
    opened: Open, runs: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened("training")
    with monkeypatch.context() as later:
        ahead = time.time() + 3600
        later.setattr(store.time, "time", lambda: ahead)
        press(app, "Train")
    monkeypatch.setattr(view, "TWICE", 0.0)  # as if that time had passed
    press(app, "Train")
    assert len(runs.runs(MINE)) == 2
