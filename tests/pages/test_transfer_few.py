"""The view A few examples: lanes and a curve that workers train, watched, stopped and gone on."""

import pytest
from streamlit.testing.v1 import AppTest

from dlviz.training.config import TrainingConfig
from dlviz.training.examples_curve import COUNTS, WAYS, CurveConfig, plan_curve
from dlviz.training.runs.service import Service
from dlviz.ui.labs.transfer.few_examples import lanes
from dlviz.ui.labs.transfer.few_examples.curve import design_curve
from dlviz.ui.labs.transfer.state import State
from dlviz.ui.prediction import Kept
from dlviz.ui.runs.accuracy_curve import Curve, ask_for_winner
from tests.pages.cnn_lab import press
from tests.pages.conftest import Open
from tests.pages.training_lab import tell
from tests.training_runs.idle import MINE, Launcher
from tests.training_runs.processes import until


@pytest.mark.parametrize("view", ["few", "own", "changed"])
def test_each_view_opens(opened: Open, runs: Service, view: str) -> None:
    page = opened("transfer", view=view)
    assert page.segmented_control(key="transfer.view").value == view


def texts(page: AppTest) -> str:
    return " ".join(element.value for element in (*page.markdown, *page.success, *page.caption))


def test_four_networks_are_handed_in_once_and_stopped_together(
    opened: Open, runs: Service, launcher: Launcher
) -> None:
    page = opened("transfer", examples="2", transfer="clothes")
    press(page, "Train four networks")
    handed_in = runs.runs(MINE)
    assert len(handed_in) == 4
    configs = [TrainingConfig.from_json(runs.store.config(status.run)) for status in reversed(handed_in)]
    state = State(examples=2, transfer="clothes")
    assert configs == [lanes.configure_lane(state, way) for way in WAYS]
    assert page.button(key="transfer.lanes.train").disabled
    until(lambda: len(launcher.jobs) == 2)
    page.button(key="transfer.lanes.stop").click().run()
    assert [job.told for job in launcher.jobs.values()] == [[{"do": "stop"}]] * 2
    waited = [status for status in runs.runs(MINE) if status.run not in launcher.jobs]
    assert [status.reason for status in waited] == ["stopped"] * 2


def measure(runs: Service, launcher: Launcher, best_with_many: str) -> None:
    """Let the workers measure a whole curve."""
    for status in reversed(runs.curves(MINE)):
        until(lambda run=status.run: run in launcher.jobs)
        config = CurveConfig.from_json(runs.store.config(status.run))
        tell(
            runs,
            status.run,
            {"kind": "curve", "points": 12},
            *(
                {"kind": "point", "way": way, "examples": count, "draw": config.draw, "accuracy": accuracy}
                for count in COUNTS
                for way in config.ways
                for accuracy in [0.9 if way == (best_with_many if count == 50 else "frozen") else 0.5]
            ),
        )
        launcher.jobs[status.run].end("done")
        until(lambda run=status.run: runs.status(run).state == "ended")


def test_a_curve_answers_what_was_predicted(opened: Open, runs: Service, launcher: Launcher) -> None:
    page = opened("transfer", guess_few="frozen", guess_many="tuned")  # an older link
    key = "transfer.prediction.curve.kept"
    asked = ask_for_winner(design_curve("digits"), Curve([], {}))
    page.session_state[key] = Kept(asked, "From scratch")
    page.run()
    press(page, "Measure the curve: train 120 networks")
    assert [status.name for status in reversed(runs.curves(MINE))] == [
        config.name for config in plan_curve("digits")
    ]
    measure(runs, launcher, best_with_many="scratch")
    page.run()
    kept = page.session_state[key]
    assert (kept.predicted, kept.question.answer) == ("From scratch", "Frozen + new head")
    assert kept.question.is_answered
    assert "“From scratch” reaches 90.0 % on average" in texts(page)
    assert "in all 5 draws" in texts(page)
    # Measured again, the old runs are gone: no list would show them.
    old = {status.run for status in runs.curves(MINE)}
    press(page, "Measure the curve again: train 120 networks")
    assert len(runs.curves(MINE)) == len(old)
    assert not old & {status.run for status in runs.curves(MINE)}
    # The curve of another transfer is another one.
    page.radio(key="transfer.transfer").set_value("clothes").run()
    assert "reaches 90.0 %" not in texts(page)
    # In the Training lab's list stand networks alone.
    mine = opened("training", view="mine")
    assert "You have no runs yet" in mine.info[0].value


def test_an_interrupted_curve_goes_on(opened: Open, runs: Service, launcher: Launcher) -> None:
    page = opened("transfer")
    press(page, "Measure the curve: train 120 networks")
    until(lambda: len(launcher.jobs) == 2)
    for run, job in list(launcher.jobs.items()):
        job.kill()
        until(lambda run=run: runs.status(run).state == "interrupted")
    page.run()
    assert any("was killed" in error.value for error in page.error)
    page.button(key="transfer.curve.go_on").click().run()
    assert all(runs.status(run).state in ("waiting", "running") for run in launcher.jobs)


def test_the_panels_open(opened: Open, runs: Service) -> None:
    page = opened("transfer")
    page.session_state["transfer.predict"] = page.session_state["transfer.code"] = True
    page.run()
    assert any("requires_grad = False" in code.value for code in page.code)
    page.radio(key="transfer.question.learning").set_value("1,285").run()
    assert "256 × 5 weights and 5 biases." in texts(page)
