"""Ready-made experiments: predicted, run at one press, watched together, answered by their own numbers."""

from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dlviz.training.experiments import EXPERIMENTS
from dlviz.training.loop import train
from dlviz.training.runs.service import Service
from dlviz.ui.labs.training.compare import plan
from dlviz.ui.labs.training.compare.comparison import Comparison, compare
from dlviz.ui.labs.training.compare.questions import main_question
from dlviz.ui.labs.training.train import duration
from dlviz.ui.prediction import Kept
from tests.packed import messages
from tests.pages.cnn_lab import press, query
from tests.pages.conftest import Open
from tests.pages.training_lab import batch, epoch, start, tell
from tests.runs import small
from tests.training_runs.idle import MINE, OTHERS, Launcher
from tests.training_runs.processes import until

RATES = ["rate 1e-05", "rate 0.001", "rate 0.03"]


@pytest.fixture
def page(opened: Open, runs: Service) -> AppTest:
    return opened("training", view="compare")


def trial(app: AppTest) -> list[str]:
    return app.session_state["training.trial"]


def picture(app: AppTest) -> dict[str, Any]:
    """What the curves are told."""
    ((header, _),) = messages(app, "curves")
    return header


def run_button(app: AppTest):
    return app.button(key="training.experiment.run")


def end(runs: Service, launcher: Launcher, run: str, loss: float, reason: str = "done") -> None:
    """Let a run learn two batches and end."""
    until(lambda: run in launcher.jobs)
    tell(runs, run, start(), batch(1), batch(2), epoch(1, loss))
    launcher.jobs[run].end(reason)
    until(lambda: runs.status(run).state == "ended")


@pytest.fixture
def done(page: AppTest, runs: Service, launcher: Launcher) -> AppTest:
    """The learning rates, compared to their end."""
    press(page, "Run: train 3 networks")
    for run, loss in zip(trial(page), (2.0, 0.25, 1.5), strict=True):
        end(runs, launcher, run, loss)
    return page.run()


def test_before_it_is_run_an_experiment_asks_and_says_what_differs(page: AppTest) -> None:
    assert page.subheader[0].value == EXPERIMENTS["learning-rate"].question
    table = page.table[0].value
    assert list(table.columns) == ["Run", "Learning rate"]
    assert list(table["Learning rate"]) == ["1e-05", "0.001", "0.03"]
    assert "4,000 examples, 3 epochs" in "".join(text.value for text in page.markdown)


def test_how_long_an_experiment_takes_is_said_before(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    # 1.2 s an epoch, three epochs each.
    monkeypatch.setattr(plan, "places", lambda: 2)
    assert "3 runs, 2 at a time: about 5.4 s" in page.run().caption[-1].value
    page.segmented_control(key="training.seeds").set_value(3).run()
    assert "9 runs, 2 at a time: about 16 s" in page.caption[-1].value
    monkeypatch.setattr(duration.trial, "ask", lambda config: None)
    assert page.run().caption[-1].value == "Trying out how long that takes …"
    monkeypatch.setattr(duration.trial, "ask", lambda config: "There are no digits.")
    assert page.run().caption[-1].value == "There are no digits."


def test_every_experiment_opens_by_its_link(opened: Open, runs: Service) -> None:
    for name, experiment in EXPERIMENTS.items():
        app = opened("training", view="compare", experiment=name)
        assert app.subheader[0].value == experiment.question
        assert len(app.table[0].value) == len(experiment.runs())


def test_one_press_hands_in_all_runs_and_the_address_names_them(page: AppTest, runs: Service) -> None:
    press(page, "Run: train 3 networks")
    configs = [runs.store.config(run) for run in trial(page)]
    assert configs == [config.to_json() for _, config in EXPERIMENTS["learning-rate"].runs()]
    assert "trial=" + "-".join(trial(page)) in query(page)
    assert [run["label"] for run in picture(page)["runs"]] == RATES
    assert run_button(page).disabled


def test_a_second_press_before_the_button_is_drawn_anew_trains_nothing_twice(
    page: AppTest, runs: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(page, "Run: train 3 networks")
    with monkeypatch.context() as still:  # the button as it was before the first press
        still.setattr(Comparison, "settled", True)
        page.run()
    run_button(page).click().run()
    assert len(runs.runs(MINE)) == 3


def test_three_seeds_make_a_band(page: AppTest, runs: Service, launcher: Launcher) -> None:
    page.segmented_control(key="training.seeds").set_value(3).run()
    press(page, "Run: train 9 networks")
    for at, run in enumerate(trial(page)):
        end(runs, launcher, run, 1.0 + at)
    header = picture(page.run())
    assert [(run["label"], run["seeds"]) for run in header["runs"]] == [(label, 3) for label in RATES]
    assert header["bands"]
    # Seeds of 1e-5 come first of every three: losses 1, 4, 7.
    assert "rate 1e-05, 4.00 (mean of 3 seeds, 1.00 to 7.00)" in page.success[0].value
    assert "better than “rate 0.001” with all 3 seeds, by 1.00. Two" in page.success[0].value


def test_the_sentence_follows_the_runs(page: AppTest, runs: Service, launcher: Launcher) -> None:
    press(page, "Run: train 3 networks")
    first, second, third = trial(page)
    until(lambda: second in launcher.jobs)
    assert page.run().info[0].value == "No epoch has ended yet."
    tell(runs, first, start(), batch(1), batch(2), epoch(1, 2.0))
    assert "So far the lowest validation loss: rate 1e-05, 2.00" in shown(page.run().info[0].value)
    assert picture(page)["step"] == 2
    standing = page.get("progress")[0].proto.text
    assert (
        standing
        == "0 of 3 runs have ended · 2 learning now · 1 waiting, the first at place 1 of 1 in the queue"
    )
    for run, loss in ((first, 2.0), (second, 0.25), (third, 1.5)):
        end(runs, launcher, run, loss)
    answer = shown(page.run().success[0].value)
    assert answer.startswith("Lowest validation loss: rate 0.001, 0.250 at epoch 1; then rate 0.03, 1.50")
    assert not run_button(page).disabled


def told(app: AppTest) -> str:
    return shown("\n".join(text.value for text in app.markdown))


def shown(text: str) -> str:
    """As the learner reads it."""
    return text.replace("\\", "")


def test_stop_all_ends_those_that_wait_before_those_that_learn(
    page: AppTest, runs: Service, launcher: Launcher
) -> None:
    press(page, "Run: train 3 networks")
    first, second, third = trial(page)
    until(lambda: second in launcher.jobs)
    press(page.run(), "Stop all")
    assert runs.status(third).reason == "stopped"
    assert third not in launcher.jobs
    assert launcher.jobs[first].told == launcher.jobs[second].told == [{"do": "stop"}]


def test_a_prediction_is_kept_until_the_runs_answer_it(
    page: AppTest, runs: Service, launcher: Launcher
) -> None:
    key = "training.prediction.compare.kept"
    asked = main_question("learning-rate", compare([]), 1)
    page.session_state[key] = Kept(asked, "rate 0.03")
    press(page.run(), "Run: train 3 networks")
    assert not page.session_state[key].question.is_begun
    for run, loss in zip(trial(page), (2.0, 0.25, 1.5), strict=True):
        end(runs, launcher, run, loss)
    kept = page.run().session_state[key]
    assert kept.predicted == "rate 0.03"
    assert kept.question.answer == "rate 0.001"
    assert kept.question.is_answered
    press(page, "Run: train 3 networks")  # what other runs will answer is another question
    assert key not in page.session_state


def test_stopped_runs_are_compared_so_far_and_answer_no_question(
    page: AppTest, runs: Service, launcher: Launcher
) -> None:
    press(page, "Run: train 3 networks")
    first, second, third = trial(page)
    until(lambda: second in launcher.jobs)
    asked = main_question("learning-rate", compare([]), 1)
    page.session_state["training.prediction.compare.kept"] = Kept(asked, "rate 0.03")
    press(page.run(), "Stop all")  # the third had to wait
    end(runs, launcher, first, 2.0)
    end(runs, launcher, second, 0.25, "stopped")
    assert (runs.status(first).reason, runs.status(third).reason) == ("done", "stopped")
    said = shown(page.run().info[0].value)
    assert said.startswith("So far the lowest validation loss: rate 0.001, 0.250 at epoch 1; then rate 1e-05")
    assert said.endswith(
        "Stopped before the end: rate 0.001 (after step 2 of 6), rate 0.03 (before its first step)."
    )
    assert not page.success
    assert not page.session_state["training.prediction.compare.kept"].question.is_begun
    press(page, "Let the unfinished go on")
    until(lambda: runs.status(second).state == runs.status(third).state == "running")
    assert "Stopped" not in page.run().info[0].value


def test_an_experiment_is_found_again(done: AppTest, opened: Open) -> None:
    again = opened("training", view="compare")
    assert trial(again) == trial(done)
    assert again.success[0].value == done.success[0].value
    again.selectbox(key="training.experiment").set_value("dropout").run()
    assert trial(again) == []
    again.selectbox(key="training.experiment").set_value("learning-rate").run()
    assert trial(again) == trial(done)


def test_who_has_the_link_watches_and_stops_nothing(opened: Open, runs: Service, launcher: Launcher) -> None:
    ids = [runs.submit(config, OTHERS, label) for label, config in EXPERIMENTS["learning-rate"].runs()]
    until(lambda: ids[1] in launcher.jobs)
    app = opened("training", view="compare", trial="-".join(ids))
    assert [run["label"] for run in picture(app)["runs"]] == RATES
    assert "Stop all" not in [button.label for button in app.button]
    assert any("only they can stop them" in caption.value for caption in app.caption)


def test_a_full_queue_takes_what_fits_and_says_so(page: AppTest, runs: Service, launcher: Launcher) -> None:
    for _ in range(2):  # these learn
        runs.submit(small(), MINE)
    until(lambda: len(launcher.jobs) == 2)
    for _ in range(39):
        runs.submit(small(), MINE)
    press(page, "Run: train 3 networks")
    assert page.error[0].value.startswith("1 of 3 runs are handed in. You have 40 runs in the queue")
    assert len(trial(page)) == 1


def test_an_interrupted_run_is_told_and_goes_on(page: AppTest, runs: Service, launcher: Launcher) -> None:
    press(page, "Run: train 3 networks")
    first, second, _ = trial(page)
    until(lambda: second in launcher.jobs)
    launcher.jobs[first].kill()
    until(lambda: runs.status(first).state == "interrupted")
    assert "rate 1e-05: The process of this run was killed" in shown(page.run().error[0].value)
    press(page, "Let the unfinished go on")
    until(lambda: runs.status(first).state == "waiting" or first in launcher.jobs)
    assert runs.status(first).state != "interrupted"


def test_runs_that_were_really_trained_are_ranked_by_their_own_numbers(opened: Open, runs: Service) -> None:
    usual = small(epochs=2)
    best, ids = {}, []
    for rate in (1e-5, 1e-2):
        config = replace(usual, learning_rate=rate)
        happened = [event for event in train(config) if event["kind"] != "checkpoint"]
        run = runs.submit(config, MINE, f"at {rate:g}")
        tell(runs, run, *happened)
        best[f"at {rate:g}"] = min(float(str(e["loss"])) for e in happened if e["kind"] == "epoch")
        ids.append(run)
    app = opened("training", view="compare", way="own", compare="-".join(ids))
    first, second = sorted(best, key=best.__getitem__)
    said = shown(app.info[0].value)
    assert f"validation loss: {first}, {best[first]:#.3g} at epoch" in said
    assert f"then {second}, {best[second]:#.3g} at epoch" in said
    table = app.table[0].value
    assert list(table["Learning rate"]) == ["1e-05", "0.01"]
