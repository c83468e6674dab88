"""Many learners and their runs: whose turn it is, and who may do what."""

import threading

import pytest

from dlviz.training.runs.owner import hashed, new_token
from dlviz.training.runs.service import Refused, Service
from dlviz.training.runs.store import UnknownRun
from tests.training_runs.idle import MINE, OTHERS, Launcher, state, submitted
from tests.training_runs.processes import until
from tests.training_runs.tiny_training import Config


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
