"""Runs that were really trained, in a store, without a worker."""

from functools import lru_cache
from pathlib import Path

from dlviz.training.config import TrainingConfig
from dlviz.training.loop import train
from dlviz.training.runs import checkpoints
from dlviz.training.runs.journal import Journal
from dlviz.training.runs.owner import hashed
from dlviz.training.runs.store import Store
from dlviz.training.tasks.own import Own


def trained(store: Store, config: TrainingConfig, owner: str, own: Own | None = None) -> str:
    """Train here and now, and write as a worker does; the run's id.

    Args:
        own: what a learner has drawn or written, where the task is about that.
    """
    run = store.create(config.to_json(), hashed(owner), "")
    with Journal(store.folder(run)) as journal:
        writer = checkpoints.Writer(journal)
        for event in _events(config.to_json(), own):
            if event["kind"] == "checkpoint":
                told = {name: value for name, value in event.items() if name != "state"}
                writer.write(told, event["state"])  # pyright: ignore[reportArgumentType]
            else:
                journal.write(event)
    return run


@lru_cache(maxsize=8)
def _events(config: str, own: Own | None) -> tuple[dict[str, object], ...]:
    return tuple(train(TrainingConfig.from_json(config), own=own))


def cut(store: Store, run: str, step: int) -> Path:
    """Damage a checkpoint: half of it is gone."""
    file = checkpoints.path(store.folder(run), step)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    return file
