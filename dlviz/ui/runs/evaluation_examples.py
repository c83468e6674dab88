"""Examples that a run is measured on, for the pictures of its mistakes."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from dlviz.training.config import TrainingConfig
from dlviz.training.options import PICTURES
from dlviz.training.runs import service
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.runs import checkpoints

EMBEDDED_CLOTHES = 12_000
OTHERS = 100  # examples whose answers are counted


def pictures(run: str, config: TrainingConfig) -> np.ndarray:
    """Pictures (n, 28, 28) uint8 or (n, 3, 32, 32) uint8, in the order of the mistakes' indices.

    They are as they were before a run shuffled their patches, so that a learner can read them.

    Raises: UnknownRun; BadTask or MissingData if the data are not here.
    """
    if config.task == "drawings":
        return _drawings(run)
    if config.per_class or config.classes:
        return _few(replace(config, shuffle=None))
    whole = config.samples > (EMBEDDED_CLOTHES if config.test else 10_000)
    return _public(config.task, config.test, config.task == "fashion" and whole)


@lru_cache(maxsize=8)
def _few(config: TrainingConfig) -> np.ndarray:
    """Pictures of some classes alone, or some of all."""
    from dlviz.training.tasks import prepare
    from dlviz.training.tasks.examples import Pictures

    measured = prepare(config).measured
    assert isinstance(measured, Pictures)
    return measured.images.numpy()


@lru_cache(maxsize=4)
def _public(task: str, test: bool, whole: bool) -> np.ndarray:
    from dlviz.data import cifar10, fashion, mnist
    from dlviz.training.tasks.preparation import HELD_OUT, HELD_OUT_CLOTHES

    sets = {"digits": mnist.digits, "fashion": fashion.whole if whole else fashion.clothes}
    split = sets.get(task, cifar10.pictures)
    if test:
        return split("test")[0].numpy()
    # Not through the cache: of all training pictures, only those held out stay in memory.
    images, _ = split.__wrapped__("train")
    held = HELD_OUT_CLOTHES if task == "fashion" and not whole else HELD_OUT
    return images[-held:].numpy().copy()


def count_answer(run: str, config: TrainingConfig, step: int, answer: int) -> tuple[int, int] | None:
    """Count the examples to which the network after a step gives an answer, of the first hundred.

    Returns: how many, and of how many; None for a run whose examples are no pictures or are not here.
    """
    from dlviz.data.mnist import MissingData
    from dlviz.training.state import BadState
    from dlviz.training.tasks import BadTask
    from dlviz.weights import BadWeights

    if kind(config) != "pictures" or config.task == "cifar10":
        return None
    try:
        checkpoint = checkpoints.load_checkpoint(run, step)
        shown = pictures(run, config)[:OTHERS].astype(np.float32) / 255
        said = [int(checkpoints.predict(checkpoint, pixels).argmax()) for pixels in shown]
    except (MissingData, BadTask, BadState, BadWeights, UnknownRun):
        return None
    return said.count(answer), len(said)


@lru_cache(maxsize=8)
def _drawings(run: str) -> np.ndarray:
    from dlviz.training.tasks.own import Drawings, parted, read

    own = read("drawings", service.shared().store.folder(run))
    assert isinstance(own, Drawings)
    classes = sorted(set(own.labels))
    _, held = parted([classes.index(label) for label in own.labels])
    return own.pictures[held]


@lru_cache(maxsize=4)
def sentences(run: str) -> tuple[str, ...]:
    """Sentences that the run is measured on, in the order of the mistakes' indices.

    Raises: UnknownRun; BadTask if they are not here.
    """
    from dlviz.training.tasks import prepare
    from dlviz.training.tasks.examples import Sentences
    from dlviz.training.tasks.own import read

    store = service.shared().store
    config = TrainingConfig.from_json(store.config(run))
    task = prepare(config, read(config.task, store.folder(run)))
    assert isinstance(task.measured, Sentences)
    return tuple(task.measured.texts)


def sequence(config: TrainingConfig, seed: int) -> str:
    """A sequence of the memory task as letters, by its seed: that is the index of a mistake."""
    from dlviz.data import memory

    return memory.decode(memory.sequences(1, config.delay, seed)[0][0])


def kind(config: TrainingConfig) -> str:
    """The kind of a run's examples: `pictures`, `sentences`, `text` without an end, or `sequences`."""
    if config.task in PICTURES:
        return "pictures"
    return {"text": "text", "memory": "sequences"}.get(config.task, "sentences")
