"""Real worker processes: steered, killed, and ended with their server."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from dlviz.paths import ROOT
from dlviz.training.runs import scheduler
from dlviz.training.runs.events import Event
from dlviz.training.runs.owner import new_token
from dlviz.training.runs.service import Refused, Service
from dlviz.training.runs.store import Store
from tests.training_runs.processes import alive, children, losses, until, workers
from tests.training_runs.tiny_server import LONG, service
from tests.training_runs.tiny_training import TRAINER, Config

MINE = new_token()
SHORT = Config(steps=60, seconds=0.01, every=10)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    made = service(tmp_path_factory.mktemp("runs"))
    yield made
    made.close()


def undisturbed(config: Config) -> list[tuple[object, object]]:
    class Nobody:
        def commands(self) -> list[dict[str, object]]:
            return []

    events = TRAINER.train(Config(config.steps, every=config.every), Nobody())
    return [(event["step"], event["loss"]) for event in events if event["kind"] == "batch"]


def learning(runs: Service, run: str) -> bool:
    """Whether it has got past its first checkpoint."""
    return bool(runs.store.checkpoints(run)) and runs.status(run).state == "running"


def test_a_killed_worker_harms_no_other_run_and_its_run_goes_on(runs: Service) -> None:
    killed, other = runs.submit(SHORT, MINE), runs.submit(SHORT, MINE)
    until(lambda: learning(runs, killed))
    (process,) = (process for process, run in workers(os.getpid()).items() if run == killed)
    os.kill(process, signal.SIGKILL)
    until(lambda: runs.status(killed).state == "interrupted")
    assert "killed (signal 9)" in runs.status(killed).sentence
    runs.go_on(killed, MINE)
    for run in (killed, other):
        until(lambda run=run: runs.status(run).state == "ended")
        assert runs.status(run).reason == "done"
        assert losses(runs, run) == undisturbed(SHORT)


def test_a_run_is_paused_changed_and_stopped(runs: Service) -> None:
    run = runs.submit(LONG, MINE)
    until(lambda: learning(runs, run))
    runs.pause(run, MINE)
    until(lambda: runs.store.last(run) == {"kind": "paused", "step": len(losses(runs, run))})
    held = losses(runs, run)
    runs.change_rate(run, MINE, 0.5)
    until(lambda: (runs.store.last(run) or {})["kind"] == "rate")
    assert losses(runs, run) == held
    runs.resume(run, MINE)
    until(lambda: len(losses(runs, run)) > len(held))
    runs.stop(run, MINE)
    # By itself: a worker that does not is killed later. How quickly, benchmarks/stop.py measures.
    assert until(lambda: runs.status(run).state == "ended") < scheduler.OVERDUE
    assert (runs.status(run).sentence, runs.status(run).can_go_on) == ("Stopped.", True)
    assert list(runs.store.checkpoints(run))[-1] == len(losses(runs, run))


def test_a_full_disk_stops_the_run_with_a_sentence(runs: Service) -> None:
    run = runs.submit(LONG, MINE)
    until(lambda: learning(runs, run))
    (process,) = workers(os.getpid())
    size = (runs.store.folder(run) / "events.jsonl").stat().st_size
    resource.prlimit(process, resource.RLIMIT_FSIZE, (size + 2000, size + 2000))
    until(lambda: runs.status(run).state != "running")
    shown = runs.status(run)
    assert (shown.state, shown.reason, shown.can_go_on) == ("ended", "full", True)
    assert "The disk is full" in shown.sentence
    assert losses(runs, run) == undisturbed(LONG)[: len(losses(runs, run))]


StartServer = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[StartServer]:
    """Starts a server on the folder, which hands in so many runs and then says their ids."""
    command = [sys.executable, "-m", "tests.training_runs.tiny_server", str(tmp_path / "runs"), MINE]
    with ExitStack() as stack:

        def start(count: int, fast: float = 0) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [*command, str(count), str(fast)], cwd=ROOT, stdout=subprocess.PIPE, text=True
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield start


def said_ids(server: subprocess.Popen[str]) -> list[str]:
    assert server.stdout
    return server.stdout.readline().split()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """The servers' folder, with room for one megabyte."""
    folder = tmp_path / "runs"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(file: Path) -> None:
    """Let a file take all the room that its folder has."""
    with file.open("wb", buffering=0) as content, suppress(OSError):
        while True:
            content.write(bytes(4096))


def test_a_full_folder_stops_the_runs_of_both_its_servers_with_a_sentence_and_loses_nothing(
    small: Path, start_server: StartServer
) -> None:
    here = service(small)
    try:
        (theirs,), mine = said_ids(start_server(1)), here.submit(LONG, MINE)
        both = (theirs, mine)
        until(lambda: all(learning(here, run) for run in both))
        assert here.place_of(theirs) is None
        fill(small / "others")
        until(lambda: all(here.status(run).state == "ended" for run in both))
        for run in both:
            shown = here.status(run)
            assert (shown.reason, shown.can_go_on) == ("full", True)
            assert "The disk is full" in shown.sentence
        fill(small / "others, again")  # what was set aside for the last words
        with pytest.raises(Refused, match="The disk is full"):
            here.submit(SHORT, MINE)
        before = {run: losses(here, run) for run in both}
        for file in small.glob("others*"):
            file.unlink()
        for run in both:
            here.go_on(run, MINE)
        until(lambda: all(len(losses(here, run)) > len(before[run]) for run in both))
        for run in both:
            now = losses(here, run)
            assert now == undisturbed(LONG)[: len(now)]
    finally:
        here.close()


def test_all_workers_end_with_a_killed_server_and_its_runs_go_on_under_the_next(
    start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server(3)
    first, second, waiting = said_ids(server)
    folder = tmp_path / "runs"
    until(lambda: all(list((folder / run / "checkpoints").glob("*")) for run in (first, second)))
    processes = children(server.pid)
    assert len(processes) == 3  # two at work, and one kept warm
    server.kill()
    server.wait()
    # At once the next: the workers may still be writing their last checkpoint.
    runs = service(folder)
    try:
        until(lambda: not any(map(alive, processes)), seconds=5)
        until(lambda: {status.state for status in runs.runs(MINE)} == {"interrupted"})
        assert len(runs.runs(MINE)) == 3
        before = {run: losses(runs, run) for run in (first, second)}
        for run in (first, waiting):
            runs.go_on(run, MINE)
        until(lambda: len(losses(runs, first)) > len(before[first]))
        until(lambda: losses(runs, waiting))
        # Nothing was lost: it goes on from the step it was at, and tells no step twice.
        now = losses(runs, first)
        assert now == undisturbed(LONG)[: len(now)]
        (marker,) = (event for event in runs.store.events(first) if event["kind"] == "continued")
        assert marker["step"] == len(before[first])
    finally:
        runs.close()
    assert [(runs.store.last(run) or {})["reason"] for run in (first, waiting)] == ["server", "server"]


def test_one_of_two_servers_takes_each_run_of_a_killed_one_up_whatever_their_clocks_say(
    start_server: StartServer, tmp_path: Path
) -> None:
    hour = 3600.0
    dying, *living = start_server(2, fast=hour), start_server(0), start_server(0, fast=-hour)
    handed_in, _, _ = map(said_ids, (dying, *living))
    store = Store(tmp_path / "runs")
    until(lambda: all(store.checkpoints(run) for run in handed_in))
    dying.kill()
    dying.wait()
    ahead = time.time() + hour
    for file in store.root.rglob("*"):
        with suppress(FileNotFoundError):  # its workers are ending
            os.utime(file, (ahead, ahead))

    def trained() -> list[str]:
        return sorted(run for server in living for run in workers(server.pid).values())

    until(lambda: trained() == sorted(handed_in))
    for run in handed_in:

        def events_of(kind: str, run: str = run) -> list[Event]:
            return [event for event in store.events(run) if event["kind"] == kind]

        until(lambda events_of=events_of: events_of("continued"))
        (marker,) = events_of("continued")
        until(lambda events_of=events_of, marker=marker: events_of("batch")[-1]["step"] != marker["step"])
        now = [(event["step"], event["loss"]) for event in events_of("batch")]
        assert now == undisturbed(LONG)[: len(now)]
        assert len(events_of("continued")) == 1
    assert trained() == sorted(handed_in)
