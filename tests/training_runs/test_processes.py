"""Real worker processes: steered, killed, and ended with their server."""

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from dlviz.paths import ROOT
from dlviz.training.runs import scheduler
from dlviz.training.runs.owner import new_token
from dlviz.training.runs.service import Refused, Service
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


@contextmanager
def serving(folder: Path, count: int) -> Iterator[subprocess.Popen[str]]:
    """A server in a process of its own, which hands in so many long runs."""
    command = [sys.executable, "-m", "tests.training_runs.tiny_server", str(folder), MINE, str(count)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A folder with room for one megabyte."""
    folder = tmp_path / "small"
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
    small: Path,
) -> None:
    here = service(small)
    try:
        with serving(small, 1) as there:
            assert there.stdout
            theirs, mine = there.stdout.readline().strip(), here.submit(LONG, MINE)
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


@pytest.fixture
def server(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with serving(tmp_path / "runs", 3) as process:
        yield process


def test_all_workers_end_with_a_killed_server_and_its_runs_go_on_under_the_next(
    server: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert server.stdout
    first, second, waiting = server.stdout.readline().split()
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
