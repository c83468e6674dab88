"""Fields of the Transfer learning lab's state for the view A few examples."""

from __future__ import annotations

from dataclasses import dataclass

from dlviz.networks import NETWORKS
from dlviz.training.examples_curve import COUNTS, HEAD, TRANSFERS, WAYS
from dlviz.ui import fields

LAYERS = dict(
    zip(NETWORKS["SimpleCNN"].layers, ("conv 1", "conv 2", "conv 3", "fc 1", "the new head"), strict=True)
)
TRANSFER_TITLES = {
    "digits": "Digits 0–4 → 5–9",
    "clothes": "Digits → clothes",
    "from-clothes": "Clothes → digits",
}
WAY_TITLES = {
    "scratch": "From scratch",
    "frozen": "Frozen + new head",
    "tuned": "Fine-tuned",
    "head-first": "Head first",
}
LARGEST_DRAW = 99


def _read_count(text: str) -> int:
    if text not in map(str, COUNTS):
        raise ValueError("no number of examples")
    return int(text)


def _check_guess(text: str) -> None:
    if text not in WAYS:
        raise ValueError("no way to learn")


@dataclass(frozen=True)
class FewExamplesFields:
    """A start, and what is learned from it.

    Args:
        transfer: a key of `TRANSFERS`.
        examples: of each class.
        draw: seed by which they are drawn.
        unfreeze: of the frozen way, the first layer that learns.
        guess_few, guess_many: way that was expected to win with the fewest examples, and with the most; in
            older links alone.
    """

    transfer: str = fields.choice(TRANSFERS, "digits")
    examples: int = fields.coded(5, _read_count)
    draw: int = fields.integer(0, LARGEST_DRAW, 0)
    unfreeze: str = fields.choice(LAYERS, HEAD)
    guess_few: str | None = fields.text(None, _check_guess)
    guess_many: str | None = fields.text(None, _check_guess)
