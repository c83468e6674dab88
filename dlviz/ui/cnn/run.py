"""One pass of a digit through SimpleCNN, as the learner has set it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui import warm
from dlviz.ui.cnn.state import LAB, get
from dlviz.ui.pad import Drawing

if TYPE_CHECKING:
    from torch import Tensor, nn

    from dlviz.trace import Edit


@dataclass(frozen=True)
class Run:
    """A network, what it recorded, and the ten probabilities; `untouched` is the same without the edits."""

    model: nn.Module
    record: dict[str, np.ndarray]
    probabilities: np.ndarray
    untouched: Run | None = None

    @property
    def says(self) -> int:
        """The predicted digit."""
        return int(self.probabilities.argmax())


def network(weights: str, seed: int) -> nn.Module:
    """The trained SimpleCNN, or one with random weights drawn from the seed.

    Raises: BadWeights if the trained weights are missing or damaged.
    """
    return warm.trained("simple_cnn") if weights == "trained" else warm.untrained("SimpleCNN", seed)


def edits_of(off: Mapping[str, list[int]]) -> dict[str, Edit]:
    """The edits that switch these channels off."""
    from dlviz.trace import switch_off

    return {stage: switch_off(channels) for stage, channels in off.items()}


def run(model: nn.Module, pixels: np.ndarray, off: Mapping[str, list[int]], mask: int | None) -> Run:
    """Trace a digit (28, 28) through the model, with channels switched off.

    Args:
        mask: the seed of dropout's draw in training mode; None for evaluation mode.
    """
    run = _pass(model, pixels, off, mask)
    return Run(model, *run, Run(model, *_pass(model, pixels, {}, mask))) if off else Run(model, *run)


def _pass(
    model: nn.Module, pixels: np.ndarray, off: Mapping[str, list[int]], mask: int | None
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    import torch

    from dlviz.dropout import trace_in_training
    from dlviz.trace import trace

    x = normalised(pixels.tobytes())
    edits = edits_of(off)
    output, record = trace(model, x, edits) if mask is None else trace_in_training(model, x, mask, edits)
    return record, torch.softmax(output, dim=1)[0].numpy()


def normalised(pixels: bytes) -> Tensor:
    """A digit, 28 × 28 float32 in [0, 1] as bytes, as the network reads it: (1, 1, 28, 28)."""
    import torch

    from dlviz.data.digits import normalise

    return normalise(torch.from_numpy(np.frombuffer(pixels, np.float32).reshape(1, 28, 28).copy()))


def weights_shown() -> str:
    """Whose network the panels below the wall speak of: where both are shown, the trained one's."""
    return "random" if get("weights") == "random" else "trained"


def settled(drawing: Drawing) -> np.ndarray:
    """The digit as it was when the pen was last lifted: slow panels do not follow a stroke in progress."""
    last = f"{LAB}.settled"
    assert drawing.pixels is not None
    if drawing.final or last not in st.session_state:
        st.session_state[last] = drawing.pixels
    return st.session_state[last]
