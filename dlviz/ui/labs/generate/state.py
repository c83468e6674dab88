"""State of the Text generation lab: how the text is written, and the unit whose cell state lights it."""

from dataclasses import dataclass

from dlviz.ui import fields
from dlviz.ui.inputs.sampling import SamplingFields
from dlviz.ui.lab import Lab
from dlviz.ui.runs.fields import RunFields

MORE, LONGEST = 300, 1200  # characters: what the button adds, and the longest text
UNITS = 1024  # of a layer, at the most
# What a unit's cell state is compared with, in the names of `dlviz.interpretable_units.FEATURES`.
FEATURES = {"quotes": "Quotation marks", "line": "Line length", "word": "Word length"}
LIGHTS = {**FEATURES, "unit": "A unit of my choice", "none": "Nothing"}


@dataclass(frozen=True)
class State(RunFields, SamplingFields):
    """Choices of a learner.

    Args:
        light: one of LIGHTS.
        unit: of the last layer; lights the text where `light` is "unit".
    """

    seed: int = fields.integer(0, 9999, 4)
    length: int = fields.integer(1, LONGEST, 300)
    at: int = fields.integer(-1, LONGEST - 1, -1)
    light: str = fields.choice(LIGHTS, "quotes")
    unit: int = fields.integer(0, UNITS - 1, 0)


LAB = Lab("generate", State)
