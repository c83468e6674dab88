"""Fine-tunings of this server's runs, as labs open them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dlviz.finetuning import NoFineTuning
from dlviz.training.runs import service

if TYPE_CHECKING:
    from dlviz.finetuning.delta import Delta


def find_newest_checkpoint(run: str) -> Path:
    """Find the newest checkpoint of a run.

    Raises: NoFineTuning if there is none; UnknownRun if the run is gone.
    """
    files = list(service.shared().store.checkpoints(run).values())
    if not files:
        raise NoFineTuning("This run has no checkpoint left: train it again.")
    return files[-1]


def read_delta(run: str) -> Delta:
    """Read what a run's fine-tuning has changed so far.

    Raises: NoFineTuning if it has no checkpoint, or a damaged one, or fine-tunes no encoder; UnknownRun.
    """
    from dlviz.finetuning.delta import Delta

    return Delta.from_checkpoint(find_newest_checkpoint(run))
