"""A new head on frozen features: multinomial logistic regression, solved at once instead of trained."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

DECAY = 0.001
STEPS, INNER = 50, 200  # the most Newton steps, and steps of conjugate gradients in each
EXACT = 1e-9  # of the gradient's first norm


@dataclass(frozen=True, eq=False)
class Head:
    """A linear layer from features to classes.

    Args:
        weight: (classes, channels) float64.
        bias: (classes,) float64.
    """

    weight: np.ndarray
    bias: np.ndarray

    def logits(self, features: np.ndarray) -> np.ndarray:
        """Logits (count, classes) of features (count, channels)."""
        return features @ self.weight.T + self.bias

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """Softmax of the logits (count, classes) of features (count, channels)."""
        return _softmax(self.logits(features))


def solve_head(features: np.ndarray, labels: np.ndarray, classes: int, decay: float = DECAY) -> Head:
    """Find the head with the least mean cross-entropy plus decay / 2 · ‖weight‖²; its bias costs nothing.

    Newton's method, each step by conjugate gradients. The best weight of each class is a mixture of the
    pictures' features, so the work is done among as many directions as there are pictures.

    Args:
        features: (count, channels).
        labels: (count,) numbers of classes, from 0.
        classes: number of classes, each with a picture at least.
        decay: weight decay, above 0.
    Raises: ValueError if there are fewer than two classes, or one has no picture.
    Source: Boehning 1992, "Multinomial logistic regression algorithm", for the bound that scales the steps.
    """
    counts = np.bincount(labels, minlength=classes)
    if classes < 2 or len(counts) > classes or not counts.all():
        raise ValueError(f"a head needs two classes, each with a picture; there are {counts.tolist()}")
    features = features.astype(np.float64)
    mean = features.mean(axis=0)
    centred = features - mean
    values, directions = np.linalg.eigh(centred @ centred.T)
    used = values > values[-1] * 1e-12
    sizes, directions = np.sqrt(values[used]), directions[:, used]
    # The pictures among those directions, and a one for the bias: (count, directions + 1).
    inputs = np.column_stack([directions * sizes, np.ones(len(features))])
    cost = np.append(np.full(len(sizes), decay), 0.0)  # of each column of a solution
    bound = np.append(sizes**2 / (2 * len(features)) + decay, 0.5)
    solution = _minimise(inputs, np.eye(classes)[labels], cost, bound)
    weight = solution[:, :-1] @ (directions / sizes).T @ centred
    return Head(weight, solution[:, -1] - weight @ mean)


def _minimise(inputs: np.ndarray, targets: np.ndarray, cost: np.ndarray, bound: np.ndarray) -> np.ndarray:
    """Coefficients (classes, columns) of least loss for inputs (count, columns), targets (count, classes)."""
    count = len(inputs)
    found = np.zeros((targets.shape[1], inputs.shape[1]))

    def loss(at: np.ndarray) -> float:
        logits = inputs @ at.T
        top = logits.max(axis=1, keepdims=True)
        total = np.log(np.exp(logits - top).sum(axis=1)) + top[:, 0] - (logits * targets).sum(axis=1)
        return float(total.mean() + (cost * at**2).sum() / 2)

    now, first = loss(found), 0.0
    for _ in range(STEPS):
        shares = _softmax(inputs @ found.T)
        gradient = (shares - targets).T @ inputs / count + cost * found
        size = float(np.linalg.norm(gradient))
        first = first or size
        if size <= EXACT * first:
            break

        def curve(along: np.ndarray, shares: np.ndarray = shares) -> np.ndarray:
            change = inputs @ along.T * shares
            change -= shares * change.sum(axis=1, keepdims=True)
            return change.T @ inputs / count + cost * along

        step = _solve(curve, -gradient, bound, min(0.1, size / first))
        slope, length = float((gradient * step).sum()), 1.0
        while (there := loss(found + length * step)) > now + 1e-4 * length * slope and length > 1e-6:
            length /= 2
        if there >= now:
            break  # numbers hold no more digits
        found, now = found + length * step, there
    return found


def _solve(
    curve: Callable[[np.ndarray], np.ndarray], wanted: np.ndarray, bound: np.ndarray, exact: float
) -> np.ndarray:
    """Solve curve(x) = wanted by conjugate gradients, each column scaled by its bound."""
    found = np.zeros_like(wanted)
    rest, scaled = wanted, wanted / bound
    along, strength = scaled, float((rest * scaled).sum())
    enough = exact**2 * strength
    for _ in range(INNER):
        if strength <= enough:
            break
        curved = curve(along)
        length = strength / float((along * curved).sum())
        found = found + length * along
        rest = rest - length * curved
        scaled = rest / bound
        before, strength = strength, float((rest * scaled).sum())
        along = scaled + strength / before * along
    return found


def _softmax(logits: np.ndarray) -> np.ndarray:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def activation_maps(maps: np.ndarray, head: Head) -> np.ndarray:
    """Class activation maps (classes, rows, columns) of a picture's last maps (channels, rows, columns).

    Features are means over the places of a map, and the head is linear, so each place adds its part to a
    logit: the sum of a class's map is its logit minus its bias.

    Source: Zhou et al. 2016, "Learning Deep Features for Discriminative Localization", section 2.
    """
    places = maps.shape[1] * maps.shape[2]
    return np.tensordot(head.weight, maps.astype(np.float64), axes=1) / places
