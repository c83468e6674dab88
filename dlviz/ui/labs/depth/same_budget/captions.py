"""Sentences of the view: what points and budget allow, which depth is ahead, and which has gone astray."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlviz.chance import chance_of_difference
from dlviz.plane.budget import DEPTHS
from dlviz.ui.labs.depth.cohort import FEWEST_DIVIDED, Learning
from dlviz.ui.labs.depth.same_budget.forward import ForwardPass
from dlviz.ui.labs.depth.same_budget.own_points import MOST_LINKED, MOST_OWN
from dlviz.ui.labs.depth.same_budget.state import OWN, SEEDS, SameBudgetFields
from dlviz.ui.text_format.numbers import counted, number

LUCK = 0.05  # chance above which a difference is said to be within luck
# Times the loss at the beginning: one that rose above the first, and is not below the second, has diverged.
GROWN, BACK = 3.0, 0.9
EVEN = 2  # 255ths of probability: a network that differs less over the plane gives one answer everywhere
SETTLED = 100  # steps before which networks may still be flat because they have only begun


def verdict(passed: ForwardPass, learning: Learning) -> str:
    """Say which depth is ahead on points that no network has learned from, or that this is within luck."""
    if not len(learning.points.xy):
        return "No points yet: click on the plane to place some"
    if not passed.steps:
        return f"{len(passed.shapes) * SEEDS} networks, none trained yet: press Play"
    if passed.tested is None:
        return "No points are held out, so nothing says which depth is better on new ones"
    if len(passed.shapes) == 1:
        return "One depth alone fits this budget: there is nothing to compare"
    leader, beaten = find_leader(passed.tested, len(learning.held_out.xy))
    if leader is None:
        return "Within luck: the depths differ no more than the seeds of one depth do"
    depths = [shape.depth for shape in passed.shapes]
    behind = _name_depths([depths[at] for at in beaten])
    rest = "" if len(beaten) == len(depths) - 1 else "; the others are within luck of it"
    return f"{counted(depths[leader], 'layer')} ahead of {behind} with every seed{rest}"


def find_leader(tested: np.ndarray, count: int) -> tuple[int | None, list[int]]:
    """Find the depth that is best on average, and those of which it beats every seed with each of its own.

    Args:
        tested: (depths, seeds) shares that are right.
        count: of the points they were tested on.
    Returns: their places. None and no places where chance alone might have made such differences: among
        seeds, or among so few test points.
    """
    if chance_of_difference(tested) > LUCK:
        return None, []
    best = int(tested.mean(1).argmax())
    share = tested[best].mean()
    # Two standard errors of a share of so many points; with all right, that of one wrong.
    error = 2 * max(np.sqrt(share * (1 - share) / count), 1 / count)
    beaten = [
        place
        for place, shares in enumerate(tested)
        if shares.max() < tested[best].min() and share - shares.mean() > error
    ]
    return (best, beaten) if beaten else (None, [])


def find_diverged(passed: ForwardPass) -> list[int]:
    """Find the depths of which a network's loss has risen far above its beginning and not come back.

    A loss that is no number has not come back either.
    """
    if not len(passed.losses):
        return []
    first, last = passed.losses[0], passed.losses[-1]
    grown = ~(passed.losses <= GROWN * first).all(0) & ~(last < BACK * first)
    return [shape.depth for shape, any_of in zip(passed.shapes, grown.any(1), strict=True) if any_of]


def count_even(passed: ForwardPass) -> int:
    """Count the networks that give one answer everywhere in the plane."""
    flat = passed.small.reshape(*passed.small.shape[:2], -1).astype(int)
    return int((np.ptp(flat, -1) <= EVEN).sum())


def astray(passed: ForwardPass, learning: Learning, state: SameBudgetFields) -> list[str]:
    """Say which networks have gone astray, and why their learning may not bring them back."""
    said = []
    if diverged := find_diverged(passed):
        said.append(
            f"The loss of a network with {_name_depths(diverged)} has risen far above where it began, and "
            f"has not come back: a learning rate of {number(state.rate, 'g')} is too large for it. "
            "Its curve is kept."
        )
    is_one_class = len({*learning.points.labels}) == 1  # one answer everywhere is right then
    if passed.steps >= SETTLED and not is_one_class and (even := count_even(passed)):
        said.append(
            f"{counted(even, 'network')} of {passed.small.shape[0] * SEEDS} "
            f"{'gives' if even == 1 else 'give'} one answer everywhere: "
            f"{'it has' if even == 1 else 'they have'} learned nothing about the plane."
        )
    return said


def warnings(state: SameBudgetFields, learning: Learning) -> list[str]:
    """Say what cannot be learned from these points, or with this budget."""
    said = []
    fitting = [shape.depth for shape in learning.cohort.shapes]
    if left_out := [depth for depth in DEPTHS if depth not in fitting]:
        said.append(
            f"A budget of {state.budget:,} is too small for {_name_depths(left_out)}, even two units wide: "
            f"{'it is' if len(left_out) == 1 else 'they are'} left out."
        )
    points = learning.points
    if len(points.xy):
        if len({*points.labels}) == 1:
            said.append(
                "All points are of one class: networks learn to give that answer everywhere. Place some of "
                "the other."
            )
        if len(points.xy) > 1 and not np.ptp(points.xy, 0).any():
            said.append("All points lie in one place: there is nothing to separate.")
    if state.pattern == OWN:
        said += _own_warnings(len(points.xy) + len(learning.held_out.xy))
    return said


def _own_warnings(placed: int) -> list[str]:
    said = []
    if 0 < placed < FEWEST_DIVIDED:
        said.append(
            f"With fewer than {FEWEST_DIVIDED} points all of them are learned: none is left to test on."
        )
    if placed > MOST_LINKED:
        said.append(
            f"More than {MOST_LINKED} points are too many for a link: whoever opens it, or loads this page "
            "again, has none of them."
        )
    if placed == MOST_OWN:
        said.append(f"{MOST_OWN:,} points are as many as can be placed.")
    return said


def _name_depths(depths: Sequence[int]) -> str:
    """Depths in a sentence: “1 layer”, “1 and 6 layers”."""
    *first, last = map(str, depths)
    names = f"{', '.join(first)} and {last}" if first else last
    return f"{names} layer{'' if depths[-1] == 1 else 's'}"
