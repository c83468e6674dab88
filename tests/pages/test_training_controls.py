"""The Training lab's controls in use: pressed twice, taken over from a run, refused where they are folded."""

from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from dlviz.training.config import Augmentation, TrainingConfig
from dlviz.training.runs.service import Service
from dlviz.ui.training import train
from tests.pages.cnn_lab import press, query
from tests.pages.conftest import Open
from tests.training_runs.idle import MINE, Launcher
from tests.training_runs.processes import until

FOLDS = (":material/auto_fix_high:", ":material/tune:")

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
    monkeypatch.setattr(train, "TWICE", 0.0)  # as if that time had passed
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


def folded(app: AppTest) -> dict[str, bool]:
    """Whether each group of the controls is folded away."""
    return {fold.icon: not fold.proto.expanded for fold in app.expander if fold.icon in FOLDS}


@pytest.mark.parametrize(
    ("link", "fold"),
    [({"samples": "321", "batch_norm": "on"}, ":material/tune:"), ({}, ":material/auto_fix_high:")],
)
def test_what_is_refused_is_never_folded_away(opened: Open, link: dict[str, str], fold: str) -> None:
    app = opened("training", **link)
    if not link:
        assert folded(app) == dict.fromkeys(FOLDS, True)
        app.number_input(key="training.rotation").set_value(500.0).run()
    assert len(sentences(app)) == 1
    assert folded(app) == {icon: icon != fold for icon in FOLDS}
    # Mended, it stays open under the learner's hand.
    app.number_input(key="training.rotation").set_value(0.0).run()
    app.number_input(key="training.samples").set_value(320).run()
    assert sentences(app) == []
    assert folded(app) == {icon: icon != fold for icon in FOLDS}


def test_what_is_refused_of_a_control_that_is_not_shown_is_said(opened: Open) -> None:
    app = opened("training", scheduler="StepLR")
    app.number_input(key="training.gamma").set_value(2.0).run()
    app.selectbox(key="training.scheduler").set_value("cosine").run()
    assert sentences(app) == ["The schedule's factor must be a number from 1e-06 to 1."]
