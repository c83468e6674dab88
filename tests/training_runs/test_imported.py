"""Imported weights: a run on disk that was never trained."""

import errno
from pathlib import Path

import pytest
import torch

from dlviz.training.config import TrainingConfig
from dlviz.training.runs.journal import DiskFull, Journal
from dlviz.training.runs.store import Store, UnknownRun
from dlviz.training.state import Progress, State

OLD = "Weights brought in from a file: they were not trained here."  # as it lies on disk


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def given() -> State:
    """A network at step 0, as a file gives it."""
    weights = {"weight": torch.arange(6.0).reshape(2, 3)}
    facts: dict[str, object] = {"classes": ["no", "yes"]}
    return State(TrainingConfig(), "MLP", {"num_classes": 2}, facts, Progress(), weights, {}, {}, {})


def test_imported_weights_are_a_run_that_has_ended(store: Store, given: State) -> None:
    run = store.import_weights(given, "hash", "The file itself says what it is.")
    assert store.kind(run) == "imported"
    meta = store.meta(run)
    assert (meta.owner, meta.name) == ("hash", "Brought in: MLP")
    assert TrainingConfig.from_json(store.config(run)) == given.config
    (step, file), *others = store.checkpoints(run).items()
    assert (step, others) == (0, [])
    found = State.load(file)
    assert found.weights["weight"].equal(given.weights["weight"])
    assert (found.class_name, found.facts) == ("MLP", {"classes": ["no", "yes"]})
    start, note, _, end = store.events(run)
    assert start == {
        "kind": "start",
        "brought": True,
        "network": "MLP",
        "arguments": {"num_classes": 2},
        "classes": ["no", "yes"],
    }
    assert note == {"kind": "note", "sentence": "The file itself says what it is."}
    assert (end["kind"], end["reason"], end["step"]) == ("end", "done", 0)


def test_imported_weights_on_a_full_disk_leave_no_run(
    store: Store, given: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save(state: State, path: Path) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(State, "save", save)
    with pytest.raises(DiskFull):
        store.import_weights(given, "hash", "")
    assert store.ids() == []


@pytest.mark.parametrize(
    "sentence", ["Weights brought in from a file: they were not trained here.", "Other."]
)
def test_an_imported_run_is_known_by_its_first_event_whatever_its_sentences(
    store: Store, sentence: str
) -> None:
    def fill(made: Path) -> None:  # as it lies on disk since there are such runs
        (made / "events.jsonl").write_text(
            '{"kind": "start", "brought": true, "network": "MLP", "arguments": {}, "classes": ["0"]}\n'
            '{"kind": "note", "sentence": "From the file."}\n{"kind": "checkpoint", "step": 0, "epoch": 0}\n'
            f'{{"kind": "end", "reason": "done", "step": 0, "sentence": "{sentence}"}}\n'
        )

    assert store.kind(store.create("{}", "hash", "", fill)) == "imported"


def test_all_other_runs_are_trained_here(store: Store) -> None:
    run = store.create("{}", "hash", "")
    assert store.kind(run) == "trained"
    with Journal(store.folder(run)) as told:
        told.write({"kind": "start", "epochs": 1}, {"kind": "batch", "step": 1})
        told.write({"kind": "end", "reason": "done", "sentence": OLD})
    assert Store(store.root).kind(run) == "trained"
    store.delete(run)
    with pytest.raises(UnknownRun):
        store.kind(run)
