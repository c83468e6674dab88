"""Many learners and their runs, with workers that do nothing but note what they are told."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dlviz.training.runs import scheduler, service
from dlviz.training.runs.journal import Journal
from dlviz.training.runs.owner import hashed, new_token
from dlviz.training.runs.service import Refused, Service
from dlviz.training.runs.steering import Command
from dlviz.training.runs.store import Store, UnknownRun
from tests.tiny_training import Config

MINE, OTHERS = new_token(), new_token()


class Job:
    """A worker that never ends by itself."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.told, self.code = folder, list[Command](), None

    def send(self, command: Command) -> None:
        self.told.append(command)

    def ended(self) -> int | None:
        return self.code

    def hang_up(self) -> None:
        self.code = 0

    def kill(self) -> None:
        self.code = -9

    def end(self, reason: str) -> None:
        with Journal(self.folder) as written:
            written.write({"kind": "end", "reason": reason, "sentence": f"It is {reason}."})
        self.code = 0


class Launcher:
    """Notes the runs in the order in which they began."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.fails = False

    def prepare(self) -> None: ...

    def launch(self, folder: Path) -> Job:
        if self.fails:
            raise OSError("no process")
        self.jobs[folder.name] = Job(folder)
        return self.jobs[folder.name]

    def close(self) -> None: ...


@pytest.fixture
def launcher() -> Launcher:
    return Launcher()


@pytest.fixture
def runs(tmp_path: Path, launcher: Launcher, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setattr(scheduler, "TICK", 0.01)
    made = Service(Store(tmp_path), launcher, at_a_time=2)
    yield made
    made.close()


def until(true: Callable[[], object]) -> None:
    """Wait for what the watching thread does."""
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def state(runs: Service, run: str) -> str:
    return runs.status(run).state


def submitted(runs: Service, count: int, token: str = MINE) -> list[str]:
    return [runs.submit(Config(), token) for _ in range(count)]


def test_two_at_a_time_the_others_wait_and_know_their_place(runs: Service, launcher: Launcher) -> None:
    first, second, third, fourth = submitted(runs, 4)
    until(lambda: len(launcher.jobs) == 2)
    shown = [runs.status(run) for run in (first, second, third, fourth)]
    assert [(each.state, each.place, each.queue) for each in shown] == [
        ("running", None, 2),
        ("running", None, 2),
        ("waiting", 1, 2),
        ("waiting", 2, 2),
    ]
    launcher.jobs[first].end("done")
    until(lambda: third in launcher.jobs)
    ended = runs.status(first)
    assert (ended.state, ended.reason, ended.sentence, ended.can_go_on) == (
        "ended",
        "done",
        "It is done.",
        False,
    )
    assert runs.status(fourth).place == 1


def test_thirty_learners_are_served_in_turn(runs: Service, launcher: Launcher) -> None:
    tokens = [new_token() for _ in range(30)]
    held = {run: token for token in tokens for run in submitted(runs, 2, token)}
    threads = [
        threading.Thread(target=lambda token=token: held.update({runs.submit(Config(), token): token}))
        for token in tokens
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    begun = 0
    while begun < 90:
        until(lambda begun=begun: len(launcher.jobs) >= min(begun + 2, 90))
        for job in list(launcher.jobs.values())[begun:]:
            job.end("done")
            begun += 1
    order = [held[run] for run in launcher.jobs]
    # The first learner's two began at once, while nobody else was there.
    assert sorted(order) == sorted(3 * tokens)
    for token in tokens[1:]:
        first, second, third = (at for at, other in enumerate(order) if other == token)
        assert first <= 31 < second <= 60 < third


def test_only_its_owner_steers_a_run_and_anyone_watches_it(runs: Service, launcher: Launcher) -> None:
    (run,) = submitted(runs, 1)
    until(lambda: run in launcher.jobs)
    asked = (
        lambda: runs.pause(run, OTHERS),
        lambda: runs.resume(run, OTHERS),
        lambda: runs.stop(run, OTHERS),
        lambda: runs.change_rate(run, OTHERS, 0.1),
        lambda: runs.go_on(run, OTHERS),
        lambda: runs.pin(run, OTHERS, True),
        lambda: runs.rename(run, OTHERS, "mine"),
        lambda: runs.delete(run, OTHERS),
        lambda: runs.stop(run, hashed(MINE)),  # what the disk knows is no token
    )
    for ask in asked:
        with pytest.raises(Refused, match="another learner's"):
            ask()
    assert launcher.jobs[run].told == []
    assert (runs.status(run).pinned, runs.status(run).name, state(runs, run)) == (False, "", "running")
    assert (runs.owned_by(run, MINE), runs.owned_by(run, OTHERS), runs.owned_by(run, None)) == (
        True,
        False,
        False,
    )
    assert MINE not in (runs.store.folder(run) / "meta.json").read_text()


def test_my_runs_are_mine_the_newest_first(runs: Service) -> None:
    mine = submitted(runs, 3)
    theirs = submitted(runs, 1, OTHERS)
    assert [status.run for status in runs.runs(MINE)] == mine[::-1]
    assert [status.run for status in runs.runs(OTHERS)] == theirs
    assert runs.runs(new_token()) == []


@pytest.mark.parametrize("run", ["../" * 3, "..", "", "f" * 20])
def test_what_is_no_run_is_a_sentence(runs: Service, run: str) -> None:
    for ask in (runs.pause, runs.resume, runs.stop, runs.go_on, runs.delete, runs.owned_by):
        with pytest.raises(UnknownRun, match="There is no run of that name here"):
            ask(run, MINE)
    with pytest.raises(UnknownRun):
        runs.status(run)


def test_two_tabs_steer_one_run_without_harm(runs: Service, launcher: Launcher) -> None:
    (run,) = submitted(runs, 1)
    until(lambda: run in launcher.jobs)
    job = launcher.jobs[run]
    for do in (runs.pause, runs.pause):
        do(run, MINE)
        assert state(runs, run) == "paused"
    for do in (runs.resume, runs.resume, runs.go_on):
        do(run, MINE)
        assert state(runs, run) == "running"
    runs.stop(run, MINE)
    runs.stop(run, MINE)
    job.end("stopped")
    until(lambda: state(runs, run) == "ended")
    told = len(job.told)
    for do in (runs.stop, runs.pause):
        do(run, MINE)
    assert (len(job.told), state(runs, run)) == (told, "ended")
    for do in (runs.go_on, runs.resume):
        do(run, MINE)
    until(lambda: launcher.jobs[run] is not job)
    assert state(runs, run) == "running"


def test_a_run_that_waits_is_stopped_in_the_queue_and_can_go_on(runs: Service, launcher: Launcher) -> None:
    first, _, waiting = submitted(runs, 3)
    runs.pause(waiting, MINE)
    runs.stop(waiting, MINE)
    shown = runs.status(waiting)
    assert (shown.state, shown.reason, shown.place, shown.queue) == ("ended", "stopped", None, 0)
    runs.go_on(waiting, MINE)
    assert state(runs, waiting) == "waiting"
    launcher.jobs[first].end("done")
    until(lambda: waiting in launcher.jobs)


def test_a_run_that_has_done_all_does_not_go_on(runs: Service, launcher: Launcher) -> None:
    (run,) = submitted(runs, 1)
    until(lambda: run in launcher.jobs)
    launcher.jobs[run].end("done")
    until(lambda: state(runs, run) == "ended")
    with pytest.raises(Refused, match="nothing left"):
        runs.go_on(run, MINE)


@pytest.mark.parametrize("value", [0.0, -0.1, float("nan"), float("inf")])
def test_a_learning_rate_is_a_number_above_zero(runs: Service, launcher: Launcher, value: float) -> None:
    (run,) = submitted(runs, 1)
    until(lambda: run in launcher.jobs)
    with pytest.raises(Refused, match="above 0"):
        runs.change_rate(run, MINE, value)
    runs.change_rate(run, MINE, 0.5)
    assert launcher.jobs[run].told == [{"do": "rate", "value": 0.5}]


def test_a_worker_that_ends_without_a_word_is_reported(runs: Service, launcher: Launcher) -> None:
    killed, other = submitted(runs, 2)
    until(lambda: len(launcher.jobs) == 2)
    launcher.jobs[killed].code = -9
    until(lambda: state(runs, killed) == "interrupted")
    shown = runs.status(killed)
    assert "was killed (signal 9). It can go on from its last checkpoint" in shown.sentence
    assert (shown.can_go_on, state(runs, other)) == (True, "running")
    # It goes on, and is killed before it has said anything new.
    launcher.jobs[other].end("done")
    runs.go_on(killed, MINE)
    until(lambda: launcher.jobs[killed].code is None)
    launcher.jobs[killed].code = 1
    until(lambda: "exit code 1" in runs.status(killed).sentence)


def test_a_worker_that_does_not_stop_is_killed(
    runs: Service, launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "OVERDUE", 0.05)
    (run,) = submitted(runs, 1)
    until(lambda: run in launcher.jobs)
    runs.stop(run, MINE)
    until(lambda: state(runs, run) == "ended")
    assert (launcher.jobs[run].code, runs.status(run).reason) == (-9, "stopped")


def test_a_paused_run_makes_room_only_when_others_wait(
    runs: Service, launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "PAUSED", 0.05)
    paused, running = submitted(runs, 2)
    until(lambda: len(launcher.jobs) == 2)
    runs.pause(paused, MINE)
    time.sleep(0.3)
    assert launcher.jobs[paused].told == [{"do": "pause"}]
    (waiting,) = submitted(runs, 1, OTHERS)
    until(lambda: {"do": "aside"} in launcher.jobs[paused].told)
    assert launcher.jobs[running].told == []
    launcher.jobs[paused].code = 0
    until(lambda: waiting in launcher.jobs)
    assert state(runs, paused) == "interrupted"
    runs.resume(paused, MINE)
    assert state(runs, paused) == "waiting"


def test_where_no_process_can_be_started_a_run_says_so(runs: Service, launcher: Launcher) -> None:
    launcher.fails = True
    (run,) = submitted(runs, 1)
    until(lambda: state(runs, run) == "interrupted")
    assert "could not be started" in runs.status(run).sentence


def test_nobody_fills_the_queue_alone(runs: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "WAITING", 3)
    submitted(runs, 2)
    until(lambda: runs.status(runs.runs(MINE)[0].run).queue == 0)
    submitted(runs, 3)
    with pytest.raises(Refused, match="3 runs in the queue"):
        runs.submit(Config(), MINE)
    runs.submit(Config(), OTHERS)


def test_a_run_is_deleted_when_it_has_ended(runs: Service, launcher: Launcher) -> None:
    run, _, waiting = submitted(runs, 3)
    until(lambda: run in launcher.jobs)
    for busy in (run, waiting):
        with pytest.raises(Refused, match="stop it first"):
            runs.delete(busy, MINE)
    runs.stop(waiting, MINE)
    runs.delete(waiting, MINE)
    assert waiting not in [status.run for status in runs.runs(MINE)]


def test_old_runs_are_dropped_but_none_that_is_pinned_running_or_waiting(
    runs: Service, launcher: Launcher
) -> None:
    old, pinned = submitted(runs, 2)
    until(lambda: len(launcher.jobs) == 2)
    runs.pin(pinned, MINE, True)
    for run in (old, pinned):
        launcher.jobs[run].end("done")
    until(lambda: state(runs, pinned) == "ended")
    busy = submitted(runs, 4)
    runs.total = 0
    runs.tidy()
    assert {status.run for status in runs.runs(MINE)} == {pinned, *busy}
    with pytest.raises(UnknownRun):
        runs.status(old)


def test_what_a_dead_server_left_can_go_on(tmp_path: Path) -> None:
    store = Store(tmp_path)
    trained, waited, ended = (store.create(Config().to_json(), hashed(MINE), "") for _ in range(3))
    for run, kind in ((trained, "start"), (ended, "end")):
        with Journal(store.folder(run)) as written:
            written.write({"kind": kind, "reason": "done", "sentence": "Done."})
    launcher = Launcher()
    runs = Service(store, launcher, at_a_time=2)
    try:
        shown = [runs.status(run) for run in (trained, waited, ended)]
        assert [(each.state, each.can_go_on) for each in shown] == [
            ("interrupted", True),
            ("interrupted", True),
            ("ended", False),
        ]
        assert (shown[0].sentence, shown[1].sentence) == (scheduler.SERVER, scheduler.TURN)
        assert launcher.jobs == {}
        runs.go_on(trained, MINE)
        until(lambda: trained in launcher.jobs)
    finally:
        runs.close()


def test_a_run_of_another_server_is_left_alone_until_that_has_ended(tmp_path: Path) -> None:
    store = Store(tmp_path)
    run = store.create(Config().to_json(), hashed(MINE), "")
    with Journal(store.folder(run)) as written:
        written.write({"kind": "start"})
        runs = Service(store, Launcher(), at_a_time=2, total=0)
        assert state(runs, run) == "running"
        with pytest.raises(Refused, match="another server"):
            runs.stop(run, MINE)
        runs.tidy()
        assert store.ids() == [run]
    until(lambda: state(runs, run) == "interrupted")
    runs.close()
