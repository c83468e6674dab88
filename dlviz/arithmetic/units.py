"""What there is to tell of one unit, by the kind of its layer, in plain numbers and arrays.

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
        """What the layer computed."""
        raise NotImplementedError

    @property
    def scale(self) -> float:
        """The size of the terms of `total`."""
        return abs(self.total)

    @property
    def edited(self) -> bool:
        """Whether an intervention replaced what the layer computed."""
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
        """inputs × weights, in their shape, float64."""
        return self.inputs.astype(np.float64) * self.weights

    @property
    def channel_sums(self) -> np.ndarray:
        """(channel,) what each channel contributes; where there are no channels, the products."""
        return self.products.reshape(len(self.inputs), -1).sum(1)

    @property
    def total(self) -> float:
        """What the layer computed."""
        return float(self.channel_sums.sum() + self.bias)

    @property
    def scale(self) -> float:
        """The size of the terms of `total`."""
        return float(np.abs(self.products).sum() + abs(self.bias))


@dataclass(frozen=True, eq=False)
class Convolution(WeightedSum):
    """A unit of a convolution: Σ window × kernel + bias, over every channel it reads.

    inputs, weights: (channel, height, width), the windows and the kernel.
    rows, cols: where the window lies on the source's maps.
    padded: (height, width), true where the window lies outside them and reads zeros.
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
        """√(variance + epsilon)."""
        return float(np.sqrt(self.variance + self.epsilon))

    @property
    def total(self) -> float:
        """What the layer computed."""
        return (self.value - self.mean) / self.spread * self.gamma + self.beta

    @property
    def scale(self) -> float:
        """The size of the terms of `total`."""
        factor = abs(self.gamma) / self.spread
        return (abs(self.value) + abs(self.mean)) * factor + abs(self.beta)


@dataclass(frozen=True, eq=False)
class Relu(Arithmetic):
    """max(0, value)."""

    value: float

    @property
    def total(self) -> float:
        """What the layer computed."""
        return max(0.0, self.value)


@dataclass(frozen=True, eq=False)
class MaxPool(Arithmetic):
    """The largest value of a window; of equal ones the first, row by row, as in PyTorch.

    window: (height, width), −∞ where it reads padding.
    rows, cols: where the window lies on the source's map.
    padded: (height, width), true where the window lies outside it.
    unused_rows, unused_cols: rows and columns of the source's map that no window reads.
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
        """The (row, column) of the largest value on the source's map."""
        row, col = self.winner
        return int(self.rows[row]), int(self.cols[col])

    @property
    def total(self) -> float:
        """What the layer computed."""
        return float(self.window[self.winner])


@dataclass(frozen=True, eq=False)
class Flattened(Arithmetic):
    """A value taken from a map into a vector; `source` is where it was: (channel, row, column)."""

    value: float
    source: tuple[int, ...]

    @property
    def total(self) -> float:
        """What the layer computed."""
        return self.value


@dataclass(frozen=True, eq=False)
class DropoutUnit(Arithmetic):
    """value × factor.

    probability: of being silenced, in training.
    factor: 1 at rest; in training 0 for a silenced unit, 1 / (1 − probability) for one that stays. A value
        of 0 does not tell which of these it met, so then it is None.
    """

    value: float
    probability: float
    factor: float | None

    @property
    def total(self) -> float:
        """What the layer computed."""
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
        """(classes,) exp(logit − largest), in (0, 1]."""
        return np.exp(self.logits.astype(np.float64) - self.largest)

    @property
    def total(self) -> float:
        """The sum of the exponentials."""
        return float(self.exponentials.sum())

    @property
    def probabilities(self) -> np.ndarray:
        """(classes,) in [0, 1], summing to 1."""
        return self.exponentials / self.total
