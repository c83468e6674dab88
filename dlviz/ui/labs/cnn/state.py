"""State of the CNN lab: the digit, the networks, the unit looked at, channels off, the panel of detail."""

from collections.abc import Mapping
from dataclasses import dataclass

from dlviz.ui import fields
from dlviz.ui.batch_norm.state import BatchNormFields
from dlviz.ui.components.unit.selection import MOST_CLASSES, OUTPUT, Selection, known_shapes
from dlviz.ui.inputs.digit import DigitFields
from dlviz.ui.lab import Lab
from dlviz.ui.runs.fields import RunFields

WEIGHTS = {
    "trained": "Trained",
    "normed": "Trained, batch norm",
    "random": "Random",
    "both": "Both",
    "run": "The run’s",
    "beside": "The run’s and the trained",
}
NEED_RUN = ("run", "beside")  # of WEIGHTS
SIDE_BY_SIDE = {"both": ("trained", "random"), "beside": ("run", "trained")}
NETWORKS = {"trained": "the trained network", "random": "the random one", "run": "the run’s network"}
SCALINGS = {"map": "Each map", "stage": "Each stage", "all": "All stages"}
SHOWN = {"values": "Values", "difference": "What changed"}
# Where the networks may have a ReLU, which Grad-CAM looks at: before pooling coarsens the maps.
RELUS = (1, 2, 4, 6, 7, 10)
# For a network that sees colours: one of the pictures that its run is measured on, or another.
HELD = "held"
PHOTOGRAPHS = {
    "astronaut": "Astronaut",
    "chelsea": "Cat",
    "coffee": "Coffee",
    "coins": "Coins",
    "rocket": "Rocket",
    "own": "My own picture",
}
PANELS = {
    "unit": "The multiplication",
    "why": "Why did it say that?",
    "kernels": "Kernels",
    "off": "Switch off",
    "norm": "Batch norm",
    "dropout": "Dropout",
    "dream": "What would it like to see?",
}
# A picture is dreamed of as a sum of waves, or pixel by pixel.
PAINTED = {"waves": "Waves", "pixels": "Pixels"}
MOVED = {"moved": "Moved at each step", "still": "Held still"}
EXTENTS = {"unit": "This unit", "map": "The whole map"}


def most_channels() -> dict[str, int]:
    """The stages whose channels can be switched off, with how many there are at most in any network."""
    return {
        stage: max(shape[0] for shape in shapes)
        for stage, shapes in known_shapes().items()
        if stage != OUTPUT
    }


def read_off(text: str) -> dict[str, list[int]]:
    """Channels switched off, from a text such as `conv_layers.1:0-6,9;fc_layers.2:4`.

    Raises: ValueError for a stage or channel that no network has.
    """
    off: dict[str, list[int]] = {}
    counts = most_channels()
    for part in filter(None, text.split(";")):
        stage, _, channels = part.partition(":")
        if stage not in counts:
            raise ValueError(text)
        off[stage] = fields.read_ranges(channels, counts[stage])
    return off


def write_off(off: Mapping[str, list[int]]) -> str:
    """The text that `read_off` reads, neighbouring channels joined to ranges."""
    return ";".join(
        f"{stage}:{fields.write_ranges(channels)}" for stage, channels in sorted(off.items()) if channels
    )


@dataclass(frozen=True)
class State(DigitFields, RunFields, BatchNormFields):
    """Choices of a learner.

    Args:
        weights: a key of WEIGHTS.
        seed: of random weights.
        scaling: range over which colours are scaled.
        select: the unit looked at.
        off: stage -> channels that are switched off.
        of: of two networks, a key of NETWORKS, the one that is looked into.
        shown: values, or their differences from those before anything was switched off.
        panel: of detail, below the maps.
        target: class whose attribution is shown, as a number, or "predicted".
        stage: whose maps Grad-CAM weighs.
        photo: for a network that sees colours; `held` is the number of one held out of its training.
        training: dropout silences units as in training; `mask` is the seed of its draw.
        extent: a key of EXTENTS, of what dreams are made to excite.
        painted, moved: keys of PAINTED and MOVED: how dreams are made.
        dream_seed: of their starts.
    """

    weights: str = fields.choice(WEIGHTS, "trained")
    seed: int = fields.integer(0, 9999, 0)
    scaling: str = fields.choice(SCALINGS, "stage")
    select: Selection = fields.coded(
        Selection("conv_layers.3", 7, 6, 6), Selection.from_text, lambda selection: selection.to_text()
    )
    off: dict[str, list[int]] = fields.coded({}, read_off, write_off)
    of: str = fields.choice(NETWORKS, "trained")
    shown: str = fields.choice(SHOWN, "values")
    panel: str = fields.choice(PANELS, "unit")
    target: str = fields.choice(("predicted", *map(str, range(MOST_CLASSES))), "predicted")
    stage: str = fields.choice([f"conv_layers.{index}" for index in RELUS], "conv_layers.7")
    photo: str = fields.choice((HELD, *PHOTOGRAPHS), HELD)
    held: int = fields.integer(0, 9999, 0)
    training: bool = fields.flag()
    mask: int = fields.integer(0, 9999, 0)
    extent: str = fields.choice(EXTENTS, "unit")
    painted: str = fields.choice(PAINTED, "waves")
    moved: str = fields.choice(MOVED, "moved")
    dream_seed: int = fields.integer(0, 9999, 0)

    @property
    def networks(self) -> tuple[str, ...]:
        """Keys of the networks shown, of NETWORKS: one, or two side by side."""
        return SIDE_BY_SIDE.get(self.weights, (self.weights,))

    @property
    def place(self) -> int:
        """Place among the networks shown of the one that is looked into."""
        return self.networks.index(self.of) if self.of in self.networks else 0


LAB = Lab("cnn", State)
