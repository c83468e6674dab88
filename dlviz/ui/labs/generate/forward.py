"""Forward pass of the Text generation lab: a text written by a CharacterLSTM, and what colours it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from torch import nn

from dlviz import interpretable_units
from dlviz.data import novels
from dlviz.generation import Generated, generate, influence, prepared
from dlviz.interpretable_units import Tracker
from dlviz.ui.inputs.sampling import read_sampling
from dlviz.ui.labs.generate.networks import CharacterNetwork
from dlviz.ui.labs.generate.state import FEATURES, State


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """A text, and what colours it.

    Args:
        remark: sentence on what was changed in the prompt; "" where nothing was.
        own: places after the prompt of the learner's own characters.
        at: place after the prompt of the character that is looked at.
        colours: name in LIGHTS of what colours the text.
        unit: of the last layer; None where none colours the text.
        tracker: how well the unit follows a feature; None for a unit of the learner's choice.
    """

    network: CharacterNetwork
    generated: Generated
    remark: str
    own: tuple[int, ...]
    at: int
    colours: str
    unit: int | None
    tracker: Tracker | None

    @property
    def text(self) -> str:
        """The prompt and what was written after it."""
        return self.generated.prompt + self.generated.text

    @cached_property
    def light(self) -> np.ndarray | None:
        """(prompt + characters,) value that colours each character; None where nothing does.

        The unit's cell state after the character; the character's surprise in bits, NaN for the very first;
        or the gradient that the character that is looked at sends to it.
        """
        if self.unit is not None:
            return self.generated.cell[:, self.unit]
        if self.colours == "surprise":
            return self.generated.bits
        if self.colours == "influence":
            return influence(self.network.model, self.text, len(self.generated.prompt) + self.at)
        return None

    @property
    def correlations(self) -> dict[str, float | None]:
        """Correlation of the unit with each feature of this text; None for one that never changes in it."""
        assert self.light is not None
        features = {name: of(self.text) for name, of in interpretable_units.FEATURES.items()}
        return {
            name: float(interpretable_units.correlations(self.light[:, None], values)[0])
            if np.ptp(values)
            else None
            for name, values in features.items()
        }


def forward(
    network: CharacterNetwork, state: State, write: Callable[..., Generated] = generate
) -> ForwardPass:
    """Write the text, and find what colours it.

    Args:
        write: takes the place of `dlviz.generation.generate`, to give a text that is there already.
    """
    prompt, remark = prepared(state.prompt)
    put = {at: novels.ALPHABET[index] for at, index in state.put if at < state.length}
    generated = write(network.model, prompt, state.length, *read_sampling(state, state.seed), put)
    at = state.at if 0 <= state.at < state.length else state.length - 1
    tracker = find_trackers(network.model)[state.light] if state.light in FEATURES else None
    unit = tracker.unit if tracker else None
    if state.light == "unit":
        unit = min(state.unit, network.units - 1)
    return ForwardPass(network, generated, remark, tuple(put), at, state.light, unit, tracker)


@lru_cache(maxsize=4)
def find_trackers(model: nn.Module) -> dict[str, Tracker]:
    """Feature -> the unit that follows it best, measured once for all sessions."""
    return interpretable_units.trackers(model, *interpretable_units.stretches())
