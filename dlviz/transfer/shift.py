"""Accuracy under a shift: things learned as one artist draws them, tested on how another one draws."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.data.emoji import EACH
from dlviz.transfer.heads import solve_head

COUNTS = (1, 2, 5, 10, 15)  # examples of each class
TESTED = EACH - COUNTS[-1]  # emoji of each class, which no head of the draw has learned
DRAWS = 5


@dataclass(frozen=True)
class Point:
    """Accuracy of one head.

    Args:
        count: examples of each class that it has learned.
        draw: seed by which these and the tested emoji were drawn.
        same, other: share named right of the tested emoji, as the artist learned from and the other have
            drawn them.
    """

    count: int
    draw: int
    same: float
    other: float


def measure_shift(
    learned: np.ndarray, other: np.ndarray, counts: Sequence[int] = COUNTS, draws: int = DRAWS
) -> Iterator[Point]:
    """Solve a head on a few emoji by one artist, and test it on other emoji by both artists.

    The tested emoji of a draw are the same for every number of examples, so is the order in which examples
    are added. All numbers of a draw come before the next draw.

    Args:
        learned, other: (classes, emoji, size) what stands for each emoji as each artist has drawn it, such
            as a backbone's features or the colours of the pixels.
    """
    classes, _, size = learned.shape
    for draw in range(draws):
        generator = np.random.default_rng(draw)
        orders = np.stack([generator.permutation(learned.shape[1]) for _ in range(classes)])
        rows = np.arange(classes)[:, None]
        tested = orders[:, -TESTED:]
        truth = np.repeat(np.arange(classes), TESTED)
        for count in counts:
            examples = learned[rows, orders[:, :count]].reshape(-1, size)
            head = solve_head(examples, np.repeat(np.arange(classes), count), classes)
            same, shifted = (
                float((head.logits(by[rows, tested].reshape(-1, size)).argmax(axis=1) == truth).mean())
                for by in (learned, other)
            )
            yield Point(count, draw, same, shifted)
