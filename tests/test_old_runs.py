"""Runs that an earlier version has left on the disk are read, shown and gone on with as they were then.

`tests/fixtures/runs.json` says of each run, by its name, what that version made of it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.training.analysis.history import history
from dlviz.training.config import TrainingConfig
from dlviz.training.loop import train
from dlviz.training.runs.service import Refused, Service
from dlviz.training.runs.store import Store
from dlviz.training.state import State
from dlviz.training.tasks import own
from tests import old_runs
from tests.runs import losses, of_kind
from tests.training_runs.idle import OTHERS, Launcher

THEN: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "fixtures" / "runs.json").read_text(encoding="utf-8")
)
WITH_WEIGHTS = [name for name, then in THEN.items() if then["checkpoints"]]
# These have ended, so that what they did after their last but one checkpoint is written down.
REPEATED = ["Finished", "Early", "Steered", "Own table", "Own drawings", "Letters"]
UNFINISHED = [name for name, then in THEN.items() if "next_losses" in then]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    old_runs.copy_into(tmp_path)
    return Store(tmp_path)


@pytest.fixture
def service(store: Store) -> Iterator[Service]:
    made = Service(store, Launcher())
    yield made
    made.close()


def gone_on(store: Store, run: str, step: int) -> list[dict[str, Any]]:
    """The events that follow the checkpoint of that step, learned now."""
    config = TrainingConfig.from_json(store.config(run))
    start = State.load(store.checkpoints(run)[step])
    return list(train(config, start=start, own=own.read(config.task, store.folder(run))))


def test_their_owner_finds_all_of_them_and_nobody_else_does(service: Service) -> None:
    found = {status.name: status for status in service.runs(old_runs.OWNER)}
    assert found.keys() == THEN.keys() == old_runs.IDS.keys()
    for name, then in THEN.items():
        status = found[name]
        now = {key: getattr(status, key) for key in ("state", "reason", "can_go_on", "pinned")}
        assert now == {key: then[key] for key in now}, name
    assert service.runs(OTHERS) == []


def test_their_owner_alone_may_change_them(service: Service) -> None:
    run = old_runs.IDS["Finished"]
    with pytest.raises(Refused):
        service.rename(run, OTHERS, "mine")
    service.rename(run, old_runs.OWNER, "Another name")
    service.pin(run, old_runs.OWNER, False)
    status = service.status(run)
    assert (status.name, status.pinned) == ("Another name", False)


@pytest.mark.parametrize("name", THEN)
def test_what_they_have_told_gives_the_same_curves(store: Store, name: str) -> None:
    then, told = THEN[name], history(store.events(old_runs.IDS[name]))
    assert told.step == then["step"]
    assert [[mark.kind, mark.step] for mark in told.marks] == then["marks"]
    assert told.batches["step"].tolist() == [*range(1, told.step + 1)]
    assert {column: told.batches[column][-1:].tolist() for column in then["batch"]} == then["batch"]
    assert {column: told.epochs[column][-1:].tolist() for column in then["epoch"]} == then["epoch"]


@pytest.mark.parametrize("name", THEN)
def test_what_they_were_told_to_do_is_understood(store: Store, name: str) -> None:
    text = store.config(old_runs.IDS[name])
    written = json.loads(text)
    again = json.loads(TrainingConfig.from_json(text).to_json())
    assert {key: again[key] for key in written} == written


@pytest.mark.parametrize("name", WITH_WEIGHTS)
def test_their_networks_answer_as_they_did(store: Store, name: str) -> None:
    then, files = THEN[name], store.checkpoints(old_runs.IDS[name])
    assert list(files) == then["checkpoints"]
    states = {step: State.load(file) for step, file in files.items()}
    newest = states[max(states)]
    np.testing.assert_allclose(
        old_runs.answer(newest.model()), [*map(float, then["answer"])], rtol=1e-4, atol=1e-5
    )
    assert newest.class_name == then["network"]
    assert newest.facts["classes"] == then["classes"]
    # Of a long run's checkpoints the newest two alone can be gone on from.
    assert [step for step, state in states.items() if state.random] == then["whole"]


@pytest.mark.parametrize("name", REPEATED)
def test_from_a_checkpoint_they_learn_what_they_have_learned(store: Store, name: str) -> None:
    run = old_runs.IDS[name]
    step = THEN[name]["whole"][-2]
    happened, then = gone_on(store, run, step), store.events(run)
    recorded = [event["loss"] for event in of_kind(then, "batch") if event["step"] > step]
    assert losses(happened) == pytest.approx(recorded, rel=1e-5)
    measured = [event["loss"] for event in of_kind(then, "epoch") if event["step"] > step]
    assert [event["loss"] for event in of_kind(happened, "epoch")] == pytest.approx(measured, rel=1e-5)
    assert happened[-1]["reason"] == then[-1]["reason"]


@pytest.mark.parametrize("name", UNFINISHED)
def test_those_that_had_not_ended_go_on_to_their_end(store: Store, name: str) -> None:
    then = THEN[name]
    happened = gone_on(store, old_runs.IDS[name], then["whole"][-1])
    assert losses(happened) == pytest.approx(then["next_losses"], rel=1e-5)
    assert happened[-1]["reason"] == "done"


def test_a_diverged_run_has_a_loss_that_is_no_number_and_has_ended_for_good(store: Store) -> None:
    run = old_runs.IDS["Diverged"]
    assert gone_on(store, run, THEN["Diverged"]["whole"][-1])[-1]["reason"] == "diverged"
