"""Calibration: how sure a network may be of its answers."""

import torch
from torch import Tensor
from torch.nn import functional as F

BINS = 10


def fit_temperature(logits: Tensor, labels: Tensor) -> float:
    """Find the number to divide logits by, so that the cross-entropy of the labels is least.

    Args:
        logits: (count, classes) of examples that the network did not learn from.
        labels: (count,) int64.
    Source: Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2.
    """
    logits, log = logits.detach().double(), torch.zeros((), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([log], max_iter=50, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        error = F.cross_entropy(logits / log.exp(), labels)
        error.backward()
        return error

    optimizer.step(loss)
    return float(log.detach().exp())


def reliability(probabilities: Tensor, right: Tensor) -> list[tuple[int, float, float]]:
    """Compare what a network says of its answers with how often they are right, in bins of equal width.

    Args:
        probabilities: (count,) of the answers given, in [0, 1].
        right: (count,) bool.
    Returns: for each bin that is not empty its count, its mean probability and its share of right answers.
    """
    bins = (probabilities * BINS).long().clamp(max=BINS - 1)
    found = []
    for at in range(BINS):
        inside = bins == at
        if count := int(inside.sum()):
            found.append((count, float(probabilities[inside].mean()), float(right[inside].double().mean())))
    return found


def calibration_error(probabilities: Tensor, right: Tensor) -> float:
    """Mean distance between what a network says of its answers and how often they are right, over the bins.

    Args:
        probabilities: (count,) of the answers given, in [0, 1].
        right: (count,) bool.
    Source: Guo et al. 2017, section 2, "expected calibration error".
    """
    bins = reliability(probabilities, right)
    return sum(count * abs(said - share) for count, said, share in bins) / len(probabilities)
