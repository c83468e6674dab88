"""Forward pass of the Text generation lab: a text written by a CharacterLSTM, and the unit that lights it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from torch import nn

from dlviz import interpretable_units
from dlviz.generation import Generated, generate, prepared
from dlviz.interpretable_units import Tracker
from dlviz.ui.inputs.sampling import read_sampling
from dlviz.ui.labs.generate.networks import CharacterNetwork
from dlviz.ui.labs.generate.state import FEATURES, State


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """A text, and the unit that lights it.

    Args:
        remark: sentence on what was changed in the prompt; "" where nothing was.
        unit: of the last layer, or None where nothing lights the text.
        tracker: how well the unit follows a feature; None for a unit of the learner's choice.
    """

    network: CharacterNetwork
    generated: Generated
    remark: str
    unit: int | None
    tracker: Tracker | None

    @property
    def text(self) -> str:
        """The prompt and what was written after it."""
        return self.generated.prompt + self.generated.text

    @property
    def light(self) -> np.ndarray | None:
        """(prompt + characters,) cell state of the unit after each character; None without a unit."""
        return None if self.unit is None else self.generated.cell[:, self.unit]

    @property
    def correlations(self) -> dict[str, float]:
        """Correlation of the light with each feature of this text."""
        assert self.light is not None
        return {
            name: float(interpretable_units.correlations(self.light[:, None], of(self.text))[0])
            for name, of in interpretable_units.FEATURES.items()
        }


def forward(
    network: CharacterNetwork, state: State, write: Callable[..., Generated] = generate
) -> ForwardPass:
    """Write the text, and find the unit that lights it.

    Args:
        write: takes the place of `dlviz.generation.generate`, to give a text that is there already.
    """
    prompt, remark = prepared(state.prompt)
    generated = write(network.model, prompt, state.length, *read_sampling(state, state.seed))
    if state.light in FEATURES:
        tracker = find_trackers(network.model)[state.light]
        return ForwardPass(network, generated, remark, tracker.unit, tracker)
    unit = min(state.unit, network.units - 1) if state.light == "unit" else None
    return ForwardPass(network, generated, remark, unit, None)


@lru_cache(maxsize=4)
def find_trackers(model: nn.Module) -> dict[str, Tracker]:
    """Feature -> the unit that follows it best, measured once for all sessions."""
    return interpretable_units.trackers(model, *interpretable_units.stretches())
