"""Accuracy under a shift: things learned as one artist draws them, tested on how another one draws."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.data.emoji import EACH
from dlviz.transfer.heads import solve_head

COUNTS = (1, 2, 5, 10, 15)  # examples of each class
DRAWS = 5
LUCK = 0.05  # chance below which a difference is not taken for luck
TESTED = EACH // DRAWS  # emoji of each class, which no head of the draw has learned


@dataclass(frozen=True, eq=False)
class Point:
    """Two heads, tested on the same pictures: all that differs is whose drawings they have learned.

    Args:
        count: examples of each class that each head has learned.
        draw: number of the draw of these and of the tested emoji.
        same, other: (classes · TESTED,) true where the tested picture is named right, by the head that has
            learned from its own artist, and by the head that has learned the same emoji from the other.
    """

    count: int
    draw: int
    same: np.ndarray
    other: np.ndarray


def measure_shift(tested: np.ndarray, other: np.ndarray, counts: Sequence[int] = COUNTS) -> Iterator[Point]:
    """Solve heads on a few emoji as each artist draws them, and test both on other emoji by the first.

    The draws part the emoji: each is tested in one of them. A draw tests the same emoji for every number of
    examples, to which more are added. All numbers of a draw come before the next draw.

    Args:
        tested, other: (classes, EACH, size) what stands for each emoji as each artist has drawn it, such as
            a backbone's features or the colours of the pixels.
    """
    classes, emoji, size = tested.shape
    rows = np.arange(classes)[:, None]
    truth = np.repeat(np.arange(classes), TESTED)
    generator = np.random.default_rng(0)
    parted = np.stack([generator.permutation(emoji) for _ in range(classes)])
    for draw in range(DRAWS):
        held, left = np.split(np.roll(parted, -TESTED * draw, axis=1), [TESTED], axis=1)
        left = generator.permuted(left, axis=1)
        pictures = tested[rows, held].reshape(-1, size)
        for count in counts:
            labels = np.repeat(np.arange(classes), count)
            same, shifted = (
                solve_head(by[rows, left[:, :count]].reshape(-1, size), labels, classes)
                .logits(pictures)
                .argmax(axis=1)
                == truth
                for by in (tested, other)
            )
            yield Point(count, draw, same, shifted)


def join_draws(points: Sequence[Point], count: int = COUNTS[-1]) -> tuple[np.ndarray, np.ndarray]:
    """Answers `same` and `other` (emoji,) of all draws with so many examples, true where right."""
    chosen = [point for point in points if point.count == count]
    return np.concatenate([point.same for point in chosen]), np.concatenate([point.other for point in chosen])


@dataclass(frozen=True)
class Disagreement:
    """Numbers of pictures that only the first, or only the second, of two heads names right."""

    first: int
    second: int

    @property
    def chance(self) -> float:
        """Chance that luck splits as many at least as unevenly, either way: the exact sign test."""
        whole = self.first + self.second
        tail = sum(math.comb(whole, count) for count in range(min(self.first, self.second) + 1))
        return min(1.0, 2 * tail / 2**whole)

    @property
    def shows_first_better(self) -> bool:
        """True if the first head is better by more than luck."""
        return self.first > self.second and self.chance < LUCK


def compare_answers(first: np.ndarray, second: np.ndarray) -> Disagreement:
    """Compare two heads' answers (pictures,) for the same pictures, true where right."""
    return Disagreement(int((first & ~second).sum()), int((second & ~first).sum()))
