"""A run that a cluster trains: the page names the machine, and where there is none, offers this one."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dlviz.training.cluster.launcher import NO_GPU
from dlviz.training.experiments import EXPERIMENTS
from dlviz.training.runs import service
from dlviz.training.runs.service import Service
from dlviz.training.runs.store import Store
from dlviz.ui.runs import sentences
from tests.pages.cnn_lab import press
from tests.pages.conftest import Open
from tests.pages.training_lab import SMALL, batch, start, tell
from tests.training_runs.idle import MINE, IdleCluster, Launcher
from tests.training_runs.processes import until


@pytest.fixture
def cluster() -> IdleCluster:
    return IdleCluster(places=2)


@pytest.fixture
def clustered(
    runs: Service, tmp_path: Path, cluster: IdleCluster, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Service]:
    made = Service(Store(tmp_path / "clustered"), cluster)
    made._scheduler._local = Launcher()
    monkeypatch.setattr(service, "_shared", made)
    yield made
    made.close()


def test_the_page_says_which_machine_trains_and_how_many_places_are_free(
    opened: Open, clustered: Service, cluster: IdleCluster
) -> None:
    run = clustered.submit(SMALL, MINE)
    until(lambda: run in cluster.jobs)
    tell(clustered, run, start(), batch(1))
    said = [caption.value for caption in opened("training", run=run).caption]
    assert r"Trained on desk\_1; 2 of 4 places on 2 machines free." in said
    assert sentences.training_place("", []) == "Trained on the server’s own machine."


def test_where_the_cluster_is_gone_the_run_waits_and_this_machine_can_train_it(
    opened: Open, clustered: Service, cluster: IdleCluster
) -> None:
    cluster.said = "The cluster does not answer."
    run = clustered.submit(SMALL, MINE)
    app = opened("training", run=run)
    assert app.info[0].value == "The cluster does not answer. The run waits until the cluster can train it."
    assert "training.train_here" in [button.key for button in app.button]
    press(app, "Train on the server instead")
    local = clustered._scheduler._local
    assert isinstance(local, Launcher)
    until(lambda: run in local.jobs)
    assert (clustered.place_of(run), clustered.status(run).state) == ("", "running")
    assert not cluster.jobs


def test_a_graphics_card_of_the_cluster_can_be_chosen_and_a_run_says_that_it_waits_for_one(
    opened: Open, clustered: Service, cluster: IdleCluster
) -> None:
    app = opened("training", device="cuda")
    assert "Device" not in [box.label for box in app.selectbox]
    cluster.gpus = 1
    app = opened("training", device="cuda")
    (device,) = [box for box in app.selectbox if box.label == "Device"]
    assert device.value == "cuda"
    cluster.said = NO_GPU
    run = clustered.submit(replace(SMALL, device="cuda"), MINE)
    app = opened("training", run=run)
    assert app.info[0].value == f"{NO_GPU} The run waits until the cluster can train it."
    # Neither has the server one.
    assert "training.train_here" not in [button.key for button in app.button]


def test_a_whole_experiment_learns_at_once_where_there_is_room(
    opened: Open, clustered: Service, cluster: IdleCluster
) -> None:
    cluster.places = 20
    largest = max(EXPERIMENTS, key=lambda name: len(EXPERIMENTS[name].runs(3)))
    app = opened("training", view="compare", experiment=largest, seeds="3")
    app.button(key="training.experiment.run").click().run()
    count = len(EXPERIMENTS[largest].runs(3))
    until(lambda: cluster.busy() == count)
    assert count > 8  # more than any machine trains by itself
