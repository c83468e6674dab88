"""My runs, what can be taken away of one, and weights brought in."""

import csv
import io
import zipfile
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load
from streamlit.testing.v1 import AppTest

from dlviz import weights
from dlviz.training.runs.service import Service
from dlviz.ui.labs.training.compare import state
from dlviz.ui.labs.training.my_runs import downloads
from dlviz.ui.runs.live_run import watch
from tests.packed import messages
from tests.pages.cnn_lab import press
from tests.pages.conftest import Open
from tests.pages.training_lab import SMALL, batch, epoch, save, start, tell
from tests.training_runs.idle import MINE, OTHERS, Launcher
from tests.training_runs.processes import until

pytestmark = pytest.mark.usefixtures("runs")


@pytest.fixture
def ended(runs: Service, launcher: Launcher) -> str:
    """A run of mine that was stopped after an epoch."""
    run = runs.submit(SMALL, MINE, "first try")
    until(lambda: run in launcher.jobs)
    tell(
        runs, run, start(), save(runs, run, 0), batch(1), batch(2), epoch(1, 0.5), save(runs, run, 2, seed=9)
    )
    launcher.jobs[run].end("stopped")
    until(lambda: runs.status(run).state == "ended")
    return run


def texts(app: AppTest) -> str:
    return "\n".join(markdown.value for markdown in app.markdown)


def test_only_my_runs_are_listed(opened: Open, runs: Service, ended: str) -> None:
    runs.submit(SMALL, OTHERS, "somebody else's")
    app = opened("training", view="mine")
    assert "**first try** · stopped" in texts(app)
    assert "somebody" not in texts(app)


def test_without_runs_there_is_an_invitation(opened: Open) -> None:
    assert "You have no runs yet" in opened("training", view="mine").info[0].value


def test_a_run_is_pinned_named_and_deleted(opened: Open, runs: Service, ended: str) -> None:
    app = opened("training", view="mine")
    press(app, "Pin")
    assert runs.status(ended).pinned
    app.text_input(key=f"training.mine.{ended}.name").set_value("*best* <b>").run()
    assert runs.status(ended).name == "*best* <b>"
    assert r"**\*best\* <b>**" in texts(app)
    press(app, "Delete it for good")
    assert runs.runs(MINE) == []


def test_ticked_runs_are_compared(opened: Open, runs: Service, ended: str) -> None:
    other = runs.submit(SMALL, MINE, "second try")
    app = opened("training", view="mine")
    assert app.button(key="training.mine.compare").disabled
    for run in (other, ended):
        app.checkbox(key=f"training.mine.{run}.compare").check().run()
    press(app, "Compare 2 runs")
    assert app.session_state["training.view"] == "compare"
    assert app.session_state["training.compare"] == [other, ended]
    assert [run["label"] for run in messages(app, "curves")[0][0]["runs"]] == ["second try", "first try"]
    app.segmented_control(key="training.view").set_value("mine").run()
    app.checkbox(key=f"training.mine.{other}.compare").uncheck().run()
    assert app.session_state["training.compare"] == [ended]


def test_no_more_runs_are_ticked_than_a_picture_holds(opened: Open, runs: Service, ended: str) -> None:
    others = [f"{at:020x}" for at in range(state.MOST_RUNS)]
    app = opened("training", view="mine", compare="-".join(others))
    assert app.checkbox(key=f"training.mine.{ended}.compare").disabled


def test_a_run_is_pinned_where_it_is_watched_and_compared_there(
    opened: Open, runs: Service, ended: str
) -> None:
    other = runs.submit(SMALL, MINE, "second try")
    app = opened("training", run=ended, compare=other)
    press(app, "Pin to compare")
    assert runs.status(ended).pinned
    press(app, "Compare with 1 other")
    assert (app.session_state["training.view"], app.session_state["training.way"]) == ("compare", "own")
    assert app.session_state["training.compare"] == [other, ended]


def test_another_learners_run_is_compared_and_not_kept(opened: Open, runs: Service) -> None:
    theirs = runs.submit(SMALL, OTHERS)
    app = opened("training", run=theirs)
    press(app, "Pin to compare")
    assert not runs.status(theirs).pinned
    press(app, "Go to Compare")
    assert app.session_state["training.compare"] == [theirs]
    assert not app.error


def test_a_run_that_learns_cannot_be_deleted(opened: Open, runs: Service) -> None:
    runs.submit(SMALL, MINE)
    app = opened("training", view="mine")
    press(app, "Delete it for good")
    assert app.error[0].value == "This run has not ended: stop it first."


def test_a_stopped_run_goes_on_and_is_opened(opened: Open, runs: Service, ended: str) -> None:
    app = opened("training", view="mine")
    press(app, "Go on")
    until(lambda: runs.status(ended).state == "running")
    assert app.session_state["training.run"] == ended
    assert app.session_state["training.view"] == "train"


def test_the_weights_taken_away_are_the_networks_own(ended: str) -> None:
    taken = load(downloads.weights(watch(ended), 2))
    model = weights.build("SimpleCNN", {"num_classes": 10}, 9)
    assert taken.keys() == model.state_dict().keys()
    assert all(torch.equal(tensor, model.state_dict()[name]) for name, tensor in taken.items())


def test_the_table_has_a_line_for_every_batch_and_epoch(ended: str) -> None:
    rows = list(csv.DictReader(io.StringIO(downloads.table(watch(ended)))))
    assert [row["batch_loss"] for row in rows if row["kind"] == "batch"] == ["2.0", "2.0"]
    assert [row["validation_loss"] for row in rows if row["kind"] == "epoch"] == ["0.5"]


def test_the_panel_offers_all_four_files(opened: Open, ended: str) -> None:
    buttons = opened("training", run=ended, panel="take").get("download_button")
    assert [button.proto.label for button in buttons] == ["Weights", "Table", "TensorBoard", "Script"]


def test_the_script_comes_with_its_data_also_where_the_code_is_shown(opened: Open, ended: str) -> None:
    app = opened("training", run=ended)
    app.session_state["training.code"] = True
    labels = [button.proto.label for button in app.run().get("download_button")]
    assert labels == ["Run it yourself: a plain PyTorch script and its data"]
    with zipfile.ZipFile(io.BytesIO(downloads.script(watch(ended)))) as archive:
        name = f"dlviz-{ended[:8]}"
        assert archive.namelist() == [f"{name}/{name}.py", f"{name}/README.txt", f"{name}/data.pt"]
        content = torch.load(io.BytesIO(archive.read(f"{name}/data.pt")))
    assert {part: tuple(own["pictures"].shape) for part, own in content.items()} == {
        "learned": (128, 28, 28),
        "unseen": (5_000, 28, 28),
    }


def test_a_run_on_a_graphics_card_has_no_script(opened: Open, runs: Service) -> None:
    run = runs.submit(replace(SMALL, device="cuda"), MINE)
    tell(runs, run, start(), save(runs, run, 0))
    app = opened("training", run=run, panel="take")
    assert [button.proto.label for button in app.get("download_button")] == [
        "Weights",
        "Table",
        "TensorBoard",
    ]
