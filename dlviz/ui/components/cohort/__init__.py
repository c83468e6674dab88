"""Networks of several depths that learn points of the plane side by side: boundaries, points, and curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import half, pack

_component = load_component("cohort")


@dataclass(frozen=True, eq=False)
class Picture:
    """Networks as they are drawn, and how the browser goes on.

    Args:
        columns: of each depth, its `depth`, `width` and `weights`.
        shown: places of the depth and of the seed that are drawn large.
        steps: that the networks have learned.
        goal: steps up to which they learn without being told to.
        most: steps after which they stop.
        playing: true if the learner lets them learn on and on.
        pause: milliseconds from one report to the next, so that all who play get their turn.
        edge: of the plane that is shown.
        own: the learner's own points as text; None where points are drawn.
        small: (depths, seeds, side, side) uint8, probabilities of class 1.
        large: (side, side) uint8.
        xy: (count, 2) float32, points learned from, then points held out.
        labels: (count,) float32.
        held: number of points that are held out.
        losses: (kept, depths, seeds) float32.
        loss_steps: (kept,) steps before each.
        tested: (depths, seeds) shares of the held-out points that are right; None without such points.
    """

    columns: Sequence[Mapping[str, int]]
    shown: tuple[int, int]
    steps: int
    goal: int
    most: int
    playing: bool
    pause: float
    edge: float
    own: str | None
    small: np.ndarray
    large: np.ndarray
    xy: np.ndarray
    labels: np.ndarray
    held: int
    losses: np.ndarray
    loss_steps: np.ndarray
    tested: np.ndarray | None


def cohort(key: str, picture: Picture) -> None:
    """Draw them.

    What a learner does is told by `dlviz.ui.components.events`: `numbers(key, "tick", 1)`, the steps that are
    to be taken, −1 for as many as there is time for and 0 where the learner has come to rest;
    `numbers(key, "shown", 2)`, the depth and the seed to be drawn large; `news(key, "own")`, a text of own
    points and the report's number.
    """
    header = {
        name: getattr(picture, name)
        for name in ("columns", "shown", "steps", "goal", "most", "playing", "pause", "edge", "own", "held")
    }
    arrays = {
        "small": picture.small,
        "large": picture.large,
        "xy": half(picture.xy),
        "labels": picture.labels.astype(np.uint8),
        # Those that are no numbers are left out of the curve.
        "losses": np.nan_to_num(picture.losses, nan=-1, posinf=-1).astype(np.float32),
        "loss_steps": picture.loss_steps.astype(np.float32),
    }
    if picture.tested is not None:
        arrays["tested"] = picture.tested.astype(np.float32)
    header["heard"] = events.latest(key, "shown", "own")
    header["ticked"] = events.latest(key, "tick")
    _component(
        key=key,
        data=pack(header, arrays),
        on_tick_change=events.heard,
        on_shown_change=events.heard,
        on_own_change=events.heard,
    )
