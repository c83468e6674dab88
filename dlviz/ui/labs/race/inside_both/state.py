"""Fields of the Race lab's state for the view Inside both."""

from __future__ import annotations

from dataclasses import dataclass

from dlviz.ui import fields
from dlviz.ui.labs.race.pairs import PairFields

DEEPEST = 8  # blocks of a run's network
GRID, MIDDLE = 7, 25  # patches on a side, and the one in the middle, counted from 1
# How many test digits the two answer differently, of 10,000: title, and bounds.
DISAGREEMENTS = {
    "few": ("Fewer than 50", 0, 50),
    "some": ("50 to 200", 50, 201),
    "many": ("More than 200", 201, 10_001),
}
# Disagreements that are shown.
SIDES = {"cnn": "Only the CNN is right", "transformer": "Only the transformer is right", "none": "Neither is"}
OPENS = {"cnn": "CNN lab", "transformer": "Transformer block lab"}


def _check_guess(text: str) -> None:
    if text not in DISAGREEMENTS:
        raise ValueError("no number of disagreements")


@dataclass(frozen=True)
class InsideFields(PairFields):
    """A place of the picture, and what is shown of both networks there.

    Args:
        place: the patch from which both look, counted from 1, row by row.
        look_block: block whose heads are shown, counted from 0.
        own_scale: true for occlusion maps whose colours go up to each map's own largest value.
        disagree_shown: true if both networks have read all test pictures.
        guess_disagree: a key of DISAGREEMENTS, which was expected; in older links alone.
        disagree: a key of SIDES.
        opens: the lab that a picture of the gallery opens in.
    """

    place: int = fields.integer(1, 49, MIDDLE)
    look_block: int = fields.integer(0, DEEPEST - 1, 0)
    own_scale: bool = fields.flag()
    disagree_shown: bool = fields.flag()
    guess_disagree: str | None = fields.text(None, _check_guess)
    disagree: str = fields.choice(SIDES, "cnn")
    opens: str = fields.choice(OPENS, "cnn")
