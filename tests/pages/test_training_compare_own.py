"""Runs of a learner's choice laid over each other, and all that cannot be compared."""

from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dlviz.training.analysis.comparison import MIXED
from dlviz.training.runs.service import Service
from dlviz.ui.labs.training.compare import state
from dlviz.ui.runs import vocabulary
from tests.packed import messages
from tests.pages.cnn_lab import query
from tests.pages.conftest import Open
from tests.pages.training_lab import SMALL, batch, epoch, start, tell
from tests.training_runs.idle import MINE, OTHERS

pytestmark = pytest.mark.usefixtures("runs")
NOWHERE = "0" * 20


def told(runs: Service, name: str, loss: float = 1.0, token: str = MINE, **more: Any) -> str:
    """A run that has told of one epoch."""
    run = runs.submit(replace(SMALL, **more), token, name)
    tell(runs, run, start(), batch(1), batch(2), epoch(1, loss))
    return run


def own(opened: Open, *runs: str) -> AppTest:
    return opened("training", view="compare", way="own", **({"compare": "-".join(runs)} if runs else {}))


def drawn(app: AppTest) -> list[str]:
    """The labels of what the curves draw."""
    return [run["label"] for header, _ in messages(app, "curves") for run in header["runs"]]


def add(app: AppTest, text: str) -> AppTest:
    return app.text_input(key="training.compare.typed").set_value(text).run()


def plain(text: str) -> str:
    """As the learner reads it."""
    return text.replace("\\", "")


def test_without_runs_there_is_an_invitation(opened: Open) -> None:
    app = own(opened)
    assert app.info[0].value.startswith("Choose two runs or more")
    assert any("You have no runs yet" in caption.value for caption in app.caption)


def test_runs_of_one_minute_that_differ_in_their_seed_are_told_apart(opened: Open, runs: Service) -> None:
    several = [told(runs, "", seed=seed) for seed in range(3)]
    app = own(opened, *several)
    assert len(set(choice(app).options)) == 3
    choice(app).unselect(several[1]).run()
    assert app.session_state["training.compare"] == [several[0], several[2]]
    machine = opened("training", view="machine", run=several[0])
    options = machine.selectbox(key="training.machine.run").options
    assert len(set(options)) == len(options) == 3


def test_pinned_runs_are_laid_over_each_other_and_listed_first(opened: Open, runs: Service) -> None:
    pinned, newer = told(runs, "slow"), told(runs, "newer", learning_rate=0.1)
    runs.pin(pinned, MINE, True)
    app = own(opened)
    assert app.session_state["training.compare"] == [pinned]
    first, second = choice(app).options
    assert first.startswith("★ ")
    assert "slow" in first
    assert "newer" in second
    choice(app).select(newer).run()
    assert drawn(app) == ["slow", "newer"]
    assert f"compare={pinned}-{newer}" in query(app)


def choice(app: AppTest):
    return app.multiselect(key="training.compare")


def test_what_differs_and_nothing_else_is_in_the_table(opened: Open, runs: Service) -> None:
    first = told(runs, "plain", 0.5)
    second = told(runs, "steep", 0.25, learning_rate=0.02, optimizer="momentum")
    table = own(opened, first, second).table[0].value
    assert list(table.columns) == [
        "Run",
        "Optimizer",
        "Learning rate",
        "Lowest validation loss",
        "Highest validation accuracy",
        "Training took",
    ]
    assert [plain(cell) for cell in table.loc[1]] == [
        f"[steep](/training?run={second})",
        vocabulary.OPTIMIZERS["momentum"],
        "0.02",
        "0.250",
        "90.00 %",
        "1.0 s",
    ]


def test_the_learner_says_by_what_the_runs_are_ranked(opened: Open, runs: Service) -> None:
    sure, right = told(runs, "sure", 0.2), told(runs, "right", 0.3, epochs=4)
    tell(runs, right, {**epoch(2, 0.4), "accuracy": 0.95})
    app = own(opened, sure, right)
    assert "lowest validation loss: sure, 0.200 at epoch 1; then right, 0.300" in app.info[0].value
    app.segmented_control(key="training.rank").set_value("accuracy").run()
    assert "highest validation accuracy: right, 95.00 % at epoch 2; then sure" in plain(app.info[0].value)
    assert "rank=accuracy" in query(app)
    table = app.table[0].value
    assert [plain(cell) for cell in table["Lowest validation loss"]] == ["0.200", "0.300"]
    assert [plain(cell) for cell in table["Highest validation accuracy"]] == ["90.00 %", "95.00 %"]


def test_test_data_are_ranked_for_themselves_by_the_last_epoch(opened: Open, runs: Service) -> None:
    held, tested = told(runs, "held"), runs.submit(replace(SMALL, test=True), MINE, "tested")
    for number, loss in ((1, 0.1), (2, 0.2)):
        moved = {"loss": None, "accuracy": None, "test_loss": loss, "test_accuracy": 0.9}
        tell(runs, tested, start(), epoch(number, loss) | moved)
    app = own(opened, held, tested)
    assert (
        "lowest validation loss: held, 1.00 at epoch 1. So far the lowest test loss at the end: tested, 0.200"
        in (app.info[0].value)
    )
    assert MIXED in app.info[0].value
    assert app.table[0].value.loc[0, "Lowest test loss at the end"] == "–"
    assert app.table[0].value.loc[1, "Lowest test loss at the end"] == "0.200"


def test_the_seeds_of_a_band_open_one_by_one(opened: Open, runs: Service) -> None:
    ids = [told(runs, "a", seed=seed) for seed in (0, 1)]
    cell = own(opened, *ids).table[0].value.loc[0, "Run"]
    assert cell == f"a · seeds [0](/training?run={ids[0]}), [1](/training?run={ids[1]})"


def test_runs_that_differ_in_their_seed_alone_are_a_band(opened: Open, runs: Service) -> None:
    ids = [told(runs, f"twins · seed {seed} · Race", 1.0 + seed, seed=seed) for seed in (0, 1)]
    app = own(opened, *ids, told(runs, "other · Race", epochs=4))
    ((header, _),) = messages(app, "curves")
    assert [(run["label"], run["seeds"]) for run in header["runs"]] == [("twins", 2), ("other", 1)]
    assert header["bands"]
    assert plain(app.table[0].value.loc[0, "Lowest validation loss"]) == "1.50 (1.00 to 2.00)"


def test_a_name_is_text_and_nothing_else(opened: Open, runs: Service) -> None:
    app = own(opened, told(runs, "<b>*x*</b>"))
    assert r"<b>\*x\*</b>" in app.info[0].value
    assert r"<b>\*x\*</b>" in app.table[0].value.loc[0, "Run"]


@pytest.mark.parametrize("link", ["http://host/training?run={}", "{}", "see {} "])
def test_another_learners_run_is_added_by_its_link(opened: Open, runs: Service, link: str) -> None:
    mine, theirs = told(runs, "mine"), told(runs, "theirs", token=OTHERS, learning_rate=0.1)
    app = add(own(opened, mine), link.format(theirs))
    assert not app.error
    assert drawn(app) == ["mine", "theirs"]
    assert app.text_input(key="training.compare.typed").value == ""


def test_what_names_no_run_is_told_and_nothing_is_lost(opened: Open, runs: Service) -> None:
    mine = told(runs, "mine")
    app = add(own(opened, mine), "../../etc/passwd")
    assert app.error[0].value == "That names no run: a run’s link ends in run= and 20 letters and digits."
    app = add(app, f"/training?run={NOWHERE}")
    assert "There is no run of that name here" in app.error[0].value
    assert drawn(app) == ["mine"]


def test_no_more_runs_than_a_picture_holds(opened: Open, runs: Service) -> None:
    ids = [told(runs, f"{at}") for at in range(state.MOST_RUNS)]
    app = add(own(opened, *ids), told(runs, "one more"))
    assert "No more than 24 runs fit into one picture" in app.error[0].value
    assert app.session_state["training.compare"] == ids


def test_a_deleted_run_is_left_out_with_a_sentence(opened: Open, runs: Service) -> None:
    mine = told(runs, "mine")
    app = own(opened, mine, NOWHERE)
    assert app.info[0].value.startswith("A run is left out. There is no run of that name here")
    assert drawn(app) == ["mine"]


def test_what_is_no_run_in_the_address_is_left_out(opened: Open) -> None:
    app = opened("training", view="compare", way="own", compare="../x", seeds="2", guess="<b>")
    assert "not understood" in app.info[0].value
    assert all(name in app.info[0].value for name in ("compare", "seeds", "guess"))
    assert drawn(app) == []


def test_runs_on_own_data_are_compared_with_a_caution(opened: Open, runs: Service) -> None:
    app = own(opened, told(runs, "one", task="drawings"), told(runs, "two", task="drawings", epochs=4))
    assert any("the learner’s own data" in caption.value for caption in app.caption)


def test_the_axis_is_the_learners(opened: Open, runs: Service) -> None:
    app = own(opened, told(runs, "one"))
    app.segmented_control(key="training.axis").set_value("seconds").run()
    ((header, _),) = messages(app, "curves")
    assert header["axis"] == "seconds of training"
    assert "over seconds of training. one: step 2" in header["alt"]
