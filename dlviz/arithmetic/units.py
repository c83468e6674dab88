"""One unit written out in plain numbers and arrays, by the kind of its layer.

Of every unit `total` is what its layer computed from its inputs, and `shown` the value that went on through
the network. They differ where an intervention replaced the unit's own value.
"""

from dataclasses import dataclass

import numpy as np

# Float32 sums depend on their order; relative to the size of their terms they agree this closely.
TOLERANCE = 1e-5


@dataclass(frozen=True, eq=False)
class Arithmetic:
    """One unit of a layer."""

    shown: float

    @property
    def total(self) -> float:
        """The value that the layer computed."""
        raise NotImplementedError

    @property
    def scale(self) -> float:
        """The size of the terms of `total`."""
        return abs(self.total)

    @property
    def edited(self) -> bool:
        """True if an intervention replaced the value that the layer computed."""
        return abs(self.total - self.shown) > TOLERANCE * self.scale


@dataclass(frozen=True, eq=False)
class WeightedSum(Arithmetic):
    """A unit of a fully connected layer: Σ inputs × weights + bias.

    inputs, weights: (inputs,), or (channel, height, width) where the layer reads flattened maps.
    """

    inputs: np.ndarray
    weights: np.ndarray
    bias: float

    @property
    def products(self) -> np.ndarray:
        """Products of inputs and weights: (inputs,) or (channel, height, width) float64."""
        return self.inputs.astype(np.float64) * self.weights

    @property
    def channel_sums(self) -> np.ndarray:
        """Contribution of each channel: (channel,) float64; where there are no channels, the products."""
        return self.products.reshape(len(self.inputs), -1).sum(1)

    @property
    def total(self) -> float:
        """The value that the layer computed."""
        return float(self.channel_sums.sum() + self.bias)

    @property
    def scale(self) -> float:
        """The size of the terms of `total`."""
        return float(np.abs(self.products).sum() + abs(self.bias))


@dataclass(frozen=True, eq=False)
class Convolution(WeightedSum):
    """A unit of a convolution: Σ window × kernel + bias, over every channel it reads.

    inputs, weights: (channel, height, width), the windows and the kernel.
    rows, cols: (height,) and (width,) positions of the window on the maps that it reads.
    padded: (height, width) bool, true where the window lies outside them and reads zeros.
    """

    rows: np.ndarray
    cols: np.ndarray
    padded: np.ndarray


@dataclass(frozen=True, eq=False)
class Normed(Arithmetic):
    """A unit of a batch norm at rest: (value − mean) / √(variance + epsilon) × gamma + beta.

    mean, variance: of its map over the batches of the training, as they were kept.
    gamma, beta: of its map, learned.
    """

    value: float
    mean: float
    variance: float
    epsilon: float
    gamma: float
    beta: float

    @property
    def spread(self) -> float:
        """Standard deviation that the value is divided by: √(variance + epsilon)."""
        return float(np.sqrt(self.variance + self.epsilon))

    @property
    def total(self) -> float:
        """The value that the layer computed."""
        return (self.value - self.mean) / self.spread * self.gamma + self.beta

    @property
    def scale(self) -> float:
        """The size of the terms of `total`."""
        factor = abs(self.gamma) / self.spread
        return (abs(self.value) + abs(self.mean)) * factor + abs(self.beta)


@dataclass(frozen=True, eq=False)
class Relu(Arithmetic):
    """A unit of ReLU: max(0, value)."""

    value: float

    @property
    def total(self) -> float:
        """The value that the layer computed."""
        return max(0.0, self.value)


@dataclass(frozen=True, eq=False)
class MaxPool(Arithmetic):
    """The largest value of a window; of equal ones the first, row by row, as in PyTorch.

    window: (height, width), −∞ where it reads padding.
    rows, cols: (height,) and (width,) positions of the window on the map that it reads.
    padded: (height, width) bool, true where the window lies outside it.
    unused_rows, unused_cols: rows and columns of that map that no window reads.
    """

    window: np.ndarray
    rows: np.ndarray
    cols: np.ndarray
    padded: np.ndarray
    unused_rows: tuple[int, ...]
    unused_cols: tuple[int, ...]

    @property
    def winner(self) -> tuple[int, int]:
        """The (row, column) of the largest value inside the window."""
        row, col = np.unravel_index(self.window.argmax(), self.window.shape)
        return int(row), int(col)

    @property
    def source(self) -> tuple[int, int]:
        """The (row, column) of the largest value on the map that is read."""
        row, col = self.winner
        return int(self.rows[row]), int(self.cols[col])

    @property
    def total(self) -> float:
        """The value that the layer computed."""
        return float(self.window[self.winner])


@dataclass(frozen=True, eq=False)
class Flattened(Arithmetic):
    """A value taken from a map into a vector; `source` is where it was: (channel, row, column)."""

    value: float
    source: tuple[int, ...]

    @property
    def total(self) -> float:
        """The value that the layer computed."""
        return self.value


@dataclass(frozen=True, eq=False)
class DropoutUnit(Arithmetic):
    """A unit of dropout: value × factor.

    probability: of being dropped, in training.
    factor: 1 at rest; in training 0 for a dropped unit, 1 / (1 − probability) for one that stays. A value
        of 0 does not tell which of these it met, so then it is None.
    """

    value: float
    probability: float
    factor: float | None

    @property
    def total(self) -> float:
        """The value that the layer computed."""
        return 0.0 if self.factor is None else self.value * self.factor


@dataclass(frozen=True, eq=False)
class Softmax:
    """The softmax of (classes,) logits written out: exp(logit − largest), each over the sum of all."""

    logits: np.ndarray

    @property
    def largest(self) -> float:
        """The largest logit. Subtracting it changes no probability and keeps exp from overflowing."""
        return float(self.logits.max())

    @property
    def exponentials(self) -> np.ndarray:
        """Exponentials exp(logit − largest): (classes,) float64, above 0 and at most 1."""
        return np.exp(self.logits.astype(np.float64) - self.largest)

    @property
    def total(self) -> float:
        """The sum of the exponentials."""
        return float(self.exponentials.sum())

    @property
    def probabilities(self) -> np.ndarray:
        """Probabilities: (classes,) float64 in [0, 1], summing to 1."""
        return self.exponentials / self.total
