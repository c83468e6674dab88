"""Judgement of networks that tell positive from negative: on real and on hand-written sentences."""

from collections.abc import Callable, Sequence
from functools import cache

import torch
from torch import Tensor

from dlviz.data import reviews, sentiment
from dlviz.data.minimal_pairs import minimal_pairs
from dlviz.data.reviews import Labelled
from dlviz.training import fitting
from dlviz.training.calibration import calibration_error, reliability
from dlviz.ui.text_format.numbers import percent
from dlviz.weights import Measured

Ask = Callable[[Sequence[str]], Tensor]


@cache
def sets() -> dict[str, tuple[Labelled, ...]]:
    """Name -> sentences that no network learned from, with their labels."""
    real = {name: reviews.labelled("test", kind) for kind, name in reviews.KINDS.items()}
    return real | {
        "hand-written": sentiment.hand_written(),
        "everyday": reviews.everyday(),
    }


def describe_data(rated: int, generated: int) -> str:
    """Say what a network learned from and is measured on.

    Args:
        rated, generated: how many rated sentences it learned from, and how many that a grammar made.
    """
    return (
        f"{rated:,} rated sentences of film reviews, product reviews and tweets, and {generated:,} that a "
        "grammar made; measured on rated sentences of the same three kinds, and on others that were written "
        "by hand"
    )


def judge(ask: Ask) -> tuple[str, Measured]:
    """Measure a network.

    Args:
        ask: gives the logits (count, 2) of texts, negative first.
    Returns: its results in words, and in numbers: "right" and "of" by the names of `sets` and of "pairs", and
        of bins of the real test sentences "reliability" and "counts", by the mean probability of each bin.
    """
    right, of, said = {}, {}, []
    for name, labelled in sets().items():
        shares, answers = ask([text for text, _ in labelled]).softmax(1).max(1)
        correct = answers == torch.tensor([label for _, label in labelled])
        right[name], of[name] = int(correct.sum()), len(labelled)
        if name in reviews.KINDS.values():
            said.append((shares, correct))
    probabilities, correct = (torch.cat(parts) for parts in zip(*said, strict=True))
    bins, error = reliability(probabilities, correct), calibration_error(probabilities, correct)
    pairs = minimal_pairs()
    # Of each pair (positive, negative) if the answer is right.
    both = torch.stack(
        [
            ask([pair.positive for pair in pairs]).argmax(1) == 1,
            ask([pair.negative for pair in pairs]).argmax(1) == 0,
        ],
        dim=1,
    )
    right["pairs"], of["pairs"] = int(both.all(1).sum()), len(pairs)
    kinds = ", ".join(f"{name} {percent(right[name] / of[name], 1)}" for name in reviews.KINDS.values())
    words = (
        f"{fitting.percent(int(correct.sum()), len(correct))} of the real test sentences right, "
        f"{fitting.percent(right['hand-written'], of['hand-written'])} of the hand-written ones, "
        f"both sentences of {right['pairs']} of {of['pairs']} pairs that differ in one thing; of the "
        f"real ones {kinds}; its probabilities there are {percent(error, 1)} off on average"
    )
    return words, {
        "right": right,
        "of": of,
        "reliability": {f"{said:.4f}": share for _, said, share in bins},
        "counts": {f"{said:.4f}": count for count, said, _ in bins},
    }
