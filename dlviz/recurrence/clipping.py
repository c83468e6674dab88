"""Gradient clipping where gradients explode: real steps of stochastic gradient descent.

Source: Pascanu, Mikolov and Bengio 2013, "On the Difficulty of Training Recurrent Neural Networks",
section 3.2.
"""

import math
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parameters_to_vector

from dlviz.data import memory

BATCH, LEARNING_RATE = 32, 0.1


@dataclass(frozen=True)
class Step:
    """One step of gradient descent.

    Args:
        loss: mean cross-entropy in nats of the step's batch, before the step.
        norm: of the gradient of all parameters, before clipping.
        moved: Euclidean distance that the step has moved the parameters.
    """

    loss: float
    norm: float
    moved: float


def descent(model: nn.Module, delay: int, clip: float | None, steps: int, seed: int) -> Iterator[Step]:
    """Take steps of plain gradient descent on the memory task, on a private copy of the model.

    Args:
        delay: of the task, in steps of noise.
        clip: the norm to which a larger gradient is shortened; None leaves it as it is.
        seed: of the batches of 32 sequences.
    Returns: an iterator that ends early where a gradient is no longer a finite number.
    """
    model = deepcopy(model).train()
    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE)
    for step in range(steps):
        x, target = memory.sequences(BATCH, delay, seed + step)
        with torch.enable_grad():
            loss = F.cross_entropy(model(x), target)
            optimizer.zero_grad()
            loss.backward()
        norm = _clip_gradient(model, clip)
        before = parameters_to_vector(model.parameters()).detach()
        optimizer.step()
        moved = float((parameters_to_vector(model.parameters()).detach() - before).norm())
        yield Step(loss.item(), norm, moved)
        if not math.isfinite(norm):
            return


def _clip_gradient(model: nn.Module, clip: float | None) -> float:
    """Shorten the gradient to the norm `clip` where it is longer, and return the norm that it had."""
    if clip is None:
        return float(nn.utils.get_total_norm([p.grad for p in model.parameters() if p.grad is not None]))
    return float(nn.utils.clip_grad_norm_(model.parameters(), clip))
