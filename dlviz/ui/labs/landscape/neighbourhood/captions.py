"""Sentences of the view, made from a pass."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlviz.landscape.neighbourhood import SPREAD
from dlviz.training.analysis.significance import chance_of_separation
from dlviz.training.loss_surface import EXAMPLES, Surface
from dlviz.training.runs.service import Status
from dlviz.ui.labs.landscape.neighbourhood.forward import (
    ForwardPass,
    Plan,
    Rise,
    are_equal,
    find_higher,
    take_whole_grid,
)
from dlviz.ui.labs.landscape.neighbourhood.state import DRAWS, FACTOR, RESCALED, NeighbourhoodFields
from dlviz.ui.runs import together
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted, number, percent

DRAWS_TOLD = (
    f"Line: mean over draws 0 to {DRAWS - 1}. Band: from the lowest draw to the highest. A draw is one "
    "random direction, the first of its picture, gone both ways."
)
RESCALED_TOLD = (
    f"The weights of its hidden layers are {FACTOR} times as large, and the layers behind take that back: "
    f"ReLU gives {FACTOR} times as much for {FACTOR} times as much, and batch norm divides it out. No answer "
    "changes."
)
NORMALISED = "**Normalised**: at a distance of 1 each filter has moved by its own length."
NOT_NORMALISED = (
    f"**As drawn**: at a distance of 1 every weight has moved by a random number of spread {SPREAD:g}, "
    "however large the weights are."
)
MEASURED_SO = (
    f"Loss: the mean over the first {EXAMPLES} training examples, or all if there are fewer, on one scale in "
    "both pictures. Biases stay. Dropout is off, and batch norm takes its statistics from these examples at "
    "each place."
)


def tell_directions(state: NeighbourhoodFields) -> str:
    """The unit of the distances on the axes, and how the loss is measured."""
    return f"{NOT_NORMALISED if state.plain else NORMALISED} {MEASURED_SO}"


def tell_surface(surface: Surface) -> str:
    """The loss in the middle and the highest one of a picture, and its gaps."""
    _, losses = take_whole_grid(surface)
    finite = losses[np.isfinite(losses)]
    said = [f"{surface.whole_side} × {surface.whole_side} places."]
    middle = find_middle(surface)
    if np.isfinite(middle):
        said.append(f"★ as trained: **{number(middle)}**.")
    if finite.size:
        said.append(f"Highest: **{number(float(finite.max()))}**.")
    if gaps := losses.size - finite.size:
        said.append(f"At {counted(gaps, 'place')} the loss is no number: a gap.")
    return " ".join(said)


def find_middle(surface: Surface) -> float:
    """Loss of the network as trained; NaN where it is no number."""
    return float(surface.losses[len(surface.second) // 2, len(surface.first) // 2])


def tell_pair(passed: ForwardPass, state: NeighbourhoodFields) -> str:
    """A comparison of both pictures where one is of the same network; an empty text where it says nothing."""
    first, second = passed.surfaces
    if state.beside != RESCALED or not (first and second and first.whole_side and second.whole_side):
        return ""
    begin = "Left and right, the network gives every example the same answer"
    if are_equal(first, second):
        return f"{begin}, and the pictures are equal, to the last digit, at every place."
    if not state.plain:
        return f"{begin}; the losses differ by at most {number(_largest_gap(first, second))}."
    return f"{begin}, yet the pictures differ, by up to {number(_largest_gap(first, second))} at one place."


def _largest_gap(first: Surface, second: Surface) -> float:
    both = np.isfinite(first.losses) & np.isfinite(second.losses)
    return float(np.abs(first.losses[both] - second.losses[both]).max(initial=0.0))


def tell_progress(shares: Sequence[float], statuses: Sequence[Status]) -> str:
    """Share of each measurement that is done, and the place of those that wait."""
    done = f"{' and '.join(percent(share, 0) for share in shares)} measured"
    waiting = [(status.place, status.queue) for status in statuses if status.place]
    if not waiting:
        return done
    place, queue = min(waiting)
    return f"{done} · {len(waiting)} waiting, the first at place {place} of {queue} in the queue"


def describe_picture(plan: Plan, surface: Surface) -> str:
    """Text alternative of a picture: losses in its middle, at the middles of its edges, in its corners."""
    end, middle = len(surface.first) - 1, len(surface.first) // 2
    places = {
        "left": (middle, 0),
        "right": (middle, end),
        "below": (0, middle),
        "above": (end, middle),
    }
    edges = ", ".join(f"{name} {_write(surface, *place)}" for name, place in places.items())
    corners = ", ".join(_write(surface, row, column) for row in (0, end) for column in (0, end))
    trained = _write(surface, middle, middle)
    return f"Loss around {plan.title}: {trained} as trained; at the edges {edges}; in the corners {corners}."


def _write(surface: Surface, row: int, column: int) -> str:
    loss = float(surface.losses[row, column])
    return number(loss) if np.isfinite(loss) else "no number"


def grid_rows(surface: Surface) -> list[dict[str, str]]:
    """Rows of a table: the losses of the coarsest grid, the top row of the picture first."""
    step = (surface.sides[-1] - 1) // (surface.sides[0] - 1)
    places = range(0, surface.sides[-1], step)
    return [
        {
            "second \\ first": number(float(surface.second[row])),
            **{number(float(surface.first[column])): _write(surface, row, column) for column in places},
        }
        for row in reversed(places)
    ]


def rows(passed: ForwardPass) -> list[dict[str, str]]:
    """Rows of a table: at each distance the losses of each network over its draws, and who is higher.

    Who is higher is told once all draws are measured: of a single one, each network's range is a point.
    """
    table = []
    whole = min(len(rise.losses) for rise in passed.rises) == DRAWS
    higher = find_higher(*passed.rises) if whole and len(passed.rises) == 2 else []
    for at, distance in enumerate(passed.rises[0].distances.tolist()):
        row = {"Distance": number(distance)}
        for rise in passed.rises:
            row[_name(rise)] = _spread(rise.losses[:, at])
        if higher:
            which = higher[at]
            row["Higher in every draw"] = "neither" if which is None else _name(passed.rises[which])
        table.append(row)
    return table


def _spread(losses: np.ndarray) -> str:
    finite = losses[np.isfinite(losses)]
    if len(finite) < len(losses):
        return f"no number in {counted(len(losses) - len(finite), 'draw')}"
    low, mean, high = (number(float(each)) for each in (losses.min(), losses.mean(), losses.max()))
    return f"{mean} ({low} to {high})"


def tell_rise(passed: ForwardPass) -> str:
    """A verdict from several draws: at which distances one network's loss is higher in every one of them."""
    rises = passed.rises
    counts = [len(rise.losses) for rise in rises]
    if min(counts) < DRAWS:
        return f"Measured so far: {min(counts)} of {DRAWS} draws. The verdict waits for all."
    if len(rises) == 1:
        return _tell_luck(rises[0])
    if _are_alike(*rises):
        return f"Draw for draw, **{_name(rises[0])}** and **{_name(rises[1])}** have the same losses."
    higher = find_higher(*rises)
    said = []
    for which, rise in enumerate(rises):
        if at := _distances(rise, higher, which):
            said.append(
                f"At {at} every draw around **{_name(rise)}** has a higher loss than every draw around "
                f"{_name(rises[1 - which])}."
            )
    if at := _distances(rises[0], higher, None):
        said.append(f"At {at} the draws overlap: within luck.")
    if any(found is not None for found in higher):
        chance = chance_of_separation(DRAWS, DRAWS)
        said.append(
            "If both were alike, luck alone would do that at a given distance "
            f"{counted(chance.numerator, 'time')} in {chance.denominator:,}."
        )
    return " ".join(said)


def _are_alike(first: Rise, second: Rise) -> bool:
    return np.allclose(first.losses, second.losses, rtol=1e-3, atol=1e-4, equal_nan=True)


def _tell_luck(rise: Rise) -> str:
    last = rise.losses[:, -1]
    if not np.isfinite(last).all():
        return f"At a distance of {number(float(rise.distances[-1]))} the loss is no number in some draws."
    low, high = float(last.min()), float(last.max())
    return (
        f"The same network, {DRAWS} draws: at a distance of {number(float(rise.distances[-1]))} the loss is "
        f"**{number(low)}** in one and **{number(high)}** in another. One picture is one draw."
    )


def _distances(rise: Rise, higher: Sequence[int | None], which: int | None) -> str:
    """The distances at which so much was found, as a list in a sentence; empty if there are none."""
    far = [number(at) for at, found in zip(rise.distances.tolist(), higher, strict=True) if found == which]
    if not far:
        return ""
    return f"{'a distance' if len(far) == 1 else 'distances'} of {together.in_words(far)}"


def _name(rise: Rise) -> str:
    return plain(rise.title)


def describe_rise(passed: ForwardPass) -> str:
    """Text alternative of the curves over the distance."""
    parts = [
        f"{rise.title}: "
        + ", ".join(
            f"{_spread(rise.losses[:, at])} at {number(far)}"
            for at, far in enumerate(rise.distances.tolist())
        )
        for rise in passed.rises
    ]
    return f"Mean loss over draws, with its range, by the distance. {'; '.join(parts)}."
