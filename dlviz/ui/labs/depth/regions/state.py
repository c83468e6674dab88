"""Fields of the Depth lab's state for the view Regions."""

from dataclasses import dataclass

from dlviz.plane.budget import DEPTHS
from dlviz.plane.sawtooth import DEPTHS as TENTS
from dlviz.ui import fields

MOST_LAYERS = DEPTHS[-1]
# Size of the networks that are trained to draw it -> their weights; None for as few as draw it by hand.
SIZES = {"few": None, "many": 400}


@dataclass(frozen=True)
class RegionsFields:
    """Layers whose units count, and the saw-tooth.

    Args:
        region_layers: hidden layers whose units count; 0 for all.
        tents: layers of the network that is to draw the saw-tooth.
        tent_weights: a key of `SIZES`, of the networks that are trained to draw it.
    """

    region_layers: int = fields.integer(0, MOST_LAYERS, 0)
    tents: int = fields.integer(TENTS[0], TENTS[-1], 2)
    tent_weights: str = fields.choice(SIZES, "few")
