"""Evaluation of a network on examples that it does not learn from, and histograms of its weights."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlviz.training.tasks import Examples

BATCH = 250  # so small that a stop is heard soon
MISTAKES = 24
CLASSES = 20  # more make no confusion matrix that could be read
BINS = 32


@dataclass(frozen=True)
class Measured:
    """Results of a network on examples.

    Args:
        loss, accuracy: mean in nats, and share of right answers.
        wrong: of some mistakes the example's `index`, its class, `truth`, and the answer, `said`.
        confusion: counts, the true class by the predicted one; empty if there are too many.
        examples, right: of each class, how many there are and how many answers were right.
    """

    loss: float
    accuracy: float
    wrong: list[dict[str, int]]
    confusion: list[list[int]]
    examples: list[int]
    right: list[int]


def share_of_most_frequent(examples: Examples) -> float:
    """Share of right answers of whoever always gives the most frequent one: what nothing learnt is worth."""
    answers = torch.cat([examples.batch(rows)[1].flatten() for rows in examples.split_in_order(BATCH)])
    return float(answers.bincount().max()) / len(answers)


def flat(logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Flatten logits (…, classes) to (n, classes) and targets (…) to (n,): all steps of all sequences."""
    return logits.flatten(0, -2), targets.flatten()


@torch.inference_mode()
def measure(
    answer: Callable[[Tensor], Tensor],
    examples: Examples,
    stopped: Callable[[], bool],
    most: int | None = None,
) -> Measured | None:
    """Measure on all examples; None if `stopped`, which is asked between batches, becomes true.

    Args:
        answer: from inputs (batch, …) to logits (batch, …, classes), on the CPU.
        most: examples that are enough, about; batches at even distances are measured then.
    """
    losses, predicted, true, classes, rows = [], [], [], 0, examples.split_in_order(BATCH)
    if most is not None:
        rows = rows[:: max(1, len(examples) // most)]
    for batch in rows:
        if stopped():
            return None
        x, targets = examples.batch(batch)
        logits, targets = flat(answer(x), targets)
        losses.append(F.cross_entropy(logits, targets, reduction="sum").double())
        predicted.append(logits.argmax(1))
        true.append(targets)
        classes = logits.shape[1]
    predicted, true = torch.cat(predicted), torch.cat(true)
    hits = true[predicted == true]
    wrong, confusion = _mistakes(predicted, true, torch.cat(rows), classes)
    return Measured(
        float(sum(losses)) / len(true),
        len(hits) / len(true),
        wrong,
        confusion,
        torch.bincount(true, minlength=classes).tolist(),
        torch.bincount(hits, minlength=classes).tolist(),
    )


def _mistakes(
    predicted: Tensor, true: Tensor, rows: Tensor, classes: int
) -> tuple[list[dict[str, int]], list[list[int]]]:
    if classes > CLASSES:
        return [], []
    places = (predicted != true).nonzero().flatten()[:MISTAKES].tolist()
    wrong = [{"index": int(rows[at]), "truth": int(true[at]), "said": int(predicted[at])} for at in places]
    counts = torch.bincount(true * classes + predicted, minlength=classes * classes)
    return wrong, counts.view(classes, classes).tolist()


def spread(model: nn.Module, of: Callable[[nn.Parameter], Tensor | None]) -> dict[str, object]:
    """Histogram of each weight matrix or kernel: `low`, `high` and the `counts` between.

    Args:
        of: from a parameter to its values, or their gradient, of any shape.
    """
    values = {name: of(parameter) for name, parameter in model.named_parameters() if parameter.dim() > 1}
    return {name: _histogram(tensor.detach().cpu()) for name, tensor in values.items() if tensor is not None}


def _histogram(values: Tensor) -> dict[str, object]:
    if not values.isfinite().all():
        return {"low": 0.0, "high": 0.0, "counts": []}
    low, high = values.min().item(), values.max().item()
    # In single precision the width of the bins may overflow.
    counts = torch.histc(values.double(), BINS, low, high)
    return {"low": low, "high": high, "counts": [int(count) for count in counts]}
