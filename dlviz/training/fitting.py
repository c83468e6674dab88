"""Fitting, as the recipes share it: a loop over batches, the count of right answers, weights and facts."""

import logging
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlviz import weights
from dlviz.paths import WEIGHTS
from dlviz.ui.text_format import numbers

Batches = Iterable[tuple[Tensor, Tensor]]
Loss = Callable[[Tensor, Tensor], Tensor]

THREADS = 1  # of a recipe that gives the same weights each time: two add numbers up in another order

log = logging.getLogger(__name__)


def fit(
    model: nn.Module,
    batches: Callable[[], Batches],
    epochs: int,
    learning_rate: float,
    loss: Loss = F.cross_entropy,
    clip: float = 1.0,
    warm_up: int = 1,
    after_epoch: Callable[[], object] = lambda: None,
) -> None:
    """Train by Adam with cosine annealing over the epochs and linear warm-up; gradients clipped to a norm.

    Args:
        batches: called once an epoch; gives inputs (batch, …) and targets (batch, …). Every epoch has as many
            batches as the first.
        loss: from outputs and targets of a batch to its mean loss.
        warm_up: steps of the warm-up.
        after_epoch: called at the end of each epoch.
    """
    optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    rise = torch.optim.lr_scheduler.LinearLR(optimizer, 1 / warm_up, total_iters=warm_up)
    for epoch in range(epochs):
        model.train()
        start, total, count = time.perf_counter(), 0.0, 0
        for x, target in batches():
            error = loss(model(x), target)
            optimizer.zero_grad()
            error.backward()
            nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimizer.step()
            rise.step()
            total, count = total + error.item(), count + 1
        schedule.step()
        seconds = time.perf_counter() - start
        log.info("epoch %d of %d, mean loss %.4f, %.0f s", epoch + 1, epochs, total / count, seconds)
        after_epoch()
    model.eval()


@torch.inference_mode()
def count_right(model: nn.Module, batches: Batches) -> int:
    """Count the inputs that the model classifies right, of batches (batch, …) and targets (batch,)."""
    model.eval()
    return sum(int((model(x).argmax(1) == target).sum()) for x, target in batches)


def shuffle(inputs: Tensor, targets: Tensor, size: int) -> Batches:
    """Split inputs (n, …) and targets (n, …) into batches, in an order drawn anew."""
    return ((inputs[rows], targets[rows]) for rows in torch.randperm(len(inputs)).split(size))


def split_in_order(inputs: Tensor, targets: Tensor, size: int = 500) -> Batches:
    """Split inputs (n, …) and targets (n, …) into batches as they stand."""
    return zip(inputs.split(size), targets.split(size), strict=True)


def describe_adam(learning_rate: float, warm_up: int = 1) -> str:
    """Say in the facts of a weights file how `fit` has trained it."""
    rise = f" after a rise over {warm_up} steps," if warm_up > 1 else ""
    return f"Adam at {learning_rate}{rise} falling to 0 along half a cosine, gradients clipped to norm 1"


def percent(part: int, whole: int) -> str:
    """Write a share such as “9,812 of 10,000 (98.12 %)”."""
    return f"{part:,} of {whole:,} ({numbers.percent(part / whole, 2)})"


def publish(
    name: str,
    model: nn.Module,
    arguments: dict[str, object],
    facts: dict[str, str],
    folder: Path = WEIGHTS,
    measured: weights.Measured | None = None,
) -> None:
    """Write the weights with their facts and the numbers in them, and MODELS.md anew."""
    weights.save(model, arguments, facts, folder / f"{name}.safetensors", measured)
    (folder / "MODELS.md").write_text(weights.catalogue(folder), encoding="utf-8")
    log.info("%s: %s", name, facts["result"])
