"""An input in training mode among the others of its batch, and in evaluation mode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor, nn

    from dlviz.batch_norm import Statistics
    from dlviz.trace import Edit

DRAWS = 20  # draws of the others that are compared at once
MEASURED = 256  # inputs over which statistics are measured


@dataclass(frozen=True, eq=False)
class Answers:
    """Answers to one input.

    Args:
        evaluation: (classes,) logits in evaluation mode.
        among: (draws, classes) logits in training mode, among other inputs; no draws where the network has
            none, since a batch norm over single values refuses a batch of one.
        draw: number of the first draw.
    """

    evaluation: np.ndarray
    among: np.ndarray
    draw: int

    @property
    def predicted(self) -> int:
        """Index of the most probable class in evaluation mode."""
        return int(self.evaluation.argmax())

    @property
    def lead(self) -> float:
        """Lead of the predicted class in evaluation mode, in logits."""
        return float(lead(self.evaluation, self.predicted))

    @property
    def leads(self) -> np.ndarray:
        """Lead of that class in training mode, (draws,): below 0 where another class is ahead."""
        return lead(self.among, self.predicted)


@dataclass(frozen=True, eq=False)
class Channel:
    """A channel before and after a batch norm, on one batch.

    Args:
        number: of the channel.
        item: what it is called, a map or a unit.
        norm: number of its norm in the network, counted from 1.
        training: the norm takes the batch's mean and variance, not those that it keeps.
        before, after: (values,) float32, of all inputs and places.
        places: values of the channel for each input.
        mean, variance: that the norm subtracts and divides by the root of.
        gamma, beta: the learned scale and shift.
        epsilon: added to the variance.
    """

    number: int
    item: str
    norm: int
    training: bool
    before: np.ndarray
    after: np.ndarray
    places: int
    mean: float
    variance: float
    gamma: float
    beta: float
    epsilon: float

    @property
    def factor(self) -> float:
        """The number that the norm multiplies by."""
        return self.gamma / float(np.sqrt(self.variance + self.epsilon))


@dataclass(frozen=True, eq=False)
class Folding:
    """A batch norm folded into the layer before it.

    Args:
        weights, folded_weights: of the channel, (input channel, height, width), or (inputs,).
        bias, folded_bias: of the channel.
        factor: by which the weights are multiplied.
        logits, folded_logits: (batch, classes) of the network, and of the one with all its norms folded in.
    """

    weights: np.ndarray
    folded_weights: np.ndarray
    bias: float
    folded_bias: float
    factor: float
    logits: np.ndarray
    folded_logits: np.ndarray

    @property
    def difference(self) -> float:
        """Largest difference between logits of the two networks."""
        return float(abs(self.logits - self.folded_logits).max())


def lead(logits: np.ndarray, target: int) -> np.ndarray:
    """Lead of a class over the largest other logit, below 0 where another is ahead: (…,) of (…, classes)."""
    return logits[..., target] - np.delete(logits, target, axis=-1).max(axis=-1)


def draw_companions(pool: int, batch: int, draw: int) -> np.ndarray:
    """Draw the other inputs of a batch: their numbers (others,), each at most once.

    Args:
        pool: how many there are to draw from.
        batch: inputs of the batch, the learner's own included; fewer where the pool is smaller.
        draw: seed.
    """
    return np.random.default_rng(draw).choice(pool, min(batch - 1, pool), replace=False)


def first_draw(draw: int) -> int:
    """The first of the DRAWS draws that are compared at once with this one among them."""
    return draw - draw % DRAWS


def as_input(pictures: np.ndarray) -> Tensor:
    """Pictures as the networks read them: (n, channel, height, width) float32 in [−1, 1].

    Args:
        pictures: (n, height, width) or (n, channel, height, width), uint8, or float32 in [0, 1].
    """
    import torch

    from dlviz.data.digits import normalise

    return normalise(torch.from_numpy(np.ascontiguousarray(pictures)))


def answer(
    model: nn.Module, pixels: np.ndarray, pool: np.ndarray, batch: int, draw: int, edits: Mapping[str, Edit]
) -> Answers:
    """Answer one input in evaluation mode, and in training mode among DRAWS draws of others.

    Args:
        pixels: (28, 28) or (3, 32, 32) float32 in [0, 1].
        pool: (n, 28, 28) or (n, 3, 32, 32) uint8, to draw the others from.
        draw: number of the first draw.
        edits: stage -> edit.
    """
    import torch

    from dlviz.batch_norm import answers_among
    from dlviz.trace import trace

    x = as_input(pixels[None])
    draws = [draw_companions(len(pool), batch, draw + each) for each in range(DRAWS if batch > 1 else 1)]
    evaluation = trace(model, x, edits)[0][0].numpy()
    among = np.empty((0, len(evaluation)), np.float32)
    if len(draws[0]) or not has_single_values(model):
        others = torch.stack([as_input(pool[drawn]) for drawn in draws])
        among = answers_among(model, x, others, edits)
    return Answers(evaluation, among, draw)


def has_single_values(model: nn.Module) -> bool:
    """True if a batch norm has one value a channel for each input, so that one input has no spread."""
    from torch import nn

    return any(isinstance(layer, nn.BatchNorm1d) for layer in model.modules())


def norm_channel(
    model: nn.Module, pictures: np.ndarray, norm: str, number: int, training: bool, edits: Mapping[str, Edit]
) -> Channel:
    """A channel before and after a batch norm, on a batch.

    Args:
        pictures: (batch, …) float32 in [0, 1].
        norm: name of the batch norm.
        training: take the batch's own mean and variance, as in training mode.
        edits: stage -> edit.
    Raises: ValueError in training mode where the channel has a single value.
    """
    from dlviz.batch_norm import copy_in_training, kept_statistics, norms, statistics_of
    from dlviz.trace import trace

    names, layer = norms(model), model.get_submodule(norm)
    _, record = trace(copy_in_training(model) if training else model, as_input(pictures), edits)
    before, after = record[names[norm]], record[norm]
    used = statistics_of(before) if training else kept_statistics(layer)
    scale, shift = (layer.get_parameter(name)[number].item() for name in ("weight", "bias"))
    return Channel(
        number,
        "map" if before.ndim == 4 else "unit",
        [*names].index(norm) + 1,
        training,
        before[:, number].reshape(-1),
        after[:, number].reshape(-1),
        before[0, number].size,
        float(used.mean[number]),
        float(used.variance[number]),
        scale,
        shift,
        layer.eps,  # pyright: ignore[reportArgumentType]
    )


def compare_statistics(model: nn.Module, pool: np.ndarray, norm: str) -> tuple[Statistics, Statistics]:
    """The statistics that a batch norm keeps, and those of what it reads of the first MEASURED of a pool.

    Args:
        pool: (n, 28, 28) or (n, 3, 32, 32) uint8.
    """
    from dlviz.batch_norm import kept_statistics, measure_statistics

    measured = measure_statistics(model, as_input(pool[:MEASURED]))
    return kept_statistics(model.get_submodule(norm)), measured[norm]


def fold_norms(model: nn.Module, pictures: np.ndarray, norm: str, number: int) -> Folding:
    """Fold all batch norms in, and compare a channel of one of them, and the answers to a batch.

    Args:
        pictures: (batch, …) float32 in [0, 1].
        norm: name of the batch norm.
        number: of the channel.
    """
    import torch

    from dlviz.batch_norm import fold_all, folding_factors, norms

    folded, before = fold_all(model), norms(model)[norm]
    x = as_input(pictures)
    with torch.inference_mode():
        logits, folded_logits = model(x).numpy(), folded(x).numpy()

    def of_channel(network: nn.Module, name: str) -> np.ndarray:
        return network.get_parameter(f"{before}.{name}")[number].numpy(force=True)

    return Folding(
        weights=of_channel(model, "weight"),
        folded_weights=of_channel(folded, "weight"),
        bias=float(of_channel(model, "bias")),
        folded_bias=float(of_channel(folded, "bias")),
        factor=float(folding_factors(model.get_submodule(norm))[number]),  # pyright: ignore[reportArgumentType]
        logits=logits,
        folded_logits=folded_logits,
    )
