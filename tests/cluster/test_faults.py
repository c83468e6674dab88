"""Faults of a cluster: each is a sentence, and nothing that was learned is lost."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from dlviz.paths import ROOT
from dlviz.training.cluster import launcher as cluster_launcher
from dlviz.training.cluster import on_worker
from dlviz.training.cluster.launcher import GONE, NO_GPU, ClusterLauncher, Worker, find_problem
from dlviz.training.cluster.mirror import Mirror
from dlviz.training.cluster.on_worker import Found, News
from dlviz.training.cluster.security import FILES, TLS
from dlviz.training.cluster.shared_folder import is_shared, read_token
from dlviz.training.runs import scheduler
from dlviz.training.runs.journal import EVENTS, Held, Journal
from dlviz.training.runs.owner import new_token
from dlviz.training.runs.service import SCHEDULER, Service, choose_launcher
from dlviz.training.runs.store import Store
from tests.cluster.processes import Cluster, no_torch, other_dask
from tests.cluster.test_training import LONG, no_event_twice, serving
from tests.training_runs.idle import IdleCluster
from tests.training_runs.processes import losses, until
from tests.training_runs.test_processes import learning, undisturbed
from tests.training_runs.tiny_training import Config

MINE = new_token()


def test_runs_outlive_a_scheduler_that_is_killed(tmp_path: Path) -> None:
    cluster = Cluster()
    cluster.start_scheduler()
    cluster.start_worker("only", tmp_path, "--places", "1")
    config = Config(steps=300, seconds=0.01, every=10)
    try:
        with serving(cluster, tmp_path) as runs:
            run = runs.submit(config, MINE)
            until(lambda: learning(runs, run))
            cluster.kill_scheduler()
            until(lambda: runs.status(run).state == "waiting")
            until(lambda: "does not answer" in runs.cluster_problem(run))
            # The training has ended with a checkpoint, and the next scheduler finds the worker again.
            cluster.start_scheduler()
            until(lambda: runs.status(run).state == "ended")
            assert losses(runs, run) == undisturbed(config)
            no_event_twice(runs, run)
            notes = [event["sentence"] for event in runs.store.events(run) if event["kind"] == "note"]
            assert notes == [GONE]
    finally:
        cluster.close()


def test_a_scheduler_that_never_answers_is_said_and_this_machine_trains_instead(tmp_path: Path) -> None:
    with serving(Cluster(), tmp_path) as runs:
        run = runs.submit(LONG, MINE)
        until(lambda: "does not answer" in runs.cluster_problem(run))
        assert (runs.status(run).state, runs.machines()) == ("waiting", [])
        runs.stop(run, MINE)
        assert runs.status(run).state == "ended"


@pytest.mark.parametrize("address", ["nowhere", "tcp://", "http://127.0.0.1:8786", "tcp://host:port"])
def test_a_wrong_address_is_a_sentence(tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SCHEDULER, address)
    chosen = choose_launcher(tmp_path)
    assert isinstance(chosen, ClusterLauncher)
    until(lambda: "has not answered yet" not in chosen.problem())
    chosen.close()
    assert chosen.problem() == f"{address} is no address of a scheduler: write one such as tcp://host:8786."


OLD = "2020.12.0"
SHORT = Config(steps=20, seconds=0.01, every=10)


def test_machines_with_another_dask_or_without_pytorch_are_named_and_left_alone(tmp_path: Path) -> None:
    cluster = Cluster()
    cluster.start_scheduler()
    cluster.start_worker("old", tmp_path, "--places", "1", PYTHONPATH=other_dask(tmp_path / "other", OLD))
    cluster.start_worker("bare", tmp_path, "--places", "1", PYTHONPATH=no_torch(tmp_path / "bare"))
    here = version("distributed")
    old = f"The machine old has Dask {OLD}, and this server Dask {here}: install the same on both."
    bare = "The machine bare has no PyTorch, so it trains nothing."
    try:
        with serving(cluster, tmp_path) as runs:
            run = runs.submit(SHORT, MINE)
            until(lambda: len(runs.machines() or ()) == 2)
            assert [(each.name, each.problem) for each in runs.machines() or ()] == [
                ("bare", bare),
                ("old", old),
            ]
            assert (runs.status(run).state, runs.cluster_problem(run) in (old, bare)) == ("waiting", True)
            cluster.start_worker("good", tmp_path, "--places", "1")
            until(lambda: runs.place_of(run) == "good")
            assert runs.cluster_problem(run) == ""
            until(lambda: runs.status(run).state == "ended")
            assert losses(runs, run) == undisturbed(SHORT)
    finally:
        cluster.close()


def test_a_scheduler_with_another_dask_is_named_and_the_run_waits_for_another(tmp_path: Path) -> None:
    cluster = Cluster()
    cluster.start_scheduler(PYTHONPATH=other_dask(tmp_path / "other", OLD))
    cluster.start_worker("only", tmp_path, "--places", "1")
    try:
        with serving(cluster, tmp_path) as runs:
            run = runs.submit(SHORT, MINE)
            until(lambda: OLD in runs.cluster_problem(run))
            assert runs.cluster_problem(run) == (
                f"The scheduler has Dask {OLD}, and this server Dask {version('distributed')}: "
                "install the same on both."
            )
            assert runs.status(run).state == "waiting"
            cluster.kill_scheduler()
            cluster.start_scheduler()
            until(lambda: runs.status(run).state == "ended")
            assert losses(runs, run) == undisturbed(SHORT)
    finally:
        cluster.close()


def test_a_run_that_asks_for_a_graphics_card_waits_for_a_machine_with_one(tmp_path: Path) -> None:
    cluster = Cluster()
    cluster.start_scheduler()
    cluster.start_worker("plain", tmp_path, "--places", "1", "--gpus", "0")
    on_card = Config(steps=300, seconds=0.01, every=10, device="cuda")
    try:
        with serving(cluster, tmp_path) as runs:
            first, second = (runs.submit(on_card, MINE) for _ in range(2))
            until(lambda: runs.cluster_problem(first) == NO_GPU)
            # It keeps nobody waiting, not even its owner's next run.
            plain = runs.submit(SHORT, MINE)
            assert runs.cluster_problem(plain) == ""
            until(lambda: runs.status(plain).state == "ended")
            assert [runs.status(run).state for run in (first, second)] == ["waiting", "waiting"]
            cluster.start_worker("card", tmp_path, "--places", "2", "--gpus", "1")
            until(lambda: learning(runs, first))
            assert runs.place_of(first) == "card"
            assert [(each.name, each.free, each.gpus) for each in runs.machines() or ()] == [
                ("card", 1, 1),
                ("plain", 1, 0),
            ]
            # The card is taken; that the other waits for it is no fault of the cluster.
            assert (runs.status(second).state, runs.cluster_problem(second)) == ("waiting", "")
            # A run that asks for none leaves that machine to others.
            plain = runs.submit(SHORT, MINE)
            until(lambda: runs.place_of(plain) is not None)
            assert runs.place_of(plain) == "plain"
            runs.stop(first, MINE)
            until(lambda: runs.place_of(second) == "card")
    finally:
        cluster.close()


VERSIONS = {"dlviz": "0.2.0", "torch": "2.13.0", "distributed": "2026.8.0"}


@pytest.mark.parametrize(
    ("found", "places", "said"),
    [
        ({"torch": "1.0"}, 1, "The machine lab has PyTorch 1.0, and this server 2.13.0: install the same."),
        (
            {"distributed": "2025.1.0"},
            1,
            "The machine lab has Dask 2025.1.0, and this server Dask 2026.8.0: install the same on both.",
        ),
        (
            {},
            0,
            "The machine lab offers no places: start its worker by dlviz worker, or with --resources run=2.",
        ),
        ({}, 1, ""),
    ],
)
def test_a_machine_that_cannot_train_is_named(
    found: dict[str, str], places: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_launcher, "version", lambda package: VERSIONS[package])
    worker = Worker("tcp://10.0.0.7:4000", "lab", places, 0)
    assert find_problem(worker, Found("", {**VERSIONS, **found}, True, {})) == said


def test_a_machine_without_pytorch_trains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_launcher, "version", lambda package: VERSIONS[package])
    versions = {package: number for package, number in VERSIONS.items() if package != "torch"}
    said = find_problem(Worker("", "lab", 1, 0), Found("", versions, True, {}))
    assert said == "The machine lab has no PyTorch, so it trains nothing."


def test_a_folder_is_shared_if_the_token_is_there_and_not_by_its_name(tmp_path: Path) -> None:
    token = read_token(tmp_path / "runs")
    (tmp_path / "link").symlink_to(tmp_path / "runs")
    (tmp_path / "other" / "runs").mkdir(parents=True)
    assert read_token(tmp_path / "runs") == token
    assert is_shared(tmp_path / "link", token)
    assert not is_shared(tmp_path / "other" / "runs", token)
    assert not is_shared(tmp_path / "nowhere", token)


def test_a_run_that_waits_at_one_server_is_not_taken_by_another(tmp_path: Path) -> None:
    first = Service(Store(tmp_path), IdleCluster(places=0))
    run = first.submit(Config(), MINE)
    cluster = IdleCluster(places=1)
    second = Service(Store(tmp_path), cluster)
    try:
        assert (second.status(run).state, cluster.jobs) == ("waiting", {})
        first.close()
        until(lambda: run in cluster.jobs)
    finally:
        second.close()


def test_learners_at_two_servers_take_turns_at_one_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scheduler, "LEFT", 60.0)  # however busy the processors are
    cluster = Cluster()
    cluster.start_scheduler()
    cluster.start_worker("only", tmp_path, "--places", "1")
    try:
        with serving(cluster, tmp_path) as here, serving(cluster, tmp_path) as there:
            first = here.submit(Config(steps=400, seconds=0.01, every=10), MINE)
            until(lambda: learning(here, first))
            # Longer than the moment in which a run that was refused a place is in no queue.
            config, other = Config(steps=200, seconds=0.01, every=10), new_token()
            mine = [here.submit(config, MINE) for _ in range(2)]
            theirs = [there.submit(config, other) for _ in range(2)]
            turns = [run for pair in zip(theirs, mine, strict=True) for run in pair]
            runs = [first, *turns]
            until(lambda: all(here.status(run).state == "ended" for run in runs))
            ends = {run: (tmp_path / run / EVENTS).stat().st_mtime_ns for run in runs}
            order = sorted(runs, key=ends.__getitem__)
            assert [runs.index(run) for run in order] == [*range(len(runs))]
            for run in turns:
                assert losses(here, run) == undisturbed(config)
    finally:
        cluster.close()


def test_a_machine_that_has_no_place_for_a_run_is_full_until_the_next_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = Cluster()
    cluster.start_scheduler()
    cluster.start_worker("only", tmp_path, "--places", "1")
    launcher: ClusterLauncher | None = None
    try:
        with serving(cluster, tmp_path) as here:
            first = here.submit(LONG, MINE)
            until(lambda: learning(here, first))
            folder = tmp_path / here.submit(SHORT, MINE)
            launcher = ClusterLauncher(cluster.address, tmp_path)
            until(launcher.machines)
            # A server that has not seen yet that the place is taken.
            (worker,) = launcher._workers.values()
            worker.places = 2
            assert launcher.has_place(folder)
            with monkeypatch.context() as blind:
                blind.setattr(ClusterLauncher, "_look", lambda *_: asyncio.sleep(0))
                job = launcher.launch(folder)
                until(lambda: job.ended() is not None)
                assert (job.lost(), launcher.has_place(folder)) == ("", False)
            until(lambda: launcher.has_place(folder))
            here.stop(first, MINE)
    finally:
        if launcher:
            launcher.close()
        cluster.close()


def test_a_place_that_two_servers_hand_out_at_once_is_taken_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_worker, "_trainings", {})
    # Stands for a Dask worker, of which no more is asked.
    resources = SimpleNamespace(total_resources={"run": 2, "cuda": 1})
    machine: Any = SimpleNamespace(local_directory=str(tmp_path), state=resources)

    def receive(key: str, **takes: int) -> bool:
        return asyncio.run(on_worker.receive(key, key, takes, {}, frozenset(), machine))

    assert [receive("first", run=1, cuda=1), receive("second", run=1, cuda=1)] == [True, False]
    assert [receive("third", run=1), receive("fourth", run=1)] == [True, False]
    on_worker._trainings["first"].code = 0
    assert receive("fourth", run=1, cuda=1)
    # A server that has died before it said that the run is to begin keeps no place for ever.
    monkeypatch.setattr(on_worker, "PENDING", 0.0)
    assert receive("fifth", run=1)


def mirrored(tmp_path: Path) -> tuple[Store, str]:
    store = Store(tmp_path)
    return store, store.create(Config().to_json(), "hash", "")


def test_a_mirror_takes_each_byte_once_and_refuses_a_gap(tmp_path: Path) -> None:
    store, run = mirrored(tmp_path)
    mirror = Mirror(store.folder(run))
    with pytest.raises(Held):
        Journal(store.folder(run))
    first, second = b'{"kind":"start"}\n', b'{"kind":"checkpoint","step":5}\n'
    mirror.write(News(None, len(first), first))
    file = {"5.safetensors": b"five"}
    mirror.write(News(None, len(first + second), second, file, {"5.safetensors": (7, 4)}))
    with pytest.raises(RuntimeError, match="missing"):
        mirror.write(News(None, 10_000, second))
    assert (store.folder(run) / "events.jsonl").read_bytes() == first + second
    assert store.checkpoints(run)[5].read_bytes() == b"five"
    # Thinned out by the worker: it is gone here too.
    mirror.write(News(0, len(first + second)))
    assert store.checkpoints(run) == {}
    mirror.close()
    assert not (store.folder(run) / "reserve").exists()


def test_a_run_goes_out_with_its_last_two_checkpoints_and_the_names_of_the_others(tmp_path: Path) -> None:
    store, run = mirrored(tmp_path)
    folder = store.folder(run) / "checkpoints"
    folder.mkdir()
    for step in (5, 10, 15):
        (folder / f"{step}.safetensors").write_bytes(b"%d" % step)
    (store.folder(run) / "own.csv").write_bytes(b"text,label\n")
    mirror = Mirror(store.folder(run))
    files, lacking = mirror.pack()
    mirror.close()
    assert files == {
        "config.json": Config().to_json().encode(),
        "own.csv": b"text,label\n",
        "events.jsonl": b"",
        "checkpoints/10.safetensors": b"10",
        "checkpoints/15.safetensors": b"15",
    }
    assert lacking == {"5.safetensors"}


def test_the_scheduler_listens_to_this_machine_alone_unless_it_has_certificates(tmp_path: Path) -> None:
    def read_refusal(*arguments: str, **environment: str) -> str:
        command = [sys.executable, "-m", "dlviz", *arguments]
        ended = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 1
        return ended.stderr.splitlines()[-1]

    assert read_refusal("scheduler", "--host", "0.0.0.0") == (
        f"Without certificates a scheduler listens to 127.0.0.1 alone: name their folder in {TLS}."
    )
    assert read_refusal("worker", "tcp://127.0.0.1:1", DLVIZ_DASK_TLS=str(tmp_path)) == (
        f"{TLS} names a folder with ca.pem, cert.pem, key.pem: ca.pem is missing."
    )


@pytest.fixture
def certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with an authority's certificate and one that it has signed, made as the README says."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not here")
    folder = tmp_path / "certificates"
    folder.mkdir()
    new = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9"]
    authority = ["-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=dlviz authority"]
    own = [
        "-keyout",
        "key.pem",
        "-out",
        "cert.pem",
        "-subj",
        "/CN=dlviz",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
    ]
    for arguments in (authority, own):
        subprocess.run([*new, *arguments], cwd=folder, check=True, capture_output=True)
    monkeypatch.setenv(TLS, str(folder))
    yield folder
    assert {file.name for file in folder.iterdir()} > {*FILES}


def test_a_run_is_trained_through_tls(tmp_path: Path, certificates: Path) -> None:
    cluster = Cluster("tls")
    cluster.start_scheduler()
    cluster.start_worker("only", tmp_path / "runs", "--places", "1")
    try:
        with serving(cluster, tmp_path / "runs") as runs:
            run = runs.submit(Config(), MINE)
            until(lambda: runs.status(run).state == "ended")
            assert losses(runs, run) == undisturbed(Config())
        plain = ClusterLauncher(cluster.address.replace("tls", "tcp"), tmp_path / "runs")
        until(lambda: "begins with tls://" in plain.problem())
        plain.close()
    finally:
        cluster.close()
