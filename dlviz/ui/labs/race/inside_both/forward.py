"""All numbers of the view: one picture inside both networks, and where they disagree on all test pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.labs.race.pairs import Pair, find_faster, read_test_pictures

if TYPE_CHECKING:
    from torch import nn

    from dlviz.race.inside import Field, Look

PIECES = 20  # of the test pictures, between two looks at the bar


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """One picture inside both networks.

    Args:
        pixels: (28, 28) float in [0, 1].
        answers: class that each gives, the CNN first.
        probabilities: that each gives its answer.
        leads: of the answer's logit over the runner-up's.
        units: convolution -> effective receptive field of its units at the place.
        vectors: block -> that of the patch's vector behind it.
        looks: of the heads of each block from there.
        even: mean distance of a head that attends to all patches alike, in pixels.
    """

    pixels: np.ndarray
    answers: tuple[int, int]
    probabilities: tuple[float, float]
    leads: tuple[float, float]
    units: dict[str, Field]
    vectors: dict[str, Field]
    looks: list[Look]
    even: float


def forward(pair: Pair, pixels: np.ndarray, place: int) -> ForwardPass:
    """Look from a place of a picture (28, 28) in [0, 1], both networks alike.

    Args:
        place: the patch, counted from 1, row by row.
    Raises: BadWeights if the numbers inside a network grow too large.
    """
    return _forward(pair.cnn.model, pair.digit_transformer, pixels.astype(np.float32).tobytes(), place)


@lru_cache(maxsize=64)
def _forward(cnn: nn.Module, transformer: nn.Module, picture: bytes, place: int) -> ForwardPass:
    import torch

    from dlviz.data.digits import normalise
    from dlviz.models import DigitTransformer
    from dlviz.race.inside import GRID, even_distance, measure_fields, see_attention

    assert isinstance(transformer, DigitTransformer)
    pixels = np.frombuffer(picture, np.float32).reshape(28, 28).copy()
    x = normalise(torch.from_numpy(pixels)[None])
    row, column = divmod(place - 1, GRID)
    with torch.inference_mode():
        logits = torch.cat([model(x) for model in (cnn, transformer)])  # (2, classes)
    said, best = logits.softmax(1).max(1), logits.topk(2).values
    first, second = (best[:, 0] - best[:, 1]).tolist()
    return ForwardPass(
        pixels,
        (int(said.indices[0]), int(said.indices[1])),
        (float(said.values[0]), float(said.values[1])),
        (first, second),
        measure_fields(cnn, x, row, column),
        measure_fields(transformer, x, row, column),
        see_attention(transformer, x, row, column),
        even_distance(row, column),
    )


def cover(pair: Pair, passed: ForwardPass) -> tuple[np.ndarray, np.ndarray]:
    """Occlusion maps (28, 28) of both networks, each for its own answer, in logits."""
    import torch

    from dlviz.data.digits import normalise
    from dlviz.explain import occlusion

    x = normalise(torch.from_numpy(passed.pixels)[None])
    first, second = (
        occlusion(member.model, x, answer)
        for member, answer in zip(pair.members, passed.answers, strict=True)
    )
    return first, second


@dataclass(frozen=True, eq=False)
class Disagreement:
    """Test pictures to which two networks give different answers.

    Args:
        tested: number of test pictures.
        accuracy: of each network, the CNN first.
        indices: (n,) of the pictures, in their order.
        pictures: (n, 28, 28) uint8.
        truth: (n,) their classes.
        said: (2, n) both answers, the CNN's first.
    """

    tested: int
    accuracy: tuple[float, float]
    indices: np.ndarray
    pictures: np.ndarray
    truth: np.ndarray
    said: np.ndarray

    def of_side(self, side: str) -> np.ndarray:
        """Places among them where only one is right, or neither: of a key of `state.SIDES`."""
        right = self.said == self.truth  # (2, n)
        chosen = {"cnn": right[0], "transformer": right[1], "none": ~right.any(axis=0)}
        return np.flatnonzero(chosen[side])


def find_disagreement(pair: Pair, tell: Callable[[float], object] = lambda _: None) -> Disagreement:
    """Ask both networks about all test pictures.

    Args:
        tell: is told the share that is done.
    Raises: BadWeights if an answer is no number; MissingData if there are no test pictures.
    """
    models = [find_faster(member.model) for member in pair.members]
    said = []
    for at in range(2 * PIECES):
        tell(at / (2 * PIECES))
        said.append(_answer_piece(models[at // PIECES], pair.cnn.task, at % PIECES))
    both = np.stack([np.concatenate(said[:PIECES]), np.concatenate(said[PIECES:])])
    images, labels = (each.numpy() for each in read_test_pictures(pair.cnn.task))
    indices = np.flatnonzero(both[0] != both[1])
    cnn, transformer = (float(share) for share in (both == labels).mean(axis=1))
    return Disagreement(
        len(labels), (cnn, transformer), indices, images[indices], labels[indices], both[:, indices]
    )


@lru_cache(maxsize=16 * PIECES)
def _answer_piece(model: nn.Module, task: str, piece: int) -> np.ndarray:
    """Answers to one piece of the test pictures: (pictures,) int64."""
    from dlviz.race.stress import answer

    images, _ = read_test_pictures(task)
    pictures = images[:, None].tensor_split(PIECES)[piece]
    return answer(model, pictures.float() / 255).argmax(1).numpy()
