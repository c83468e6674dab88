"""Fields of the Loss landscape lab's state for the view A neighbourhood."""

from __future__ import annotations

from dataclasses import dataclass

from dlviz.training.runs.store import RUN
from dlviz.ui import fields

# Name in a link -> weights file.
SHIPPED = {
    "mlp": "mlp",
    "cnn": "simple_cnn",
    "batch_norm": "simple_cnn_batch_norm",
    "transformer": "digit_transformer",
}
TITLES = {
    "mlp": "MLP",
    "cnn": "SimpleCNN",
    "batch_norm": "SimpleCNN with batch norm",
    "transformer": "DigitTransformer",
}
ANOTHER_DRAW, RESCALED = "draw", "rescaled"  # of the first network, in place of another
FACTOR = 4  # a power of 2, so that no answer changes by a single bit
LARGEST_DRAW = 9_999
SIDES = (5, 9, 17, 33)  # of the grids, coarse to fine
DRAWS = 8  # by which a verdict is found
REACHES = {"0.25": 0.25, "0.5": 0.5, "1": 1.0, "2": 2.0}
GUESSES = ("first", "second", "neither")


def _check_network(text: str) -> None:
    if text not in SHIPPED and RUN.fullmatch(text) is None:
        raise ValueError("no network")


def _check_beside(text: str) -> None:
    if text not in (ANOTHER_DRAW, RESCALED):
        _check_network(text)


def _check_guess(text: str) -> None:
    if text not in GUESSES:
        raise ValueError("no guess")


@dataclass(frozen=True)
class NeighbourhoodFields:
    """The loss around two networks, along random directions.

    Args:
        around: the first network, a key of `SHIPPED` or the id of a run.
        beside: the second one, or the first once more: with another draw, or rescaled.
        draw: seed of the random directions, of both pictures.
        other_draw: of the second picture where it shows another draw.
        edge: a key of `REACHES`, how far the pictures go to each side.
        plain: true for directions that are not normalised.
        hills: true for surfaces in place of lines of equal loss.
        guess_higher: of `GUESSES`, which was expected; in older links alone.
    """

    around: str = fields.text("mlp", _check_network)
    beside: str = fields.text(ANOTHER_DRAW, _check_beside)
    draw: int = fields.integer(0, LARGEST_DRAW, 0)
    other_draw: int = fields.integer(0, LARGEST_DRAW, 1)
    edge: str = fields.choice(REACHES, "1")
    plain: bool = fields.flag()
    hills: bool = fields.flag()
    guess_higher: str | None = fields.text(None, _check_guess)
