"""Networks whose layers are read, and the measurement that all learners of the server share."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

    from dlviz.probes import LayerProbes

TRAINING = TESTED = 1000  # pictures that probes learn from, and those that they are tested on
SLICE = 0.2  # seconds of work between two looks at the page
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Reader:
    """A trained network and its pictures.

    Args:
        weights: name of its file.
        noun: singular of what its pictures show.
        classes: their names.
        read_split: gives pictures (n, 28, 28) uint8 and labels (n,) int64 of `train` or `test`.
    """

    weights: str
    noun: str
    classes: tuple[str, ...]
    read_split: Callable[..., tuple[Tensor, Tensor]]


def find_reader(name: str) -> Reader:
    """Find the network of a key of `READERS`."""
    from dlviz.data import fashion, mnist

    if name == "clothes":
        return Reader("simple_cnn_clothes", "picture", fashion.CLASSES, fashion.clothes)
    files = {"cnn": "simple_cnn", "mlp": "mlp", "transformer": "digit_transformer"}
    return Reader(files[name], "digit", tuple("0123456789"), mnist.digits)


@dataclass(eq=False)
class Measurement:
    """Probes of a trained network, and of one with random weights.

    Args:
        pictures: (TRAINING, 28, 28) uint8 that the probes learn from.
        labels: (TRAINING,) their classes.
    """

    reader: Reader
    trained: LayerProbes
    random: LayerProbes
    pictures: np.ndarray
    labels: np.ndarray
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_done(self) -> bool:
        """True if every layer of both is measured."""
        return self.trained.is_done and self.random.is_done

    @property
    def share_done(self) -> float:
        """Share of the work that is done."""
        return (self.trained.share_done + self.random.share_done) / 2

    def go_on(self, seconds: float = SLICE) -> None:
        """Measure for about so long; nothing while another learner's page does."""
        if not self.lock.acquire(blocking=False):
            return
        try:
            end = time.monotonic() + seconds
            while not self.is_done and time.monotonic() < end:
                (self.random if self.trained.is_done else self.trained).measure_piece()
        finally:
            self.lock.release()


def find_measurement(name: str) -> Measurement:
    """Find the measurement of a key of `READERS`, one for all learners; it may not have begun.

    Raises: BadWeights or MissingData if a file is missing or damaged.
    """
    with _one_at_a_time:
        return _measurement(name)


@lru_cache(maxsize=4)
def _measurement(name: str) -> Measurement:
    from dlviz.data.digits import normalise
    from dlviz.probes import LayerProbes
    from dlviz.ui.server import model_cache

    reader = find_reader(name)
    network = model_cache.trained(reader.weights)
    random = model_cache.untrained(type(network).__name__, 0)
    splits = {"train": TRAINING, "test": TESTED}
    (images, labels), tested = (
        (pictures[:count], truth[:count])
        for (pictures, truth), count in ((reader.read_split(split), count) for split, count in splits.items())
    )
    training, test = (normalise(images), labels), (normalise(tested[0]), tested[1])
    return Measurement(
        reader,
        LayerProbes(network, training, test),
        LayerProbes(random, training, test, keep=False),
        images.numpy(),
        labels.numpy(),
    )
