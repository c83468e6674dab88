"""Points of two classes in the plane: patterns that a straight line cannot part."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

REACH = 1.0  # patterns lie within this distance of the middle, along each axis; noise goes beyond it
TURNS = 1.75  # of each spiral
SQUARES = 4  # of the checkerboard, along each side


@dataclass(frozen=True, eq=False)
class Points:
    """Points of the plane and their classes.

    Args:
        xy: (count, 2) float32.
        labels: (count,) float32, 0 or 1.
    """

    xy: np.ndarray
    labels: np.ndarray


def draw_points(pattern: str, count: int, noise: float = 0.0, seed: int = 0) -> Points:
    """Draw points of a pattern, half of each class.

    Args:
        pattern: a key of `PATTERNS`.
        noise: standard deviation of what is added to both coordinates.
        seed: from which places and noise are drawn.
    """
    generator = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    xy = PATTERNS[pattern](generator, labels)
    xy = xy + noise * generator.standard_normal((count, 2))
    return Points(xy.astype(np.float32), labels.astype(np.float32))


def _spirals(generator: np.random.Generator, labels: np.ndarray) -> np.ndarray:
    # The root spreads the points evenly along the arm, which is longer further out.
    way = np.sqrt(generator.uniform(0.02, 1, len(labels)))
    return _polar(way, 2 * np.pi * (TURNS * way + labels / 2))


def _rings(generator: np.random.Generator, labels: np.ndarray) -> np.ndarray:
    low, high = np.where(labels == 1, 0.7, 0), np.where(labels == 1, 1, 0.45)
    radius = generator.uniform(low, high)
    return _polar(radius, generator.uniform(0, 2 * np.pi, len(labels)))


def _checkerboard(generator: np.random.Generator, labels: np.ndarray) -> np.ndarray:
    row = generator.integers(0, SQUARES, len(labels))
    # Every second square of the row, so that row and column together are even or odd, as the class is.
    column = 2 * generator.integers(0, SQUARES // 2, len(labels)) + (row + labels) % 2
    inside = generator.uniform(0, 1, (len(labels), 2))
    return (np.stack([column, row], 1) + inside) * (2 * REACH / SQUARES) - REACH


def _xor(generator: np.random.Generator, labels: np.ndarray) -> np.ndarray:
    xy = generator.uniform(0.06, 1, (len(labels), 2))
    side = generator.choice([-1, 1], len(labels))
    return np.stack([xy[:, 0] * side, xy[:, 1] * side * np.where(labels == 1, -1, 1)], 1)


def _moons(generator: np.random.Generator, labels: np.ndarray) -> np.ndarray:
    angle = generator.uniform(0, np.pi, len(labels))
    upper = np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], 1)
    return np.where(labels[:, None] == 1, -upper, upper) / 1.5


def _polar(radius: np.ndarray, angle: np.ndarray) -> np.ndarray:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)


PATTERNS: dict[str, Callable[[np.random.Generator, np.ndarray], np.ndarray]] = {
    "spirals": _spirals,
    "rings": _rings,
    "checkerboard": _checkerboard,
    "xor": _xor,
    "moons": _moons,
}
