"""Several servers on one folder of runs: who trains a run, what reaches it, and what one that dies leaves."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from dlviz.training.runs import scheduler, service
from dlviz.training.runs.journal import Journal
from dlviz.training.runs.owner import new_token
from dlviz.training.runs.servers import Claim, Servers
from dlviz.training.runs.service import Refused, Service
from dlviz.training.runs.store import META, Store
from tests.training_runs.idle import MINE, OTHERS, IdleCluster, Launcher, state, submitted
from tests.training_runs.processes import until
from tests.training_runs.tiny_training import Config

Serve = Callable[[], tuple[Service, Launcher]]


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Starts a server on the folder, whose workers are idle and whose clock nobody else knows."""
    monkeypatch.setattr(scheduler, "TICK", 0.01)
    monkeypatch.setattr(scheduler, "LOOK", 0.02)
    made = []

    def start() -> tuple[Service, Launcher]:
        launcher = Launcher()
        made.append(Service(Store(tmp_path), launcher, at_a_time=1))
        return made[-1], launcher

    yield start
    for each in made:
        each.close()


def crash(runs: Service) -> None:
    """End a server as a kill does: it says and writes nothing more."""
    runs._scheduler._closed = True
    runs._scheduler._news.set()
    runs._scheduler._thread.join()
    runs._scheduler.servers.leave()


def write(runs: Service, run: str, *events: dict[str, object]) -> None:
    with Journal(runs.store.folder(run)) as journal:
        journal.write(*events)


def test_a_learner_at_the_other_server_sees_and_steers_runs_where_they_are(serve: Serve) -> None:
    (here, launcher), (there, idle) = serve(), serve()
    trained, waiting = submitted(here, 2)
    until(lambda: trained in launcher.jobs)
    assert [(each.run, each.state, each.place) for each in there.runs(MINE)] == [
        (waiting, "waiting", None),
        (trained, "running", None),
    ]
    there.change_rate(trained, MINE, 0.5)
    there.pause(trained, MINE)
    until(lambda: state(here, trained) == state(there, trained) == "paused")
    there.resume(trained, MINE)
    there.go_on(waiting, MINE)  # it waits already
    there.stop(waiting, MINE)
    until(lambda: state(there, waiting) == "ended")
    assert here.status(waiting).sentence == scheduler.STOPPED
    there.stop(trained, MINE)
    until(lambda: {"do": "stop"} in launcher.jobs[trained].told)
    assert [told["do"] for told in launcher.jobs[trained].told] == ["rate", "pause", "resume", "stop"]
    with pytest.raises(Refused, match="another learner"):
        there.stop(trained, OTHERS)
    with pytest.raises(Refused, match="not ended"):
        there.delete(trained, MINE)
    there.total = 0
    there.tidy()
    assert trained in there.store.ids()
    launcher.jobs[trained].end("stopped")
    until(lambda: state(there, trained) == "ended")
    # The other server may go on with it now.
    there.go_on(trained, MINE)
    until(lambda: trained in idle.jobs)
    assert state(here, trained) == "running"
    assert len(launcher.jobs) == 1


def test_a_learner_at_the_other_server_has_a_run_trained_where_it_waits_for_the_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "LOOK", 0.02)
    here, there = (Service(Store(tmp_path), IdleCluster(places=0)) for _ in range(2))
    mine, others = Launcher(), Launcher()
    here._scheduler._local, there._scheduler._local = mine, others
    try:
        run, waiting = submitted(here, 2)
        with pytest.raises(Refused, match="another learner"):
            there.train_here(run, OTHERS)
        there.train_here(run, MINE)
        until(lambda: state(there, run) == "running")
        assert (state(there, waiting), here.place_of(run)) == ("waiting", "")
        # Asked again, as in two tabs, it is left as it is.
        there.train_here(run, MINE)
        there.pause(run, MINE)
        until(lambda: mine.jobs[run].told)
        assert (mine.jobs[run].told, others.jobs) == ([{"do": "pause"}], {})
    finally:
        here.close()
        there.close()


def test_a_command_that_came_too_late_is_not_for_the_runs_next_time(serve: Serve) -> None:
    (here, launcher), (there, idle) = serve(), serve()
    (run,) = submitted(here, 1)
    until(lambda: run in launcher.jobs)
    launcher.jobs[run].end("stopped")
    until(lambda: state(there, run) == "ended")
    there._scheduler.servers.tell(run, {"do": "stop"})
    there.go_on(run, MINE)
    until(lambda: run in idle.jobs)
    assert there._scheduler.servers.hear(run) == []


def test_a_name_and_a_pin_are_the_same_at_both(serve: Serve) -> None:
    (here, _), (there, _) = serve(), serve()
    (run,) = submitted(here, 1)
    assert there.status(run).name == ""
    here.rename(run, MINE, "Mine")
    there.pin(run, MINE, True)
    for runs in (here, there):
        assert (runs.status(run).name, runs.status(run).pinned) == ("Mine", True)
    # The clocks of two machines differ, a number does not: that of the newer run is greater.
    meta = here.store.folder(run) / META
    meta.write_text(json.dumps({**json.loads(meta.read_text()), "created": 4e9}))
    (newer,) = submitted(there, 1)
    assert [status.run for status in here.runs(MINE)] == [newer, run]


def test_runs_of_a_server_that_dies_are_taken_up_but_not_what_was_paused_or_stopped(serve: Serve) -> None:
    (dying, launcher), (living, other) = serve(), serve()
    trained, paused, stopped, waiting = submitted(dying, 4)
    # One at a time: each begins when the last one is put aside by its server's death.
    for run, word in ((trained, "running"), (paused, "paused"), (stopped, "running")):
        dying._scheduler.servers.note(run, word)
    until(lambda: trained in launcher.jobs)
    write(dying, trained, {"kind": "start"}, {"kind": "batch", "step": 1})
    write(dying, paused, {"kind": "start"}, {"kind": "paused", "step": 1})
    write(dying, stopped, {"kind": "end", "reason": "stopped", "sentence": "Stopped."})
    with Journal(dying.store.folder(trained)):  # its worker has not noticed yet
        crash(dying)
        until(lambda: waiting in other.jobs)
        assert state(living, trained) == "running"
        assert trained not in other.jobs
    other.jobs[waiting].end("done")
    until(lambda: trained in other.jobs)
    assert [state(living, run) for run in (paused, stopped)] == ["interrupted", "ended"]
    assert living.status(paused).sentence == scheduler.SERVER
    assert len(other.jobs) == 2
    # Nobody is forgotten and nobody remembered for ever.
    assert living._scheduler.servers.look() == []


def test_one_of_two_servers_gets_a_run_that_both_want(serve: Serve, tmp_path: Path) -> None:
    (here, _), (there, _) = serve(), serve()
    (run,) = submitted(here, 1)
    crash(here)
    crash(there)
    three = [Servers(tmp_path) for _ in range(3)]
    for each in three:
        each.enter()
    start, got = threading.Barrier(3), []

    def claim(servers: Servers) -> None:
        start.wait()
        got.append(servers.claim(run))

    threads = [threading.Thread(target=claim, args=(each,)) for each in three]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False, False, True]
    owner = three[0].read(run)
    assert owner in [Claim(each.id) for each in three]
    for each in three:
        each.leave()


@pytest.fixture
def cluster() -> IdleCluster:
    return IdleCluster(places=1)


@pytest.fixture
def two(tmp_path: Path, cluster: IdleCluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Service]]:
    """Two servers of one cluster, which has two places."""
    monkeypatch.setattr(scheduler, "TICK", 0.01)
    monkeypatch.setattr(scheduler, "LOOK", 0.02)
    monkeypatch.setattr(scheduler, "LEFT", 60.0)
    made = [Service(Store(tmp_path), cluster) for _ in range(2)]
    yield made
    for each in made:
        each.close()


def see_each_other(*servers: Service) -> None:
    """Until each has read what the others have told of their queues by now."""

    def has_looked(runs: Service, before: float) -> bool:
        return runs._scheduler._looked > before

    # A server tells after it has looked: its next look shows that this is done, and then the others read it.
    for _ in range(3):
        for runs in servers:
            until(partial(has_looked, runs, runs._scheduler._looked))


def end_first(cluster: IdleCluster) -> None:
    """Let the run that began first of those that are trained end, and wait until another has begun."""
    job, count = next(job for job in cluster.jobs.values() if job.code is None), len(cluster.jobs)
    job.end("done")
    until(lambda: len(cluster.jobs) > count)


def test_learners_at_two_servers_of_a_cluster_take_turns(two: list[Service], cluster: IdleCluster) -> None:
    here, there = two
    mine = submitted(here, 8)
    until(lambda: len(cluster.jobs) == 2)
    theirs = submitted(there, 3, OTHERS)
    see_each_other(here, there)
    for _ in range(6):
        end_first(cluster)
        see_each_other(here, there)
    # Whoever had a turn longest ago is next, wherever they wait: eight runs were handed in before the three.
    assert list(cluster.jobs) == [*mine[:2], theirs[0], mine[2], theirs[1], mine[3], theirs[2], mine[4]]


def test_of_those_who_never_had_a_turn_who_came_first_is_next(
    two: list[Service], cluster: IdleCluster
) -> None:
    here, there = two
    submitted(here, 3)
    until(lambda: len(cluster.jobs) == 2)
    third, fourth, fifth = (new_token() for _ in range(3))
    waiting = [*submitted(there, 1, third), *submitted(here, 1, fourth), *submitted(there, 1, fifth)]
    see_each_other(here, there)
    for _ in waiting:
        end_first(cluster)
        see_each_other(here, there)
    assert list(cluster.jobs)[2:] == waiting


def test_a_place_is_left_to_a_server_that_does_not_take_it_for_a_moment_only(
    two: list[Service], cluster: IdleCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = two
    mine = submitted(here, 3)
    until(lambda: len(cluster.jobs) == 2)
    submitted(there, 1, OTHERS)
    see_each_other(here, there)
    with there._scheduler.lock:  # it has come to a halt
        cluster.jobs[mine[0]].end("done")
        time.sleep(0.3)
        assert mine[2] not in cluster.jobs
        monkeypatch.setattr(scheduler, "LEFT", 0.05)
        until(lambda: mine[2] in cluster.jobs)


def test_a_long_run_gives_way_to_a_learner_at_the_other_server(
    two: list[Service], cluster: IdleCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = two
    long, other = submitted(here, 2)
    until(lambda: len(cluster.jobs) == 2)
    monkeypatch.setattr(scheduler, "SLICE", 0.05)
    see_each_other(here, there)
    assert cluster.jobs[long].told == []
    (waiting,) = submitted(there, 1, OTHERS)
    until(lambda: {"do": "aside"} in cluster.jobs[long].told)
    monkeypatch.setattr(scheduler, "SLICE", 300)
    see_each_other(here, there)
    assert cluster.jobs[other].told == []  # one place is wanted, and one is given
    cluster.jobs[long].give_way()
    until(lambda: waiting in cluster.jobs)
    assert [state(here, run) for run in (long, other, waiting)] == ["waiting", "running", "running"]


def test_two_servers_give_no_number_twice(serve: Serve) -> None:
    servers = [serve()[0] for _ in range(3)]
    threads = [threading.Thread(target=submitted, args=(each, 8)) for each in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store = servers[0].store
    assert sorted(store.meta(run).number for run in store.ids()) == [*range(1, 25)]


def test_nobody_fills_the_queues_of_two_servers(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "WAITING", 3)
    (here, launcher), (there, idle) = serve(), serve()
    for runs, jobs in ((here, launcher.jobs), (there, idle.jobs)):
        submitted(runs, 1, OTHERS)
        until(lambda jobs=jobs: jobs)
    submitted(here, 2)
    submitted(there, 1)
    for runs in (here, there):
        with pytest.raises(Refused, match="3 runs in the queue"):
            runs.submit(Config(), MINE)


def test_a_server_that_ends_in_order_leaves_its_queue_to_the_other(serve: Serve) -> None:
    (here, launcher), (there, idle) = serve(), serve()
    trained, waiting = submitted(here, 2)
    until(lambda: trained in launcher.jobs)
    here.close()
    until(lambda: trained in idle.jobs or waiting in idle.jobs)
    there.close()
    # The last one leaves them to nobody: they can go on when their owner likes.
    (next_one, last) = serve()
    until(lambda: {status.state for status in next_one.runs(MINE)} == {"interrupted"})
    assert last.jobs == {}
