"""Forward pass of the CNN lab: a digit or picture through a network, as the learner has set it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.components.unit.selection import OUTPUT, Selection
from dlviz.ui.components.wall import input_shape, stages
from dlviz.ui.labs.cnn.clamp_choices import existing_channels
from dlviz.ui.labs.cnn.networks import ConvolutionalNetwork
from dlviz.ui.labs.cnn.state import State, read_off, write_off

if TYPE_CHECKING:
    from torch import Tensor, nn

    from dlviz.trace import Edit


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """A digit or picture, and all that a network makes of it.

    Args:
        pixels: (28, 28) of a digit or (3, 32, 32) of a picture, float32 in [0, 1].
        record: name -> (1, channel, height, width) array, or (1, unit) where there are no maps.
        probabilities: (classes,) float32, summing to 1.
        off: stage -> channels that were switched off.
        untouched: the same with none switched off; None where none are.
    """

    network: ConvolutionalNetwork
    pixels: np.ndarray
    record: dict[str, np.ndarray]
    probabilities: np.ndarray
    off: Mapping[str, list[int]] = field(default_factory=dict)
    untouched: ForwardPass | None = None

    @property
    def model(self) -> nn.Module:
        """The network itself."""
        return self.network.model

    @property
    def logits(self) -> np.ndarray:
        """(classes,) float32, before the softmax."""
        return self.record[OUTPUT][0]

    @property
    def predicted(self) -> int:
        """Index of the most probable class."""
        return int(self.probabilities.argmax())

    @property
    def answer(self) -> str:
        """Name of the most probable class."""
        return self.network.classes[self.predicted]

    @property
    def dropout(self) -> float:
        """Share of hidden units that dropout silences in training."""
        return self.model.get_submodule("fc_layers.3").p  # pyright: ignore[reportReturnType]


def forward(network: ConvolutionalNetwork, pixels: np.ndarray, state: State) -> ForwardPass:
    """Trace a digit or picture through the network, with those of the channels switched off that it has.

    Args:
        pixels: (28, 28) or (3, 32, 32) float32 in [0, 1].
    Raises: BadWeights if the network of a run overflows.
    """
    import torch

    from dlviz.dropout import trace_in_training
    from dlviz.trace import trace

    off = existing_channels(network.model, state.off)
    x, edits = normalise_channels(pixels), switch_off_edits(off)
    if state.training:
        logits, record = trace_in_training(network.model, x, state.mask, edits)
    else:
        logits, record = trace(network.model, x, edits)
    probabilities = torch.softmax(logits, dim=1)[0].numpy()
    untouched = forward(network, pixels, replace(state, off={})) if off else None
    return ForwardPass(network, pixels, record, probabilities, off, untouched)


def lit_unit(passed: ForwardPass) -> Selection:
    """The unit of the second convolution that is strongest in a pass, to begin with: ReLU lets it through."""
    from torch import nn

    stage = next(s for s in stages(passed.model) if s.round == 2 and issubclass(s.layer, nn.Conv2d))
    channel, row, col = np.unravel_index(passed.record[stage.name][0].argmax(), stage.shape)
    return Selection(stage.name, int(channel), int(row), int(col))


def lead(logits: np.ndarray, target: int) -> np.ndarray:
    """Lead of a class over the largest other logit, below 0 where another is ahead: (…,) of (…, classes)."""
    return logits[..., target] - np.delete(logits, target, axis=-1).max(axis=-1)


@dataclass(frozen=True)
class CacheKey:
    """A network, a digit or picture, and the channels switched off: slow results are cached by these.

    Args:
        pixels: bytes of (28, 28) or (3, 32, 32) float32 in [0, 1].
        off: text that `write_off` gives.
    """

    model: nn.Module
    pixels: bytes
    off: str

    @classmethod
    def of(cls, passed: ForwardPass, pixels: np.ndarray) -> CacheKey:
        """The key of a network set up as in a pass, and of pixels (28, 28) or (3, 32, 32) float32."""
        return cls(passed.model, pixels.tobytes(), write_off(passed.off))

    def unpack(self) -> tuple[Tensor, dict[str, Edit]]:
        """The network's input (1, channel, height, width) float32, and the edits: stage -> edit."""
        pixels = np.frombuffer(self.pixels, np.float32).reshape(input_shape(self.model)).copy()
        return normalise_channels(pixels), switch_off_edits(read_off(self.off))


def normalise_channels(pixels: np.ndarray) -> Tensor:
    """A digit or picture as the networks read it: (1, channel, height, width) float32 in [−1, 1].

    Args:
        pixels: (28, 28), or (channel, height, width), float32 in [0, 1].
    """
    import torch

    from dlviz.data.digits import normalise

    channels = torch.from_numpy(pixels).reshape(-1, *pixels.shape[-2:])  # (channel, height, width)
    return normalise(channels).transpose(0, 1)


def switch_off_edits(off: Mapping[str, list[int]]) -> dict[str, Edit]:
    """The edits that switch these channels off: stage -> edit."""
    from dlviz.trace import switch_off

    return {stage: switch_off(channels) for stage, channels in off.items()}
