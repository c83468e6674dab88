"""Fields of the Loss landscape lab's state for the view Two weights."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dlviz.landscape.two_weights import OPTIMIZERS, SIDE, Weight
from dlviz.ui import fields

NETWORK_TITLES = {"mlp": "Digits: MLP", "cnn": "Digits: SimpleCNN", "plane": "Two moons: 2 layers of 8"}
REACHES = {"0.5": 0.5, "1": 1.0, "2": 2.0, "5": 5.0}
RATES = {"0.001": 0.001, "0.01": 0.01, "0.03": 0.03, "0.1": 0.1, "0.3": 0.3, "1": 1.0, "3": 3.0}
STEPS = 60
MOST_UNITS = 256


def read_weight(text: str) -> Weight:
    """Read a weight from a link: its unit and its input, such as `9.12`.

    Raises: ValueError for anything else.
    """
    if not re.fullmatch(r"\d{1,4}\.\d{1,4}", text, re.ASCII):
        raise ValueError("no weight")
    unit, place = text.split(".")
    return Weight(int(unit), int(place))


def write_weight(weight: Weight) -> str:
    """Write a weight as `read_weight` reads it."""
    return f"{weight.unit}.{weight.input}"


def _read_start(text: str) -> tuple[int, int]:
    column, _, row = text.partition(".")
    if not (column.isascii() and column.isdigit() and row.isascii() and row.isdigit()):
        raise ValueError("no start")
    if not (len(text) <= 5 and int(column) < SIDE and int(row) < SIDE):
        raise ValueError("no start")
    return int(column), int(row)


def _check_optimizer(text: str) -> None:
    if text not in OPTIMIZERS:
        raise ValueError("no optimizer")


@dataclass(frozen=True)
class TwoWeightsFields:
    """Two weights of a trained network, and a race of optimizers over them.

    Args:
        network: a key of `NETWORK_TITLES`.
        layer: its linear layers counted from 0; of fewer, the last.
        unit: whose weights are drawn, where the layer has too many for one picture.
        one, two: the chosen weights; None for the two along which the loss bends most.
        reach: a key of `REACHES`, how far the picture goes to each side.
        start: column and row of the grid where the race begins.
        rate: a key of `RATES`, the learning rate of all optimizers.
        step: of the race that is shown.
        relief: true for a surface in place of lines of equal loss.
        guess_winner: optimizer that was expected to be lowest at the end; in older links alone.
    """

    network: str = fields.choice(NETWORK_TITLES, "mlp")
    layer: int = fields.integer(0, 2, 1)
    unit: int = fields.integer(0, MOST_UNITS - 1, 0)
    one: Weight | None = fields.coded(None, read_weight, write_weight)
    two: Weight | None = fields.coded(None, read_weight, write_weight)
    reach: str = fields.choice(REACHES, "1")
    start: tuple[int, int] = fields.coded((2, 4), _read_start, lambda start: f"{start[0]}.{start[1]}")
    rate: str = fields.choice(RATES, "0.1")
    step: int = fields.integer(0, STEPS, 12)
    relief: bool = fields.flag()
    guess_winner: str | None = fields.text(None, _check_optimizer)
