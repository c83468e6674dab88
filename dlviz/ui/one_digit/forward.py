"""Forward pass of the start page: one digit through four networks, and a picture of the inside of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import nn

RELU = "conv_layers.4"  # SimpleCNN's second, whose maps still look like the digit
MAPS, ACROSS = 16, 4  # the strongest maps, in a square
UNITS = 28  # of a hidden state: as many as there are rows
SIDE = 7  # patches along a side


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """One digit, and what the networks of `READERS` make of it, in their order.

    Args:
        pixels: (28, 28) float32 in [0, 1].
        probabilities: (network, 10) float32; each row sums to 1.
        maps: of SimpleCNN's strongest channels after its second ReLU, (16, 14, 14), the strongest first.
        channels: their numbers, (16,).
        hidden: of the LSTM's last layer and of the RNN, each (row, unit) of the 28 units that grow largest,
            in the order of the rows at which they are largest.
        attention: (7, 7), the weights of the class token on the patches in the last block, the mean of all
            heads.
        itself: its weight on itself: with those on the patches it makes 1.
    """

    pixels: np.ndarray
    probabilities: np.ndarray
    maps: np.ndarray
    channels: np.ndarray
    hidden: tuple[np.ndarray, np.ndarray]
    attention: np.ndarray
    itself: float

    @property
    def answers(self) -> list[int]:
        """The digit that each network holds most probable."""
        return self.probabilities.argmax(axis=1).tolist()


def forward(networks: Sequence[nn.Module], pixels: np.ndarray) -> ForwardPass:
    """Let the networks of `READERS` read a digit.

    Args:
        pixels: (28, 28) float32 in [0, 1].
    """
    import torch

    from dlviz.data.digits import normalise
    from dlviz.recurrence.reading import names, read
    from dlviz.trace import trace

    cnn, lstm, rnn, transformer = networks
    x = normalise(torch.from_numpy(np.ascontiguousarray(pixels, np.float32))[None])  # (1, 1, 28, 28)
    of_cnn, record = trace(cnn, x)
    readings = [read(model, x[:, 0]) for model in (lstm, rnn)]
    of_transformer, inside = trace(transformer, x)
    last = len(transformer.get_submodule("blocks")) - 1  # pyright: ignore[reportArgumentType]
    looks = inside[f"blocks.{last}.attention.pattern"][0].mean(axis=0)[0]  # (key,), the class token's
    logits = [of_cnn[0], *(torch.from_numpy(reading.answers[-1]) for reading in readings), of_transformer[0]]
    channels = np.argsort(-record[RELU][0].mean(axis=(1, 2)), kind="stable")[:MAPS]
    of_lstm, of_rnn = (
        reading.layers[names(model)[-1]]["hidden"]
        for model, reading in zip((lstm, rnn), readings, strict=True)
    )
    return ForwardPass(
        pixels,
        torch.stack(logits).softmax(dim=1).numpy(),
        record[RELU][0][channels],
        channels,
        (choose_units(of_lstm), choose_units(of_rnn)),
        looks[1:].reshape(SIDE, SIDE),
        float(looks[0]),
    )


def choose_units(hidden: np.ndarray) -> np.ndarray:
    """The units of a hidden state that grow largest, in the order of the steps at which they are largest.

    Args:
        hidden: (step, unit).
    Returns: (step, 28).
    """
    size = np.abs(hidden)
    largest = np.sort(np.argsort(-size.max(axis=0), kind="stable")[:UNITS])
    return hidden[:, largest[np.argsort(size[:, largest].argmax(axis=0), kind="stable")]]


def lay_out_maps(maps: np.ndarray) -> np.ndarray:
    """Maps (16, height, width) in four rows of four, a value of 0 between neighbours.

    Returns: (4 · height + 3, 4 · width + 3).
    """
    padded = np.pad(maps, ((0, 0), (0, 1), (0, 1)))
    _, height, width = padded.shape
    grid = padded.reshape(-1, ACROSS, height, width).transpose(0, 2, 1, 3)
    return grid.reshape(-1, ACROSS * width)[:-1, :-1]
