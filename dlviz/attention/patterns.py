"""Attention patterns in numbers: how spread a head is, where it looks, and what flows through all layers.

A pattern is (head, query, key); each row sums to 1.
"""

from collections.abc import Sequence

import numpy as np

# A head is of a kind if at least so much of its attention lies where the kind says, on average over queries.
ENOUGH = 0.4


def entropy(pattern: np.ndarray) -> np.ndarray:
    """(head,) bits, the mean over queries: 0 if each looks at one key, log₂ of the keys if at all alike."""
    with np.errstate(divide="ignore", invalid="ignore"):
        bits = -np.where(pattern > 0, pattern * np.log2(pattern), 0.0).sum(axis=-1)
    return bits.mean(axis=-1)


def looks(
    pattern: np.ndarray, separators: Sequence[int] = (), starts: Sequence[int] = ()
) -> dict[str, np.ndarray]:
    """Kind -> (head,) the share of attention that lies on it, on average over the queries that have it.

    Args:
        separators: positions that end a sentence, such as [SEP]; starts: that begin one, such as [CLS].
    Returns: previous, next and same position, and separator and start where there are such.
    """
    seq = pattern.shape[-1]
    rows = np.arange(seq)
    shares = {"same": pattern[:, rows, rows].mean(axis=1)}
    if seq > 1:
        shares["previous"] = pattern[:, rows[1:], rows[:-1]].mean(axis=1)
        shares["next"] = pattern[:, rows[:-1], rows[1:]].mean(axis=1)
    for name, places in {"separator": separators, "start": starts}.items():
        if len(places):
            shares[name] = pattern[:, :, list(places)].sum(axis=2).mean(axis=1)
    return shares


def kinds(pattern: np.ndarray, separators: Sequence[int] = (), starts: Sequence[int] = ()) -> list[str]:
    """What each head is by measurement: the kind with most of its attention, or broad if none has enough."""
    shares = looks(pattern, separators, starts)
    names = list(shares)
    table = np.stack([shares[name] for name in names])
    best = table.argmax(axis=0)
    enough = table.max(axis=0) >= ENOUGH
    return [names[index] if sure else "broad" for index, sure in zip(best, enough, strict=True)]


def rollout(patterns: Sequence[np.ndarray]) -> np.ndarray:
    """(query, key): how much of each input position arrives at each output position through all layers.

    The heads' mean of each layer, half and half with what the residual stream hands on, multiplied up.
    Source: Abnar, Zuidema, “Quantifying Attention Flow in Transformers”, 2020.
    """
    seq = patterns[0].shape[-1]
    flow = np.eye(seq)
    for pattern in patterns:
        flow = (0.5 * pattern.mean(axis=0) + 0.5 * np.eye(seq)) @ flow
    return flow
