"""The four networks that read the start page's digit: their weights, how each reads, and the lab of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dlviz.ui.server import model_cache

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Reader:
    """A network, and the lab that looks into it.

    Args:
        name: on its card.
        subject: as it stands in a sentence.
        way: of reading, in a few words.
        weights: name of its weights' file.
        lab: name of the lab.
        fields: of the lab's address, unless those of the digit say otherwise.
    """

    name: str
    subject: str
    way: str
    weights: str
    lab: str
    fields: Mapping[str, str] = field(default_factory=dict)


DRAWN = {"sample": "-1"}  # for labs that open with a test digit
READERS = (
    Reader("SimpleCNN", "SimpleCNN", "slides small windows over the picture", "simple_cnn", "cnn"),
    Reader(
        "LSTM",
        "the LSTM",
        "reads row after row, with gates",
        "digit_rows_lstm",
        "rnn",
        {"networks": "lstm", **DRAWN},
    ),
    Reader(
        "RNN",
        "the RNN",
        "reads row after row, without gates",
        "digit_rows_rnn",
        "rnn",
        {"networks": "rnn", **DRAWN},
    ),
    Reader(
        "DigitTransformer",
        "DigitTransformer",
        "lets 49 patches look at each other",
        "digit_transformer",
        "block",
        {"network": "digit", **DRAWN},
    ),
)


def load_networks() -> list[nn.Module]:
    """The networks of `READERS`, in their order.

    Raises: BadWeights if a file of weights is missing or damaged.
    """
    return [model_cache.trained(reader.weights) for reader in READERS]
