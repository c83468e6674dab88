"""Attention patterns in numbers: the entropy of a head, the keys it attends to, rollout over all layers.

A pattern is (head, query, key) float; each row sums to 1.
"""

from collections.abc import Sequence

import numpy as np

# A head is of a kind if at least this share of its attention lies on such keys, on average over queries.
ENOUGH = 0.4


def entropy(pattern: np.ndarray) -> np.ndarray:
    """Entropy of each head in bits, on average over queries: (head,) of a pattern (head, query, key).

    It is 0 if each query attends to one key, and log₂ of the number of keys if to all alike.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        bits = -np.where(pattern > 0, pattern * np.log2(pattern), 0.0).sum(axis=-1)
    return bits.mean(axis=-1)


def looks(
    pattern: np.ndarray, separators: Sequence[int] = (), starts: Sequence[int] = ()
) -> dict[str, np.ndarray]:
    """Shares of a head's attention by kind of key, on average over the queries that have such a key.

    Args:
        pattern: (head, query, key), each row sums to 1.
        separators: positions that end a sentence, such as [SEP]; starts: that begin one, such as [CLS].
    Returns: kind -> (head,) float in [0, 1]; the kinds are previous, next and same position, and separator
        and start where there are such.
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
    """Name the kind of each head of a pattern (head, query, key): that of most of its attention, or “broad”.

    A head is broad where no kind has a share of `ENOUGH`. Positions are given as to `looks`.
    """
    shares = looks(pattern, separators, starts)
    names = list(shares)
    table = np.stack([shares[name] for name in names])
    best = table.argmax(axis=0)
    enough = table.max(axis=0) >= ENOUGH
    return [names[index] if sure else "broad" for index, sure in zip(best, enough, strict=True)]


def rollout(patterns: Sequence[np.ndarray]) -> np.ndarray:
    """Attention rollout: (query, key), the share of each input position in each output position.

    The heads' mean of each layer, half and half with the identity of the residual stream, multiplied up.

    Args:
        patterns: a (head, query, key) pattern of each layer, the first first.
    Source: Abnar and Zuidema 2020, "Quantifying Attention Flow in Transformers", section 3.
    """
    seq = patterns[0].shape[-1]
    flow = np.eye(seq)
    for pattern in patterns:
        flow = (0.5 * pattern.mean(axis=0) + 0.5 * np.eye(seq)) @ flow
    return flow
