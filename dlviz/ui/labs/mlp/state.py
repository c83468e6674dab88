"""State of the MLP lab: the digit, the network, the unit looked at, units off, how far the drawing moves."""

from collections.abc import Mapping
from dataclasses import dataclass

from dlviz.networks import NETWORKS
from dlviz.ui import fields
from dlviz.ui.inputs.digit import DigitFields
from dlviz.ui.lab import Lab
from dlviz.ui.runs.fields import RunFields

WEIGHTS = {"trained": "Trained", "random": "Random", "run": "The run’s"}
ORDERS = {"place": "In place", "activation": "Most active first"}
PANELS = {
    "unit": "One unit’s sum",
    "answer": "Who decides?",
    "off": "Switch off",
    "shift": "Move the drawing",
    "count": "Count the weights",
}
PRODUCTS = {"ink": "The ink alone", "all": "Every pixel"}
DIRECTIONS = {"right": "→ right", "left": "← left", "up": "↑ up", "down": "↓ down"}
FURTHEST = 6  # pixels that the drawing can be moved
MOST_LAYERS, MOST_UNITS = (NETWORKS["MLP"].sizes[name].most for name in ("depth", "hidden_size"))
MOST_CLASSES = 100  # that an address may speak of
PREDICTED = "predicted"


def read_off(text: str) -> dict[int, list[int]]:
    """Units switched off, from a text such as `1:0-6,9;2:4`: layer, counted from 1 -> units.

    Raises: ValueError for a layer or unit that no network has.
    """
    off: dict[int, list[int]] = {}
    for part in filter(None, text.split(";")):
        layer, _, units = part.partition(":")
        if layer not in map(str, range(1, MOST_LAYERS + 1)):
            raise ValueError(text)
        off[int(layer)] = fields.read_ranges(units, MOST_UNITS)
    return off


def write_off(off: Mapping[int, list[int]]) -> str:
    """The text that `read_off` reads, neighbouring units joined to ranges."""
    return ";".join(f"{layer}:{fields.write_ranges(units)}" for layer, units in sorted(off.items()) if units)


@dataclass(frozen=True)
class State(DigitFields, RunFields):
    """Choices of a learner.

    Args:
        weights: a key of WEIGHTS.
        seed: of random weights.
        layer: the hidden layer that is shown, counted from 1.
        unit: the one looked at; None for the one that matters most to the answer.
        order: of the units.
        off: layer -> units that are switched off.
        answer: class whose logit is taken apart, as a number, or "predicted".
        panel: of detail, below the units.
        products: of every pixel as it goes in, or of the ink alone, against empty paper.
        shift, direction: how far the drawing is moved, in pixels, and where to.
        many: test digits are moved too.
    """

    weights: str = fields.choice(WEIGHTS, "trained")
    seed: int = fields.integer(0, 9999, 0)
    layer: int = fields.integer(1, MOST_LAYERS, 1)
    unit: int | None = fields.integer(0, MOST_UNITS - 1, None)
    order: str = fields.choice(ORDERS, "place")
    off: dict[int, list[int]] = fields.coded({}, read_off, write_off)
    answer: str = fields.choice((PREDICTED, *map(str, range(MOST_CLASSES))), PREDICTED)
    panel: str = fields.choice(PANELS, "unit")
    products: str = fields.choice(PRODUCTS, "ink")
    shift: int = fields.integer(0, FURTHEST, 0)
    direction: str = fields.choice(DIRECTIONS, "right")
    many: bool = fields.flag()


LAB = Lab("mlp", State)
