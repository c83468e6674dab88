"""The surface and the race, which a session computes once for what is chosen."""

from dlviz.landscape.two_weights import Weight
from dlviz.ui.labs.landscape.two_weights.forward import ForwardPass, Surface, measure, race
from dlviz.ui.labs.landscape.two_weights.networks import Trained
from dlviz.ui.labs.landscape.two_weights.state import TwoWeightsFields
from dlviz.ui.session_cache import compute_once


def measure_once(trained: Trained, weights: tuple[Weight, Weight], state: TwoWeightsFields) -> Surface:
    """Measure the loss as `measure` does, if this session does not know it yet."""
    return compute_once(
        "landscape.measured",
        (trained, state.layer, weights, state.reach),
        lambda: measure(trained, state.layer, weights, state.reach),
    )


def race_once(surface: Surface, state: TwoWeightsFields) -> ForwardPass:
    """Let the optimizers walk as `race` does, if this session does not know it yet."""
    chosen = surface, state.start, state.rate
    return compute_once("landscape.raced", chosen, lambda: race(*chosen))
