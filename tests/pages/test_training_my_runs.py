"""My runs, what can be taken away of one, and weights brought in."""

import csv
import io
import zipfile
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load
from streamlit.testing.v1 import AppTest

from dlviz import weights
from dlviz.training.config import TrainingConfig
from dlviz.training.runs.service import Service
from dlviz.ui.labs.training.my_runs import actions, archive, downloads
from dlviz.ui.labs.training.my_runs.table import CHOSEN, share_of_100
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


def listed(app: AppTest) -> list[dict[str, Any]]:
    """The rows of the table."""
    return app.dataframe[0].value.to_dict("records")


def choose(app: AppTest, *names: str) -> AppTest:
    """Choose the rows of these names in the table, and no others."""
    places = [at for at, row in enumerate(listed(app)) if row["Name"] in names]
    key = app.dataframe[0].proto.id.split("-")[-1]
    app.session_state[key] = {"selection": {"rows": places}}
    return app.run()


def test_only_my_runs_are_listed_with_their_best_result(opened: Open, runs: Service, ended: str) -> None:
    runs.submit(SMALL, OTHERS, "somebody else's")
    waiting = runs.submit(replace(SMALL, model="MLP"), MINE)
    first, second = listed(opened("training", view="mine"))
    assert (first["Name"], first["Network"], first["State"]) == (f"Run {waiting[:6]}", "MLP", "learning now")
    assert np.isnan(first["Best result"])
    assert (second["Name"], second["Task"]) == ("first try", "Handwritten digits")
    assert (second["Best result"], second["State"]) == (90.0, "stopped")
    assert second["When"].timestamp() == pytest.approx(runs.status(ended).created, abs=1)


def test_without_runs_there_is_an_invitation(opened: Open) -> None:
    assert "You have no runs yet" in opened("training", view="mine").info[0].value


def test_runs_are_filtered_by_what_differs_between_them(opened: Open, runs: Service, ended: str) -> None:
    runs.submit(replace(SMALL, model="MLP"), MINE, "other")
    app = opened("training", view="mine")
    assert [each.key for each in app.multiselect] == [
        "training.mine.filter.network",
        "training.mine.filter.state",
    ]
    app.multiselect(key="training.mine.filter.network").select("MLP").run()
    assert [row["Name"] for row in listed(app)] == ["other"]


def test_a_run_is_pinned_named_and_deleted(opened: Open, runs: Service, ended: str) -> None:
    app = opened("training", view="mine")
    assert app.button(key="training.mine.Pin").disabled
    choose(app, "first try")
    press(app, "Pin")
    assert runs.status(ended).pinned
    app.text_input(key=f"training.mine.{ended}.name").set_value("*best* <b>").run()
    assert runs.status(ended).name == "*best* <b>"
    assert [row["Name"] for row in listed(app)] == ["★ *best* <b>"]
    press(app, "Delete 1 run for good")
    assert runs.runs(MINE) == []


def test_several_runs_are_compared_and_stay_chosen(opened: Open, runs: Service, ended: str) -> None:
    other = runs.submit(SMALL, MINE, "second try")
    app = opened("training", view="mine")
    assert app.button(key="training.mine.compare").disabled
    choose(app, "first try", "second try")
    press(app, "Compare 2 runs")
    assert app.session_state["training.view"] == "compare"
    assert app.session_state["training.compare"] == [ended, other]  # the oldest first
    assert [run["label"] for run in messages(app, "curves")[0][0]["runs"]] == ["first try", "second try"]
    app.segmented_control(key="training.view").set_value("mine").run()
    choose(app, "first try")
    press(app, "Compare")
    assert app.session_state["training.compare"] == [ended]


def test_no_more_runs_are_compared_than_a_picture_holds(
    opened: Open, runs: Service, ended: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST_RUNS", 1)
    runs.submit(SMALL, MINE, "second try")
    app = opened("training", view="mine")
    choose(app, "first try", "second try")
    assert app.button(key="training.mine.compare").disabled
    choose(app, "first try")
    assert not app.button(key="training.mine.compare").disabled


def test_of_several_runs_those_that_learn_are_not_deleted_and_that_is_said(
    opened: Open, runs: Service, ended: str
) -> None:
    learns = runs.submit(SMALL, MINE, "second try")
    app = opened("training", view="mine")
    choose(app, "first try", "second try")
    press(app, "Delete 2 runs for good")
    assert [status.run for status in runs.runs(MINE)] == [learns]
    assert app.error[0].value == "1 of 2: This run has not ended: stop it first."
    assert [row["Name"] for row in listed(app)] == ["second try"]
    assert app.session_state[CHOSEN] == [learns]  # by the run, not by its place in the table


def test_exported_runs_are_folders_with_settings_a_table_and_weights(ended: str, runs: Service) -> None:
    waiting = runs.submit(SMALL, MINE)
    with zipfile.ZipFile(io.BytesIO(archive.pack([ended, waiting, "0" * 20]))) as packed:
        names = packed.namelist()
        weight = load(packed.read(f"dlviz-{ended[:8]}/weights.safetensors"))
        config = packed.read(f"dlviz-{waiting[:8]}/settings.json").decode()
    assert names == [
        *(f"dlviz-{ended[:8]}/{file}" for file in ("settings.json", "table.csv", "weights.safetensors")),
        *(f"dlviz-{waiting[:8]}/{file}" for file in ("settings.json", "table.csv")),
    ]
    assert torch.equal(
        weight["conv_layers.0.weight"],
        weights.build("SimpleCNN", {"num_classes": 10}, 9).state_dict()["conv_layers.0.weight"],
    )
    assert TrainingConfig.from_json(config) == SMALL


def test_a_share_is_0_or_100_percent_only_where_it_is_all_or_nothing() -> None:
    assert [share_of_100(share) for share in (0.0, 1e-9, 0.5, 0.99999, 1.0)] == [0, 0.01, 50, 99.99, 100]


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


def test_a_stopped_run_goes_on_and_is_opened(opened: Open, runs: Service, ended: str) -> None:
    app = opened("training", view="mine")
    choose(app, "first try")
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
