"""A few examples of each class, and of some classes alone, chosen from a public set."""

import torch
from torch import Tensor

from dlviz.training.tasks.examples import BadTask


def keep_classes(images: Tensor, labels: Tensor, classes: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Keep the pictures of some classes, numbered anew from 0 in the order in which they are given.

    Args:
        images: (n, …).
        labels: (n,) int64.
    Returns: images (m, …) and labels (m,) int64.
    """
    chosen = torch.tensor(classes)
    rows = torch.isin(labels, chosen).nonzero().flatten()
    return images[rows], torch.searchsorted(chosen, labels[rows])


def spaced(images: Tensor, labels: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Keep about as many pictures (n, …) and labels (n,) as wanted, at even distances."""
    step = max(1, len(labels) // count)
    return images[::step], labels[::step]


def draw_examples(labels: Tensor, per_class: int, draw: int) -> Tensor:
    """Draw the rows of a few examples of each class; with more of them, the fewer are among them.

    Args:
        labels: (n,) int64, from 0.
        per_class: examples of each class.
        draw: seed.
    Returns: rows (classes · per_class,) int64, class after class.
    Raises: BadTask if a class has fewer.
    """
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(draw))
    shuffled = labels[order]
    rows = [order[shuffled == label][:per_class] for label in labels.unique()]
    if fewest := next((len(each) for each in rows if len(each) < per_class), None):
        raise BadTask(f"A class has {fewest:,} pictures to learn from, not {per_class:,}.")
    return torch.cat(rows)
