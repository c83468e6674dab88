"""State of the Text generation lab: how the text is written, and what colours it."""

from dataclasses import dataclass

from dlviz.ui import fields
from dlviz.ui.inputs.sampling import SamplingFields
from dlviz.ui.lab import Lab
from dlviz.ui.runs.fields import RunFields

MORE, LONGEST = 300, 1200  # characters: what the button adds, and the longest text
UNITS = 1024  # of a layer, at the most
# What a unit's cell state is compared with, in the names of `dlviz.interpretable_units.FEATURES`.
FEATURES = {
    "quotes": "A unit: quotation marks",
    "line": "A unit: the line’s length",
    "word": "A unit: the word’s length",
}
LIGHTS = {
    **FEATURES,
    "unit": "A unit of my choice",
    "surprise": "Surprise",
    "influence": "What this character depended on",
    "none": "Nothing",
}
Put = tuple[tuple[int, int], ...]  # places after the prompt, and indices in the alphabet, in order


def _read_put(text: str) -> Put:
    from dlviz.data import novels

    pairs = [tuple(map(int, pair.split("."))) for pair in text.split("~")]
    put = tuple((at, index) for at, index in pairs)
    places = [at for at, _ in put]
    if places != sorted(set(places)) or not all(
        0 <= at < LONGEST and 0 <= index < len(novels.ALPHABET) for at, index in put
    ):
        raise ValueError(text)
    return put


def _write_put(put: Put) -> str:
    return "~".join(f"{at}.{index}" for at, index in put)


@dataclass(frozen=True)
class State(RunFields, SamplingFields):
    """Choices of a learner.

    Args:
        put: the learner's own characters in the text.
        light: one of LIGHTS: what colours the text.
        unit: of the last layer; lights the text where `light` is "unit".
    """

    seed: int = fields.integer(0, 9999, 4)
    length: int = fields.integer(1, LONGEST, 300)
    at: int = fields.integer(-1, LONGEST - 1, -1)
    put: Put = fields.coded((), _read_put, _write_put)
    light: str = fields.choice(LIGHTS, "quotes")
    unit: int = fields.integer(0, UNITS - 1, 0)


LAB = Lab("generate", State)
