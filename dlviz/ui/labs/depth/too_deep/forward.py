"""The networks of a learner's choice, and what of them is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlviz.plane.points import draw_points
from dlviz.ui.labs.depth.too_deep.state import TooDeepFields

if TYPE_CHECKING:
    from dlviz.plane.points import Points
    from dlviz.plane.towers import Towers

SEEDS = 5
POINTS, NOISE = 200, 0.05
THIN = 300  # points of a loss that are drawn


def make_towers(state: TooDeepFields) -> Towers:
    """Make the networks of the learner's choice, before their first step."""
    import torch

    from dlviz.plane.towers import Towers

    torch.set_num_threads(1)  # beside other learners' pages a second thread makes each page slower
    seeds = range(state.tower_seed, state.tower_seed + SEEDS)
    rate = float(state.tower_rate)
    return Towers(state.tower_layers, state.tower_activation, state.tower_first, seeds, rate)


def learned_points(state: TooDeepFields) -> Points:
    """Draw the points that all networks learn."""
    return draw_points(state.tower_pattern, POINTS, NOISE, state.tower_seed)


def vanishing(norms: np.ndarray) -> float:
    """Tell how many times smaller the first layer's gradient is than the last one's: the middle of all seeds.

    Where the first is 0, that is infinitely many times.

    Args:
        norms: (seeds, layers) gradient norms of one kind of network.
    """
    first, last = norms[:, 0], norms[:, -1]
    return float(np.median(np.divide(last, first, out=np.full_like(first, np.inf), where=first > 0)))


def thin_steps(steps: int) -> np.ndarray:
    """Choose steps (points,) of a loss's line, at most THIN, the first and the last among them."""
    return np.unique(np.linspace(0, max(steps - 1, 0), min(steps, THIN)).astype(int))
