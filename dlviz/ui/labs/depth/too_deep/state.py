"""Fields of the Depth lab's state for the view Too deep."""

from dataclasses import dataclass

from dlviz.plane.points import PATTERNS
from dlviz.plane.towers import ACTIVATIONS, FIRST_WEIGHTS
from dlviz.ui import fields

LEAST_LAYERS, MOST_LAYERS = 2, 40
MOST_STEPS = 2000
RATES = ("0.01", "0.03", "0.1", "0.3", "1")
ACTIVATION_TITLES = {"relu": "ReLU", "tanh": "tanh", "sigmoid": "sigmoid"}
FIRST_TITLES = {"usual": "PyTorch’s usual", "he": "He"}
KIND_TITLES = {"plain": "Plain", "norm": "With batch norm", "skip": "With skip connections"}
# How many times smaller the first layer's gradient may be than the last one's: title, and bounds.
RATIOS = {
    "alike": ("Less than 10 times", 0.0, 1e1),
    "thousand": ("10 to 10,000 times", 1e1, 1e4),
    "million": ("More than 10,000 times", 1e4, float("inf")),
}


def _check_ratio(text: str) -> None:
    if text not in RATIOS:
        raise ValueError(text)


@dataclass(frozen=True)
class TooDeepFields:
    """Networks of many layers, and how far they have learned.

    Args:
        tower_pattern: a key of `PATTERNS`.
        tower_layers: hidden layers of each network.
        tower_activation: a key of `ACTIVATIONS`.
        tower_first: a key of `FIRST_WEIGHTS`.
        tower_rate: learning rate, of `RATES`.
        tower_seed: of the first network of each kind; others have the numbers that follow.
        tower_steps: that the networks have learned.
        guess_ratio: was expected of the plain network's gradients; a key of `RATIOS`, in older links alone.
    """

    tower_pattern: str = fields.choice(PATTERNS, "moons")
    tower_layers: int = fields.integer(LEAST_LAYERS, MOST_LAYERS, 20)
    tower_activation: str = fields.choice(ACTIVATIONS, "relu")
    tower_first: str = fields.choice(FIRST_WEIGHTS, "usual")
    tower_rate: str = fields.choice(RATES, "0.03")
    tower_seed: int = fields.integer(0, 9999, 0)
    tower_steps: int = fields.integer(0, MOST_STEPS, 0)
    guess_ratio: str | None = fields.text(None, _check_ratio)
