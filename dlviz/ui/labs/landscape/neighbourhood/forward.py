"""Pass of the view: what is measured around each network, in one picture and along lines of several draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlviz.landscape.neighbourhood import mean_by_distance
from dlviz.training.loss_surface import Surface, SurfaceConfig
from dlviz.ui.labs.landscape.neighbourhood.networks import Choice
from dlviz.ui.labs.landscape.neighbourhood.state import (
    ANOTHER_DRAW,
    DRAWS,
    FACTOR,
    REACHES,
    RESCALED,
    SIDES,
    NeighbourhoodFields,
)

LINE = (9,)  # places along a line, its middle among them


@dataclass(frozen=True)
class Plan:
    """Measurements that are planned around a network.

    Args:
        network: its name.
        title: of the picture, by which it is told from the other one.
        plane: of the picture.
        lines: of several draws.
    """

    network: str
    title: str
    plane: SurfaceConfig
    lines: SurfaceConfig


@dataclass(frozen=True, eq=False)
class Rise:
    """The loss at distances from a network, along lines of several draws.

    Args:
        title: of the network.
        distances: (distances,) the nearest first.
        losses: (draws, distances), each the mean of both ways; of draws that are measured whole.
    """

    title: str
    distances: np.ndarray
    losses: np.ndarray


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """Measurements around both networks, as far as they have come.

    Args:
        plans: of the two pictures.
        surfaces: of each; None where nothing is measured.
        rises: of the networks, where a draw is measured; one where both pictures show the same network.
    """

    plans: tuple[Plan, Plan]
    surfaces: tuple[Surface | None, Surface | None]
    rises: tuple[Rise, ...]


def plan_pictures(first: Choice, second: Choice | None, state: NeighbourhoodFields) -> tuple[Plan, Plan]:
    """Plan both pictures.

    Args:
        second: None where it is the first network again, with another draw or rescaled.
    """
    titles = (first.title, second.title if second else first.title)
    if state.beside == ANOTHER_DRAW:
        titles = tuple(f"{first.title}, draw {draw}" for draw in (state.draw, state.other_draw))
    elif state.beside == RESCALED:
        titles = (first.title, f"{first.title}, rescaled × {FACTOR}")
    elif titles[0] == titles[1]:
        titles = (f"{titles[0]} (left)", f"{titles[1]} (right)")
    draws = state.draw, state.other_draw if state.beside == ANOTHER_DRAW else state.draw
    factors = 1, FACTOR if state.beside == RESCALED else 1
    one, other = (
        _plan(title, choice, state, draw, factor)
        for title, choice, draw, factor in zip(titles, (first, second or first), draws, factors, strict=True)
    )
    return one, other


def _plan(title: str, choice: Choice, state: NeighbourhoodFields, draw: int, factor: int) -> Plan:
    networks = (choice.network,)
    plane = SurfaceConfig(
        "random",
        networks,
        sides=SIDES,
        seed=draw,
        reach=REACHES[state.edge],
        normalised=not state.plain,
        factor=factor,
    )
    lines = SurfaceConfig(
        "lines", networks, sides=LINE, reach=1.0, normalised=not state.plain, factor=factor, draws=DRAWS
    )
    return Plan(choice.title, title, plane, lines)


def measure_rise(title: str, lines: Surface | None) -> Rise | None:
    """Find how the loss rises with the distance, from draws that are measured whole; None before one is."""
    if lines is None:
        return None
    whole = lines.measured.all(axis=1)
    if not whole.any():
        return None
    return Rise(title, *mean_by_distance(lines.first, lines.losses[whole]))


def find_higher(first: Rise, second: Rise) -> list[int | None]:
    """Find at each distance the network, 0 or 1, whose loss is higher in every draw; None where they overlap.

    A loss that is no number is higher than any other.
    """
    one, other = (np.nan_to_num(rise.losses, nan=np.inf, posinf=np.inf) for rise in (first, second))
    higher: list[int | None] = []
    for ours, theirs in zip(one.T, other.T, strict=True):
        if ours.min() > theirs.max():
            higher.append(0)
        elif theirs.min() > ours.max():
            higher.append(1)
        else:
            higher.append(None)
    return higher


def take_whole_grid(surface: Surface) -> tuple[np.ndarray, np.ndarray]:
    """Take the finest grid measured whole: places (side,) along each direction, losses (side, side)."""
    step = (surface.sides[-1] - 1) // (surface.whole_side - 1)
    return surface.first[::step], surface.losses[::step, ::step]


def are_equal(first: Surface, second: Surface) -> bool:
    """True if two pictures show the same losses wherever both are measured."""
    both = first.measured & second.measured
    return bool(np.array_equal(first.losses[both], second.losses[both], equal_nan=True))
