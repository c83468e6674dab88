"""Contribution of each word to a text classifier's answer, by two methods.

Both speak of the margin between a pair of classes: the logit of the first minus that of the second.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

BATCH = 20  # texts at once, between two reports of progress
POINTS = 32, 192  # of the path that integrated gradients follow; more where few miss too much
MISSED = 0.02  # of the margin's change
PLACES = 3  # decimals of a contribution: what lies below is rounding, not rank
SHUFFLES = 4_000
UNKNOWN = 1  # the index of the word that stands for all unknown ones

Progress = Callable[[float], object]
Pair = tuple[int, int]
PAIR = (1, 0)


@dataclass(frozen=True, eq=False)
class Integrated:
    """Integrated gradients of a text.

    Args:
        words: (words,) the attribution of each, in logits.
        before, after: the margin of the baseline, where every word is the unknown one, and the text's own.
    """

    words: np.ndarray
    before: float
    after: float

    @property
    def remainder(self) -> float:
        """Difference of after − before to the sum of attributions; 0 with infinitely many points."""
        return self.after - self.before - float(self.words.sum())


def margins(model: nn.Module, texts: Tensor, pair: Pair = PAIR) -> Tensor:
    """Margins (batch,) of texts (batch, words) int64: the logit of one class minus that of another."""
    logits = model(texts)
    return logits[:, pair[0]] - logits[:, pair[1]]


@torch.inference_mode()
def leave_one_out(
    model: nn.Module, indices: list[int], progress: Progress | None = None, pair: Pair = PAIR
) -> np.ndarray:
    """Fall of the margin when each word in turn is taken out of the text: (words,) float32, in logits.

    Raises: ValueError for fewer than two words: nothing would be left.
    """
    count = len(indices)
    if count < 2:
        raise ValueError("a text of one word cannot do without it")
    words = torch.tensor(indices)
    whole = margins(model, words[None], pair)
    left = torch.stack([torch.cat([words[:at], words[at + 1 :]]) for at in range(count)])
    without = []
    for batch in left.split(BATCH):
        without.append(margins(model, batch, pair))
        if progress:
            progress(sum(map(len, without)) / count)
    return (whole - torch.cat(without)).numpy()


def integrated_gradients(model: nn.Module, indices: list[int], pair: Pair = PAIR) -> Integrated:
    """Integrated gradients from a baseline of unknown words to this text, summed over a word's embedding.

    Source: Sundararajan, Taly and Yan 2017, "Axiomatic Attribution for Deep Networks", section 3.
    """
    from captum.attr import LayerIntegratedGradients  # late: a second

    private = copy.deepcopy(model)  # captum hooks the model it is given
    words = torch.tensor([indices])
    unknown = torch.full_like(words, UNKNOWN)
    layer = private.get_submodule("embedding")
    method = LayerIntegratedGradients(lambda texts: margins(private, texts, pair), layer)
    with torch.inference_mode():
        before, after = margins(model, torch.cat([unknown, words]), pair).tolist()
    result = Integrated(np.zeros(len(indices)), before, after)
    for points in POINTS:
        with torch.enable_grad():
            found = method.attribute(words, unknown, n_steps=points, internal_batch_size=POINTS[0])
        assert isinstance(found, Tensor)
        result = Integrated(found[0].sum(dim=1).detach().numpy(), before, after)
        if abs(result.remainder) <= MISSED * max(1.0, abs(after - before)):
            break
    return result


@cache
def agreement_by_chance(count: int, ways: int = 1) -> float:
    """Size of Spearman's rank correlation that two shuffled rankings exceed in at most 1 of 20 cases.

    Args:
        count: of values ranked.
        ways: in which they are compared; each has its part of the one case (Bonferroni).
    """
    ranks = np.arange(count, dtype=float)
    shuffled = np.random.default_rng(0).permuted(np.tile(ranks, (SHUFFLES, 1)), axis=1)
    found = 1 - 6 * ((shuffled - ranks) ** 2).sum(axis=1) / (count * (count**2 - 1))
    return float(np.quantile(np.abs(found).round(PLACES), 1 - 0.05 / ways, method="higher"))


def rank_agreement(first: np.ndarray, second: np.ndarray) -> float | None:
    """Spearman's rank correlation of two vectors (n,); None for fewer than three values or constant ones."""
    first, second = first.round(PLACES), second.round(PLACES)
    if len(first) < 3 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    one, other = (pd.Series(values).rank().to_numpy() for values in (first, second))
    return float(np.corrcoef(one, other)[0, 1])
