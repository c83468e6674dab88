"""Agreement that chance alone gives: a rank correlation means something only beyond that."""

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
