"""Agreement and differences that chance alone gives: a finding means something only beyond that."""

import math
from functools import lru_cache

import numpy as np
import pandas as pd

SHARE = 0.99  # of all random orders that lie within the band
DRAWS = 1000


def rank_band(
    first: np.ndarray, second: np.ndarray, draws: int = DRAWS, seed: int = 0
) -> tuple[float, float]:
    """Find the rank correlations (Spearman) between which nearly all random orders of two measures lie.

    Only 1 in 100 random orders lies outside, be it above or below.

    Args:
        first, second: (count,), neither of them constant.
        draws: number of random orders; the same ones for a seed.
    """
    one, other = (_standardised(values) for values in (first, second))
    orders = np.random.default_rng(seed).permuted(np.tile(other, (draws, 1)), axis=1)  # (draw, count)
    agreed = np.sort(orders @ one / len(one))
    outside = int(draws * (1 - SHARE) / 2)
    return float(agreed[outside]), float(agreed[-1 - outside])


def _standardised(values: np.ndarray) -> np.ndarray:
    ranks = pd.Series(values).rank().to_numpy()
    return (ranks - ranks.mean()) / ranks.std()


def chance_of_difference(values: np.ndarray, draws: int = 2000, seed: int = 0) -> float:
    """Find how often groups would differ as much in their ranks if chance alone had dealt out their values.

    Args:
        values: (groups, members), what each member of a group has reached.
        draws: number of random deals; the same ones for a seed.
    Returns: a share of the deals, the given one counted with them.
    Source: Kruskal and Wallis 1952, "Use of Ranks in One-Criterion Variance Analysis".
    """
    ranks = pd.Series(values.ravel()).rank().to_numpy()
    deals = ranks[_shuffle(len(ranks), draws, seed)]
    # With groups of one size, Kruskal and Wallis's H grows with this sum of squares alone.
    spread, given = ((each.reshape(-1, *values.shape).sum(2) ** 2).sum(1) for each in (deals, ranks[None]))
    return float(((spread >= given - 1e-9).sum() + 1) / (draws + 1))


@lru_cache(maxsize=8)
def _shuffle(count: int, draws: int, seed: int) -> np.ndarray:
    """Random orders (draws, count) of so many places."""
    return np.random.default_rng(seed).permuted(np.tile(np.arange(count), (draws, 1)), axis=1)


def chance_of_wins(wins: int, losses: int) -> float:
    """Chance that luck alone splits so many decisions at least so unevenly, either way: 1 where none is left.

    Args:
        wins, losses: examples that only the one network has right, and only the other.
    Source: McNemar 1947, "Note on the sampling error of the difference between correlated proportions", the
        exact form.
    """
    count = wins + losses
    tail = sum(math.comb(count, more) for more in range(max(wins, losses), count + 1))
    return min(1.0, 2 * tail / 2**count)
