"""Fields of the Depth lab's state for the view Layer by layer."""

from dataclasses import dataclass

from dlviz.ui import fields
from dlviz.ui.inputs.digit import TEST_DIGITS, DigitFields

READERS = {
    "cnn": "Digits: CNN",
    "mlp": "Digits: MLP",
    "transformer": "Digits: transformer",
    "clothes": "Clothes: CNN",
}
GARMENTS = 2000  # test pictures of clothes
# What a learner expects of a random layer: a title for each.
RANDOM_GUESSES = {"better": "Better", "same": "About as well", "worse": "Worse"}


def _check_guess(text: str) -> None:
    if text not in RANDOM_GUESSES:
        raise ValueError(text)


@dataclass(frozen=True)
class HierarchyFields(DigitFields):
    """The network whose layers are read, and the picture whose neighbours are shown.

    Args:
        sample: as of `DigitFields`; from the first a test digit is on the pad whose pixels mislead.
        reader: a key of `READERS`.
        garment: number of the test picture of clothes.
        layers_read: true once the layers are to be measured.
        guess_random: what was expected of the first layer of a network with random weights; in older links
            alone.
    """

    sample: int = fields.integer(-1, TEST_DIGITS - 1, 63)
    reader: str = fields.choice(READERS, "cnn")
    garment: int = fields.integer(0, GARMENTS - 1, 145)
    layers_read: bool = fields.flag()
    guess_random: str | None = fields.text(None, _check_guess)
