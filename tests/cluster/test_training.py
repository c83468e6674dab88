"""Runs that real Dask workers train: the same numbers, steered the same way, whatever is killed.

Most tests are made twice: with the server's folder of runs seen by the workers, and without.
"""

import errno
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dlviz.training.cluster.launcher import LOST, ClusterLauncher
from dlviz.training.cluster.mirror import Mirror
from dlviz.training.cluster.on_worker import News
from dlviz.training.config import TrainingConfig
from dlviz.training.loop import train
from dlviz.training.runs.journal import DiskFull
from dlviz.training.runs.owner import new_token
from dlviz.training.runs.service import Service
from dlviz.training.runs.store import Store
from tests.cluster.processes import REAL, Cluster
from tests.training_runs.processes import losses, until
from tests.training_runs.processes import workers as trainings
from tests.training_runs.test_processes import learning, undisturbed
from tests.training_runs.tiny_training import Config

MINE = new_token()
REAL_RUN = TrainingConfig(model="MLP", samples=640, batch_size=16, epochs=2, dropout=0.2)
LONG = Config(steps=3000, seconds=0.01, every=10)
SHORT = Config(steps=60, seconds=0.01, every=10)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    started = Cluster()
    started.start_scheduler()
    yield started
    started.close()


@pytest.fixture(scope="module", params=["shared", "apart"])
def folders(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The server's folder of runs, and that of the workers."""
    mine = tmp_path_factory.mktemp("runs")
    return mine, mine if request.param == "shared" else tmp_path_factory.mktemp("others")


@pytest.fixture(scope="module")
def workers(cluster: Cluster, folders: tuple[Path, Path]) -> Iterator[Cluster]:
    for name in ("first", "second"):
        cluster.start_worker(name, folders[1], "--places", "1")
    yield cluster
    for name in list(cluster.workers):
        cluster.kill_worker(name)


@contextmanager
def serving(cluster: Cluster, folder: Path) -> Iterator[Service]:
    """A server of runs that the cluster trains."""
    made = Service(Store(folder), ClusterLauncher(cluster.address, folder))
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def runs(workers: Cluster, folders: tuple[Path, Path]) -> Iterator[Service]:
    with serving(workers, folders[0]) as made:
        yield made


def wait_for_end(runs: Service, run: str) -> str:
    until(lambda: runs.status(run).state == "ended")
    return runs.status(run).reason


def no_event_twice(runs: Service, run: str) -> None:
    """No event is lost or doubled: between two resumptions, steps follow each other by one."""
    step = 0
    for event in runs.store.read(run).events:
        if event["kind"] == "continued":
            step = int(str(event["step"] or 0))
        if event["kind"] == "batch":
            step += 1
            assert event["step"] == step


def test_runs_learn_the_same_as_undisturbed_and_each_machine_is_named(runs: Service) -> None:
    first, second, third = (runs.submit(SHORT, MINE) for _ in range(3))
    until(lambda: learning(runs, first) and learning(runs, second))
    assert {runs.place_of(first), runs.place_of(second)} == {"first", "second"}
    assert runs.status(third).state == "waiting"
    machines = runs.machines()
    assert machines
    assert [(machine.name, machine.places, machine.free) for machine in machines] == [
        ("first", 1, 0),
        ("second", 1, 0),
    ]
    for run in (first, second, third):
        assert wait_for_end(runs, run) == "done"
        assert losses(runs, run) == undisturbed(SHORT)
        assert list(runs.store.checkpoints(run)) == [10, 20, 30, 40, 50, 60]


def test_a_run_is_paused_changed_stopped_and_goes_on(runs: Service) -> None:
    run = runs.submit(LONG, MINE)
    until(lambda: learning(runs, run))
    runs.pause(run, MINE)
    until(lambda: (runs.store.last(run) or {})["kind"] == "paused")
    held = losses(runs, run)
    runs.change_rate(run, MINE, 0.5)
    until(lambda: (runs.store.last(run) or {})["kind"] == "rate")
    assert losses(runs, run) == held
    runs.resume(run, MINE)
    until(lambda: len(losses(runs, run)) > len(held))
    runs.stop(run, MINE)
    assert wait_for_end(runs, run) == "stopped"
    assert list(runs.store.checkpoints(run))[-1] == len(losses(runs, run))
    until(lambda: all(machine.free == 1 for machine in runs.machines() or ()))
    before = len(losses(runs, run))
    runs.go_on(run, MINE)
    until(lambda: len(losses(runs, run)) > before)
    runs.stop(run, MINE)
    assert wait_for_end(runs, run) == "stopped"
    no_event_twice(runs, run)


def test_a_run_whose_machine_is_killed_goes_on_elsewhere_and_says_so(
    runs: Service, workers: Cluster, folders: tuple[Path, Path]
) -> None:
    run = runs.submit(Config(steps=200, seconds=0.01, every=10), MINE)
    until(lambda: learning(runs, run))
    name = runs.place_of(run)
    assert name
    workers.kill_worker(name)
    until(lambda: runs.place_of(run) not in (name, None))
    workers.start_worker(name, folders[1], "--places", "1")
    assert wait_for_end(runs, run) == "done"
    assert losses(runs, run) == undisturbed(Config(steps=200))
    no_event_twice(runs, run)
    notes = [event["sentence"] for event in runs.store.events(run) if event["kind"] == "note"]
    assert notes == [LOST.format(name)]


def test_a_full_disk_stops_the_run_with_a_sentence_and_frees_its_place(
    runs: Service, workers: Cluster, folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = runs.submit(LONG, MINE)
    until(lambda: learning(runs, run))
    if folders[0] == folders[1]:
        server = workers.workers[runs.place_of(run) or ""].pid
        (process,) = (child for child, trained in trainings(server).items() if trained == run)
        size = runs.store.event_bytes(run) + 2000
        resource.prlimit(process, resource.RLIMIT_FSIZE, (size, size))
    else:

        def write(mirror: Mirror, news: News) -> None:
            raise DiskFull(errno.ENOSPC, "no room")

        monkeypatch.setattr(Mirror, "write", write)
    until(lambda: runs.status(run).state != "running")
    shown = runs.status(run)
    assert (shown.state, shown.reason, shown.can_go_on) == ("ended", "full", True)
    assert losses(runs, run) == undisturbed(LONG)[: len(losses(runs, run))]
    until(lambda: sum(machine.free for machine in runs.machines() or ()) == 2)


def test_a_server_that_is_started_again_finds_its_runs(
    runs: Service, workers: Cluster, folders: tuple[Path, Path]
) -> None:
    until(lambda: sum(machine.free for machine in runs.machines() or ()) == 2)
    config = Config(steps=300, seconds=0.01, every=10)
    trained, waiting = [runs.submit(config, MINE) for _ in range(2)], runs.submit(SHORT, MINE)
    until(lambda: all(learning(runs, run) for run in trained))
    names = [runs.place_of(run) for run in trained]
    runs.close()
    with serving(workers, folders[0]) as again:
        until(lambda: [again.place_of(run) for run in trained] == names)
        for run in (*trained, waiting):
            assert wait_for_end(again, run) == "done"
            assert losses(again, run) == undisturbed(SHORT if run == waiting else config)
            assert [event["kind"] for event in again.store.read(run).events].count("continued") == 0


def test_the_real_loop_learns_the_same_to_the_last_bit(tmp_path: Path) -> None:
    cluster = Cluster()
    cluster.start_scheduler()
    cluster.start_worker("real", tmp_path / "elsewhere", "--places", "1", kind=REAL)
    try:
        with serving(cluster, tmp_path / "runs") as runs:
            run = runs.submit(REAL_RUN, MINE)
            assert wait_for_end(runs, run) == "done"
            alone = [(event["step"], event["loss"]) for event in train(REAL_RUN) if event["kind"] == "batch"]
            assert losses(runs, run) == alone
    finally:
        cluster.close()
