"""The real loop in the real worker: it goes on bit for bit, whatever happened to its process."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
import streamlit as st

from dlviz.training.config import Augmentation, TrainingConfig
from dlviz.training.examples_curve import CurveConfig, measure_curve, read_points
from dlviz.training.loop import train
from dlviz.training.loss_surface import Network, SurfaceConfig, read_surface
from dlviz.training.runs import service, worker
from dlviz.training.runs.command_reader import CommandReader
from dlviz.training.runs.launcher import LocalLauncher
from dlviz.training.runs.owner import hashed
from dlviz.training.runs.service import Service
from dlviz.training.runs.store import Store
from dlviz.training.state import State
from dlviz.training.tasks.own import FILES
from dlviz.ui.server import lifespan, model_cache
from tests.training_runs import tiny_server
from tests.training_runs.idle import MINE
from tests.training_runs.processes import alive, losses, silent_server, until, workers
from tests.training_runs.tiny_server import LONG

SMALL = TrainingConfig(
    model="MLP",
    samples=640,
    batch_size=16,
    epochs=3,
    scheduler="one-cycle",
    dropout=0.2,
    augmentation=Augmentation(rotation=10, noise=0.1),
)


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Service]:
    made = Service(Store(tmp_path), LocalLauncher(), at_a_time=1)
    yield made
    made.close()


def test_a_run_whose_worker_was_killed_ends_as_one_that_was_left_alone(runs: Service) -> None:
    run = runs.submit(SMALL, MINE)
    until(lambda: any(event["kind"] == "epoch" for event in runs.store.events(run)))
    (process,) = workers(os.getpid())
    os.kill(process, signal.SIGKILL)
    until(lambda: runs.status(run).state == "interrupted")
    runs.go_on(run, MINE)
    until(lambda: runs.status(run).state == "ended")
    assert runs.status(run).reason == "done"
    told = runs.store.events(run)
    assert any(event["kind"] == "continued" for event in told)

    alone = list(train(SMALL))
    assert losses(runs, run) == [
        (event["step"], event["loss"]) for event in alone if event["kind"] == "batch"
    ]
    measured = ("epoch", "step", "train_loss", "loss", "accuracy", "rate", "best", "confusion", "wrong")
    assert [[event[key] for key in measured] for event in told if event["kind"] == "epoch"] == [
        [event[key] for key in measured] for event in alone if event["kind"] == "epoch"
    ]
    final = State.load(list(runs.store.checkpoints(run).values())[-1])
    *_, last = (event["state"] for event in alone if event["kind"] == "checkpoint")
    assert isinstance(last, State)
    assert all(final.weights[name].equal(weight) for name, weight in last.weights.items())


def test_a_curve_whose_worker_was_killed_goes_on_with_the_points_that_it_lacks(runs: Service) -> None:
    config = CurveConfig("digits", 0, ("frozen",), (1, 2, 5))
    run = runs.submit(config, MINE)
    assert (runs.runs(MINE), [status.run for status in runs.curves(MINE)]) == ([], [run])
    until(lambda: read_points(runs.store.events(run)))
    (process,) = workers(os.getpid())
    os.kill(process, signal.SIGKILL)
    until(lambda: runs.status(run).state == "interrupted")
    runs.go_on(run, MINE)
    until(lambda: runs.status(run).state == "ended")
    measured = [event for event in runs.store.events(run) if event["kind"] == "point"]
    assert measured == [event for event in measure_curve(config) if event["kind"] == "point"]


def test_a_surface_is_measured_by_a_worker_and_is_no_run_to_look_at(tmp_path: Path) -> None:
    store, trainer = Store(tmp_path), worker._trainer()
    config = SurfaceConfig("random", (Network("mlp"),), examples=32, sides=(2, 3))
    run = store.create(config.to_json(), hashed(MINE), config.name)
    with silent_server() as commands:
        for _ in range(2):  # the second has nothing left to measure
            assert worker.work(store.folder(run), trainer, commands) == 0
    told = store.events(run)
    assert [event["kind"] for event in told] == ["surface", *["loss"] * 9, "end", "end"]
    surface = read_surface(config, told)
    assert surface is not None
    assert surface.is_whole
    runs = Service(store, LocalLauncher(), at_a_time=1)
    found = runs.runs(MINE), runs.curves(MINE), [(each.run, each.name) for each in runs.surfaces(MINE)]
    assert found == ([], [], [(run, config.name)])
    runs.close()


def test_a_learners_own_data_come_along_and_what_cannot_be_learned_from_is_a_sentence(tmp_path: Path) -> None:
    store, trainer = Store(tmp_path), worker._trainer()
    steering = CommandReader(iter([]), give_up=lambda: None)
    # No sentence stands there twice: those of one text stay on one side of the split.
    lines = [f"good and fine {number},1\nbad and sad {number},0\n" for number in range(20)]
    table = ("text,label\n" + "".join(lines)).encode()
    config = TrainingConfig(task="table", model="TextClassifier", samples=20, batch_size=5)
    own_data, no_data = (
        store.create(config.to_json(), "hash", "", fill)
        for fill in (lambda folder: (folder / FILES["table"]).write_bytes(table), None)
    )
    broken = store.create('{"epochs": 0}', "hash", "")
    for run in (own_data, no_data, broken):
        assert worker.work(store.folder(run), trainer, steering) == 0
    assert [event["kind"] for event in store.events(own_data)][:1] == ["start"]
    said = [(store.last(run) or {}) for run in (no_data, broken)]
    assert [event["reason"] for event in said] == ["failed", "failed"]
    assert str(said[0]["sentence"]).startswith("The table of this run is missing")
    assert str(said[1]["sentence"]).startswith("The number of epochs must be")


def test_no_worker_is_left_behind_by_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_cache, "start", lambda: None)
    monkeypatch.setattr(service, "Service", lambda: tiny_server.service(tmp_path))

    async def serve() -> list[int]:
        async with lifespan.lifespan(cast(st.App, None)):
            run = service.shared().submit(LONG, MINE)
            await asyncio.to_thread(until, lambda: service.shared().store.checkpoints(run))
            return list(workers(os.getpid()))

    processes = asyncio.run(serve())
    assert len(processes) == 1
    assert not any(map(alive, processes))
    (run,) = Store(tmp_path).ids()
    assert (Store(tmp_path).last(run) or {})["reason"] == "server"
