"""All numbers of a stress test of a pair of networks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.labs.race.pairs import Pair, find_faster, read_test_pictures

if TYPE_CHECKING:
    from torch import Tensor, nn

    from dlviz.models import DigitTransformer

PLAIN = "moved", 0.0  # pictures as they are


@dataclass(frozen=True, eq=False)
class Measured:
    """Test pictures that the CNN and the transformer still read, level by level.

    Args:
        stress: its name.
        levels: of the stress, the first with pictures as they are.
        right: (levels, 2, pictures) bool, the CNN first.
    """

    stress: str
    levels: tuple[float, ...]
    right: np.ndarray

    @property
    def accuracy(self) -> np.ndarray:
        """Share of the pictures that each reads: (levels, 2)."""
        return self.right.mean(axis=2)

    @property
    def luck(self) -> np.ndarray:
        """Two standard errors of each share (levels, 2): so far other test pictures might move it."""
        share = self.accuracy
        return 2 * np.sqrt(share * (1 - share) / self.right.shape[2])


@dataclass(frozen=True)
class Lead:
    """Difference of what two networks have lost, and how far luck with the test pictures reaches.

    Args:
        lost: share of the pictures that each has lost, the CNN first.
        difference: how much more the CNN has lost.
        luck: two standard errors of that difference.
    """

    lost: tuple[float, float]
    difference: float
    luck: float

    @property
    def loser(self) -> str:
        """`cnn`, `transformer` or, within luck, `even`."""
        if abs(self.difference) <= self.luck:
            return "even"
        return "cnn" if self.difference > 0 else "transformer"


def compare_losses(measured: Measured, at: int = -1) -> Lead:
    """Compare what both have lost at a level, picture by picture."""
    lost = measured.right[0].astype(int) - measured.right[at]  # (2, pictures)
    more = lost[0] - lost[1]
    luck = 2 * float(more.std()) / len(more) ** 0.5
    cnn, transformer = (float(each) for each in lost.mean(axis=1))
    return Lead((cnn, transformer), float(more.mean()), luck)


def measure(pair: Pair, stress: str, tell: Callable[[float], object] = lambda _: None) -> Measured:
    """Put both networks under a stress.

    Args:
        tell: is told the share that is done.
    Raises: BadWeights if an answer is no number; MissingData if there are no test pictures.
    """
    from dlviz.race.stress import STRESSES

    levels, right = STRESSES[stress].levels, []
    for at, level in enumerate(levels):
        tell(at / len(levels))
        right.append(find_right(pair, *((stress, level) if level else PLAIN)))
    return Measured(stress, levels, np.stack(right))


def find_right(pair: Pair, stress: str, level: float) -> np.ndarray:
    """Find the test pictures that both still read at one level of a stress: (2, pictures) bool.

    Raises: as `measure`.
    """
    return _find_right(pair.cnn.model, pair.transformer.model, pair.cnn.task, stress, level)


@lru_cache(maxsize=128)
def _find_right(cnn: nn.Module, transformer: nn.Module, task: str, stress: str, level: float) -> np.ndarray:
    from dlviz.race import stress as stresses

    pictures, labels = _read(task)
    models = find_faster(cnn), find_faster(transformer)
    return stresses.find_right(models, stresses.STRESSES[stress], level, pictures, labels)


@lru_cache(maxsize=2)
def _read(task: str) -> tuple[Tensor, Tensor]:
    """Test pictures (n, 1, 28, 28) in [0, 1], and their classes."""
    from dlviz.race.stress import TESTED

    images, labels = read_test_pictures(task)
    return images[:TESTED, None].float() / 255, labels[:TESTED]


@dataclass(frozen=True, eq=False)
class Read:
    """The learner's picture under one level of a stress, and both answers.

    Args:
        pixels: (28, 28) float in [0, 1].
        answers: class that each gives, the CNN first.
        kept: probability that each gives the class which it has named for the picture as it is.
    """

    level: float
    pixels: np.ndarray
    answers: tuple[int, int]
    kept: tuple[float, float]


def read_drawing(pair: Pair, stress: str, pixels: np.ndarray) -> list[Read]:
    """Put a picture (28, 28) in [0, 1] through every level of a stress.

    Raises: BadWeights if an answer is no number.
    """
    import torch

    from dlviz.race.stress import STRESSES, answer

    levels = STRESSES[stress].levels
    one = torch.from_numpy(np.asarray(pixels, np.float32))[None, None]
    changed = torch.cat([STRESSES[stress].change(one, level) for level in levels])
    cnn, transformer = (answer(member.model, changed).softmax(1).numpy() for member in pair.members)
    first = cnn[0].argmax(), transformer[0].argmax()
    return [
        Read(
            level,
            changed[at, 0].numpy(),
            (int(cnn[at].argmax()), int(transformer[at].argmax())),
            (float(cnn[at, first[0]]), float(transformer[at, first[1]])),
        )
        for at, level in enumerate(levels)
    ]


@dataclass(frozen=True, eq=False)
class LearnedAgain:
    """Test accuracies of networks that have learned pictures as they are, and pictures with shuffled patches.

    Args:
        plain, shuffled: (2, seeds) float, the CNN first; NaN where there is none yet.
    """

    plain: np.ndarray
    shuffled: np.ndarray

    @property
    def is_whole(self) -> bool:
        """True if all are there."""
        return bool(np.isfinite(self.lost).all())

    @property
    def lost(self) -> np.ndarray:
        """Share of the test pictures that shuffling has cost: (2, seeds)."""
        return self.plain - self.shuffled

    @property
    def difference(self) -> np.ndarray:
        """Share that it has cost the CNN beyond the transformer's: (seeds,)."""
        return self.lost[0] - self.lost[1]

    @property
    def loser(self) -> str:
        """`cnn` or `transformer` if it has lost more with every seed, else `even`."""
        if (self.difference > 0).all():
            return "cnn"
        return "transformer" if (self.difference < 0).all() else "even"


@dataclass(frozen=True)
class NotLearned:
    """Answers of a pair to shuffled patches that it has not learned.

    Args:
        plain: share of the test pictures that each reads as they are, the CNN first.
        shuffled: share that each reads with their patches shuffled.
        moved: share that the transformer reads then, if its learned positions are shuffled along.
        changed: number of test pictures to which it then gives another answer than at first.
        tested: number of test pictures.
    """

    plain: tuple[float, float]
    shuffled: tuple[float, float]
    moved: float
    changed: int
    tested: int


def shuffle_unlearned(pair: Pair, order: int) -> NotLearned:
    """Shuffle the test pictures of a pair that has learned others.

    Args:
        order: seed of the permutation.
    Raises: BadWeights if an answer is no number; MissingData if there are no test pictures.
    """
    return _shuffle_unlearned(pair.cnn.model, pair.digit_transformer, pair.cnn.task, order)


@lru_cache(maxsize=16)
def _shuffle_unlearned(cnn: nn.Module, transformer: DigitTransformer, task: str, order: int) -> NotLearned:
    from dlviz.data.shuffling import draw_order, shuffle_with
    from dlviz.race.stress import answer, make_faster, permute_positions

    pictures, labels = _read(task)
    shuffled = shuffle_with(pictures, order)
    both = [find_faster(model) for model in (cnn, transformer)]
    plain, other = ([answer(model, each).argmax(1) for model in both] for each in (pictures, shuffled))
    moved = answer(make_faster(permute_positions(transformer, draw_order(order))), shuffled).argmax(1)

    def share(said: Tensor) -> float:
        return float((said == labels).float().mean())

    return NotLearned(
        (share(plain[0]), share(plain[1])),
        (share(other[0]), share(other[1])),
        share(moved),
        int((moved != plain[1]).sum()),
        len(labels),
    )
