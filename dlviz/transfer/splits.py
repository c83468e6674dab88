"""Tests of a head: on bursts that it never learned from, or on pictures drawn at random, which flatter it.

The pictures of a burst are taken within seconds and are near copies of one another. A test whose pictures
have copies among those learned from measures memory.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dlviz.transfer.heads import DECAY, solve_head

SHARE = 0.15  # of the pictures, tested on
DRAWS = 5


@dataclass(frozen=True, eq=False)
class Split:
    """Pictures to learn from and to test on.

    Args:
        learned, tested: (count,) int64 rows of pictures, in order.
    """

    learned: np.ndarray
    tested: np.ndarray


@dataclass(frozen=True, eq=False)
class Accuracy:
    """Result of tests over several draws.

    Args:
        right, tested: pictures named right, and tested, all draws together.
        by_draw: (draws,) share named right in each; not a number where nothing was tested.
        untested: classes of which no picture could be held out in any draw.
    """

    right: int
    tested: int
    by_draw: np.ndarray
    untested: tuple[int, ...]

    @property
    def share(self) -> float:
        """Share named right, in [0, 1]; not a number if nothing was tested."""
        return self.right / self.tested if self.tested else float("nan")


def hold_out_bursts(labels: np.ndarray, bursts: np.ndarray, seed: int = 0, share: float = SHARE) -> Split:
    """Hold out bursts of each class until there are enough pictures; one burst at least is learned from.

    Args:
        labels, bursts: (count,) the class and the burst of each picture.
        seed: of the choice of bursts.
        share: of each class's pictures to hold out at least. A class of a single burst is not tested.
    """
    generator = np.random.default_rng(seed)
    held = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        own = labels == label
        *others, _ = generator.permutation(np.unique(bursts[own]))
        for burst in others:
            if held[own].sum() < share * own.sum():
                held |= own & (bursts == burst)
    return Split(np.flatnonzero(~held), np.flatnonzero(held))


def hold_out_at_random(labels: np.ndarray, seed: int = 0, share: float = SHARE) -> Split:
    """Hold out pictures of each class at random, as is often done, whatever burst they are of.

    Args:
        labels: (count,) the class of each picture.
        seed: of the choice.
        share: of each class's pictures, rounded up. A class of a single picture is not tested.
    """
    generator = np.random.default_rng(seed)
    held = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        rows = generator.permutation(np.flatnonzero(labels == label))
        held[rows[: min(int(np.ceil(share * len(rows))), len(rows) - 1)]] = True
    return Split(np.flatnonzero(~held), np.flatnonzero(held))


def measure_accuracy(
    features: np.ndarray,
    labels: np.ndarray,
    hold_out: Callable[[int], Split],
    draws: int = DRAWS,
    decay: float = DECAY,
) -> Accuracy:
    """Solve a head on the learned part of each draw, and test it on the rest.

    Args:
        features: (count, channels).
        labels: (count,) numbers of classes, from 0, each with a picture at least, of two classes at least.
        hold_out: from a seed, the number of the draw, to a split of the pictures.
    """
    classes = int(labels.max()) + 1
    right, tested, by_draw = 0, 0, []
    reached: set[int] = set()
    for draw in range(draws):
        split = hold_out(draw)
        truth = labels[split.tested]
        head = solve_head(features[split.learned], labels[split.learned], classes, decay)
        hits = int((head.logits(features[split.tested]).argmax(axis=1) == truth).sum())
        right, tested = right + hits, tested + len(truth)
        by_draw.append(hits / len(truth) if len(truth) else float("nan"))
        reached.update(truth.tolist())
    return Accuracy(right, tested, np.array(by_draw), tuple(sorted({*range(classes)} - reached)))
