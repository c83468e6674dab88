"""Fields of the Depth lab's state for the view Regions."""

from dataclasses import dataclass

from dlviz.plane.budget import DEPTHS
from dlviz.plane.sawtooth import DEPTHS as TENTS
from dlviz.ui import fields

MOST_LAYERS = DEPTHS[-1]


@dataclass(frozen=True)
class RegionsFields:
    """Which units count, and the saw-tooth.

    Args:
        region_layers: hidden layers whose units count; 0 for all.
        tents: layers of the network that is to draw the saw-tooth.
    """

    region_layers: int = fields.integer(0, MOST_LAYERS, 0)
    tents: int = fields.integer(TENTS[0], TENTS[-1], 4)
