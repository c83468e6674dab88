"""What can go wrong around the runs: workers, servers, the disk, and learners in a hurry."""

import errno
import time
from pathlib import Path

import pytest

from dlviz.training.runs import scheduler, service
from dlviz.training.runs.events import NO_ROOM
from dlviz.training.runs.journal import DiskFull, Journal
from dlviz.training.runs.owner import hashed
from dlviz.training.runs.service import Refused, Service
from dlviz.training.runs.store import Store, UnknownRun
from tests.training_runs.idle import MINE, OTHERS, Launcher, state, submitted
from tests.training_runs.processes import until
from tests.training_runs.tiny_training import Config


@pytest.mark.parametrize("value", [0.0, -0.1, float("nan"), float("inf")])
def test_a_learning_rate_is_a_number_above_zero(runs: Service, launcher: Launcher, value: float) -> None:
    (run,) = submitted(runs, 1)
    until(lambda: run in launcher.jobs)
    with pytest.raises(Refused, match="above 0"):
        runs.change_rate(run, MINE, value)
    with pytest.raises(Refused, match="above 0"):
        runs.scale_rate(run, MINE, value)
    runs.change_rate(run, MINE, 0.5)
    runs.scale_rate(run, MINE, 10)
    assert launcher.jobs[run].told == [{"do": "rate", "value": 0.5}, {"do": "scale", "factor": 10.0}]


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


def test_a_run_may_end_twice_in_the_same_way(runs: Service, launcher: Launcher) -> None:
    (run,) = submitted(runs, 1)
    for _ in range(2):
        until(lambda: run in launcher.jobs)
        launcher.jobs.pop(run).end("failed")
        until(lambda: state(runs, run) == "ended")
        assert (runs.status(run).reason, runs.status(run).sentence) == ("failed", "It is failed.")
        runs.go_on(run, MINE)


def test_a_worker_that_does_not_make_room_is_killed_and_that_is_told(
    runs: Service, launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "PAUSED", 0.02)
    monkeypatch.setattr(scheduler, "OVERDUE", 0.02)
    paused, _, _ = submitted(runs, 3)
    until(lambda: paused in launcher.jobs)
    runs.pause(paused, MINE)
    until(lambda: state(runs, paused) == "interrupted")
    assert launcher.jobs[paused].code == -9
    assert "had to make room for others" in runs.status(paused).sentence


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


def test_a_long_run_gives_way_to_another_learner_and_waits_for_its_next_turn(
    runs: Service, launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "SLICE", 0.05)
    long, other, third = submitted(runs, 3)
    until(lambda: len(launcher.jobs) == 2)
    time.sleep(0.3)
    # Who waits for their own runs waits until these have ended.
    assert launcher.jobs[long].told == launcher.jobs[other].told == []
    monkeypatch.setattr(scheduler, "SLICE", 300)
    (new,) = submitted(runs, 1, OTHERS)
    monkeypatch.setattr(scheduler, "SLICE", 0.05)
    until(lambda: {"do": "aside"} in launcher.jobs[long].told)
    assert launcher.jobs[other].told == []  # one place is wanted, and one is given
    monkeypatch.setattr(scheduler, "SLICE", 300)
    launcher.jobs.pop(long).give_way()
    until(lambda: new in launcher.jobs)
    assert state(runs, other) == state(runs, new) == "running"
    assert [runs.status(run).place for run in (third, long)] == [1, 2]
    launcher.jobs[new].end("done")
    launcher.jobs[other].end("done")
    until(lambda: long in launcher.jobs)
    assert state(runs, long) == "running"


def test_a_run_that_is_stopped_while_it_gives_way_does_not_go_on(
    runs: Service, launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "SLICE", 0.05)
    long, _ = submitted(runs, 2)
    submitted(runs, 1, OTHERS)
    until(lambda: {"do": "aside"} in launcher.jobs[long].told)
    runs.stop(long, MINE)
    launcher.jobs[long].give_way()
    until(lambda: len(launcher.jobs) == 3)
    assert state(runs, long) == "interrupted"


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


def test_a_run_made_while_the_clock_was_an_hour_ahead_is_no_newer_than_the_runs_after_it(
    runs: Service, launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as clock:
        clock.setattr("time.time", lambda: 1.8e9 + 3600)
        ahead = submitted(runs, 1)
    with monkeypatch.context() as clock:
        clock.setattr("time.time", lambda: 1.8e9)
        after = submitted(runs, 1)
    again = Store(runs.store.root).create(Config().to_json(), hashed(MINE), "")  # by another server
    assert [status.run for status in runs.runs(MINE)] == [again, *after, *ahead]
    until(lambda: len(launcher.jobs) == 2)
    for run in (*ahead, *after):
        launcher.jobs[run].end("done")
    until(lambda: state(runs, after[0]) == "ended")
    runs.pin(again, MINE, True)
    runs.total = sum(runs.store.size(run) for run in (again, *after))
    runs.tidy()
    assert {status.run for status in runs.runs(MINE)} == {again, *after}


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


def test_an_end_that_finds_no_room_on_the_disk_is_told_all_the_same(
    runs: Service, launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise DiskFull(errno.ENOSPC, "full")

    (run,) = submitted(runs, 1)
    until(lambda: run in launcher.jobs)
    with monkeypatch.context() as disk:
        disk.setattr(Journal, "write", full)
        launcher.jobs[run].code = NO_ROOM
        until(lambda: state(runs, run) == "ended")
    shown = runs.status(run)
    assert (shown.reason, "The disk is full" in shown.sentence, shown.can_go_on) == ("full", True, True)
    runs.go_on(run, MINE)
    until(lambda: state(runs, run) == "running")


def test_a_run_that_finds_no_room_is_refused_with_a_sentence(
    runs: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    (earlier,) = submitted(runs, 1)

    def fsync(_: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("os.fsync", fsync)
    with pytest.raises(Refused, match="The disk is full"):
        runs.submit(Config(), MINE)
    assert [status.run for status in runs.runs(MINE)] == [earlier]
    for change in (lambda: runs.pin(earlier, MINE, True), lambda: runs.rename(earlier, MINE, "A")):
        with pytest.raises(Refused, match="The disk is full"):
            change()
    assert (runs.status(earlier).pinned, runs.status(earlier).name) == (False, "")
    assert list(runs.store.folder(earlier).glob("*.new")) == []
