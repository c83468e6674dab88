"""A new head on frozen features: multinomial logistic regression, solved at once instead of trained."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

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
        logits = self.logits(features)
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        return raised / raised.sum(axis=1, keepdims=True)


@torch.inference_mode()
def solve_head(features: np.ndarray, labels: np.ndarray, classes: int, decay: float = DECAY) -> Head:
    """Find the head with the least mean cross-entropy plus decay / 2 · ‖weight‖²; its bias costs nothing.

    Newton's method, each step by conjugate gradients. The best weight of each class is a mixture of the
    examples' features, so the work is done among as many directions as there are examples, or channels if
    these are fewer.

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
    # By PyTorch, which keeps to the threads that it was given; numpy's own only wait for each other.
    x = torch.from_numpy(np.ascontiguousarray(features)).double()
    mean = x.mean(dim=0)
    centred = x - mean
    few = len(x) < x.shape[1]
    values, found = torch.linalg.eigh(centred @ centred.T if few else centred.T @ centred)
    used = values > values[-1] * 1e-12
    sizes, found = values[used].sqrt(), found[:, used]
    directions = centred.T @ found / sizes if few else found  # (channels, directions), orthonormal
    # The examples among those directions, and a one for the bias: (count, directions + 1).
    inputs = F.pad(centred @ directions, (0, 1), value=1.0)
    cost = F.pad(torch.full_like(sizes, decay), (0, 1))  # of each column of a solution
    bound = F.pad(sizes**2 / (2 * len(x)) + decay, (0, 1), value=0.5)
    targets = F.one_hot(torch.from_numpy(labels).long(), classes).double()
    solution = _minimise(inputs, targets, cost, bound)
    weight = solution[:, :-1] @ directions.T
    return Head(weight.numpy(), (solution[:, -1] - weight @ mean).numpy())


def _minimise(inputs: Tensor, targets: Tensor, cost: Tensor, bound: Tensor) -> Tensor:
    """Coefficients (classes, columns) of least loss for inputs (count, columns), targets (count, classes)."""
    found = inputs.new_zeros(targets.shape[1], inputs.shape[1])

    def loss(at: Tensor) -> float:
        return float(F.cross_entropy(inputs @ at.T, targets) + (cost * at**2).sum() / 2)

    now, first = loss(found), 0.0
    for _ in range(STEPS):
        shares = (inputs @ found.T).softmax(dim=1)
        gradient = (shares - targets).T @ inputs / len(inputs) + cost * found
        size = float(gradient.norm())
        first = first or size
        if size <= EXACT * first:
            break

        def curve(along: Tensor, shares: Tensor = shares) -> Tensor:
            change = inputs @ along.T * shares
            change -= shares * change.sum(dim=1, keepdim=True)
            return change.T @ inputs / len(inputs) + cost * along

        step = _solve(curve, -gradient, bound, min(0.1, size / first))
        slope, length = float((gradient * step).sum()), 1.0
        while (there := loss(found + length * step)) > now + 1e-4 * length * slope and length > 1e-6:
            length /= 2
        if there >= now:
            break  # numbers hold no more digits
        found, now = found + length * step, there
    return found


def _solve(curve: Callable[[Tensor], Tensor], wanted: Tensor, bound: Tensor, exact: float) -> Tensor:
    """Solve curve(x) = wanted by conjugate gradients, each column scaled by its bound."""
    found = torch.zeros_like(wanted)
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


def activation_maps(maps: np.ndarray, head: Head) -> np.ndarray:
    """Class activation maps (classes, rows, columns) of a picture's last maps (channels, rows, columns).

    Features are means over the places of a map, and the head is linear, so each place adds its part to a
    logit: the sum of a class's map is its logit minus its bias.

    Source: Zhou et al. 2016, "Learning Deep Features for Discriminative Localization", section 2.
    """
    places = maps.shape[1] * maps.shape[2]
    return np.tensordot(head.weight, maps.astype(np.float64), axes=1) / places
