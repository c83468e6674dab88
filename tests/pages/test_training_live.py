"""A run that is watched, steered and looked at afterwards."""

import pytest
from streamlit.testing.v1 import AppTest

from dlviz.training.runs.service import Service
from tests.packed import messages
from tests.pages.cnn_lab import press
from tests.pages.conftest import Open
from tests.pages.training_lab import SMALL, batch, epoch, save, start, tell
from tests.training_runs.idle import MINE, OTHERS, Launcher
from tests.training_runs.processes import until

pytestmark = pytest.mark.usefixtures("runs")


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def steps(app: AppTest) -> int:
    ((header, _),) = messages(app, "curves")
    return header["step"]


def test_the_curve_grows_with_what_the_run_tells(opened: Open, runs: Service, run: str) -> None:
    app = opened("training", run=run)
    assert steps(app) == 0
    tell(runs, run, start(), batch(1, 2.5))
    assert steps(app.run()) == 1
    tell(runs, run, batch(2, 1.5), epoch(1, 1.25))
    app.run()
    assert steps(app) == 2
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Validation loss"] == "1.25"
    assert shown["Validation accuracy"] == "90.0 %"
    assert shown["Learning rate"] == "0.001"
    # The median of two batches.
    assert shown["Training loss"] == "2"


def test_the_learning_rate_has_a_panel_as_soon_as_it_moves(opened: Open, runs: Service, run: str) -> None:
    tell(runs, run, start(), batch(1))
    app = opened("training", run=run)
    drawn = [panel["name"] for panel in messages(app, "curves")[0][0]["panels"]]
    assert drawn == ["loss", "accuracy", "norm"]
    tell(runs, run, {**batch(2), "rate": 0.01})
    drawn = [panel["name"] for panel in messages(app.run(), "curves")[0][0]["panels"]]
    assert drawn == ["loss", "accuracy", "rate", "norm"]


def test_the_owner_steers_and_the_worker_hears_it(
    opened: Open,
    runs: Service,
    launcher: Launcher,
    run: str,
) -> None:
    tell(runs, run, start(), batch(1))
    app = opened("training", run=run)
    press(app, "Pause")
    press(app, "Resume")
    press(app, "× 10")
    app.text_input(key="training.new_rate").set_value("3e-4").run()
    press(app, "Stop")
    assert launcher.jobs[run].told == [
        {"do": "pause"},
        {"do": "resume"},
        {"do": "scale", "factor": 10.0},
        {"do": "rate", "value": 0.0003},
        {"do": "stop"},
    ]


@pytest.mark.parametrize("typed", ["0", "-1", "nan", "fast"])
def test_a_new_rate_that_is_none_is_told_and_not_sent(
    opened: Open,
    runs: Service,
    launcher: Launcher,
    run: str,
    typed: str,
) -> None:
    tell(runs, run, start(), batch(1))
    app = opened("training", run=run)
    app.text_input(key="training.new_rate").set_value(typed).run()
    assert "A learning rate is a number above 0" in app.error[0].value
    assert launcher.jobs[run].told == []


def test_what_is_wrong_with_a_rate_is_said_until_something_else_is_asked(
    opened: Open, runs: Service, run: str
) -> None:
    tell(runs, run, start(), batch(1))
    app = opened("training", run=run)
    app.text_input(key="training.new_rate").set_value("1e305").run()
    assert "A learning rate is a number above 0" in app.run().error[0].value  # as the page's clock does
    press(app, "Pause")
    assert not app.error
    app.text_input(key="training.new_rate").set_value("fast").run()
    assert app.error
    app.query_params["run"] = runs.submit(SMALL, MINE)
    assert not app.run().error


def test_a_change_of_the_rate_is_seen_before_the_next_batch(
    opened: Open, runs: Service, launcher: Launcher, run: str
) -> None:
    tell(runs, run, start(), batch(1), {"kind": "rate", "step": 1, "old": 0.001, "new": 0.02})
    app = opened("training", run=run)
    assert [metric.value for metric in app.metric if metric.label == "Learning rate"] == ["0.02"]
    tell(runs, run, batch(2))
    assert [metric.value for metric in app.run().metric if metric.label == "Learning rate"] == ["0.001"]


def test_a_factor_is_sent_before_the_first_batch_too_and_not_where_no_rate_would_come_of_it(
    opened: Open, runs: Service, launcher: Launcher, run: str
) -> None:
    tell(runs, run, start())
    app = opened("training", run=run)
    press(app, "÷ 10")
    press(app, "÷ 10")
    assert launcher.jobs[run].told == [{"do": "scale", "factor": 0.1}] * 2
    tell(runs, run, {"kind": "rate", "step": 0, "old": 0.001, "new": 1e299})
    app.run()
    assert [button.label for button in app.button if button.disabled] == ["× 10"]


def test_who_has_the_link_alone_watches(opened: Open, runs: Service) -> None:
    name = runs.submit(SMALL, OTHERS)
    tell(runs, name, start(), batch(1))
    app = opened("training", run=name)
    assert steps(app) == 1
    assert not {"Stop", "Pause", "× 10"} & {*labels(app)}
    assert any("only they can steer it" in caption.value for caption in app.caption)


def test_a_run_that_waits_says_its_place(opened: Open, runs: Service, run: str) -> None:
    runs.submit(SMALL, OTHERS)
    mine, last = runs.submit(SMALL, MINE), runs.submit(SMALL, MINE)
    until(lambda: runs.status(mine).place == 1)
    assert "Next in the queue (2 runs in all)" in opened("training", run=mine).info[0].value
    assert "Waiting: number 2 of 2 in the queue" in opened("training", run=last).info[0].value
    tell(runs, mine, start(), batch(1))
    tell(runs, last, start(), batch(1))
    assert opened("training", run=mine).info[0].value.endswith("it goes on when a place is free.")
    assert opened("training", run=last).info[0].value.endswith("It keeps what it has learned.")


def test_a_diverged_run_keeps_its_curve_and_says_why(
    opened: Open,
    runs: Service,
    launcher: Launcher,
    run: str,
) -> None:
    tell(runs, run, start(), batch(1, 40.0))
    launcher.jobs[run].end("diverged")
    until(lambda: runs.status(run).state == "ended")
    app = opened("training", run=run)
    assert app.error[0].value == "It is diverged."
    assert steps(app) == 1


def test_a_killed_worker_is_told_and_the_run_can_go_on(
    opened: Open,
    runs: Service,
    launcher: Launcher,
    run: str,
) -> None:
    tell(runs, run, start(), save(runs, run, 0), batch(1))
    launcher.jobs[run].kill()
    until(lambda: runs.status(run).state == "interrupted")
    app = opened("training", run=run)
    assert "was killed (signal 9). It can go on from its last checkpoint" in app.error[0].value
    press(app, "Go on from the last checkpoint")
    until(lambda: runs.status(run).state == "running")


def test_after_the_run_its_best_epoch_is_said(
    opened: Open,
    runs: Service,
    launcher: Launcher,
    run: str,
) -> None:
    tell(runs, run, start(), batch(1), batch(2), epoch(1, 0.5), batch(3), batch(4), epoch(2, 0.75))
    launcher.jobs[run].end("done")
    until(lambda: runs.status(run).state == "ended")
    (outcome,) = [said.value for said in opened("training", run=run).success]
    assert "Best: epoch 1, with a validation loss of 0.5 and 90.0 % right." in outcome
    assert "The epoch after it brought neither a lower loss nor more right answers." in outcome
