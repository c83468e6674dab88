"""Networks and numbers written out as text, for the scripts to run oneself."""

import base64
import zlib

import numpy as np
from torch import nn

KINDS = {nn.ReLU: "nn.ReLU()", nn.MaxPool2d: "nn.MaxPool2d(2, 2)"}


def constructor(model: nn.Module) -> dict[str, str]:
    """The literals of its class: name, layers of each round, and those after the maps are flattened.

    Args:
        model: rounds of 3×3 convolutions, then a hidden layer, as SimpleCNN and its variants have.
    """
    rounds: list[list[str]] = []
    for layer in model.get_submodule("conv_layers").children():
        if isinstance(layer, nn.Conv2d):
            rounds.append([])
        rounds[-1].append(_layer(layer))
    first = model.get_submodule("conv_layers.0")
    _, hidden, _, dropout, output = model.get_submodule("fc_layers").children()
    assert isinstance(first, nn.Conv2d)
    assert isinstance(hidden, nn.Linear)
    assert isinstance(dropout, nn.Dropout)
    assert isinstance(output, nn.Linear)
    return {
        "network": type(model).__name__,
        "rounds": ",\n            ".join(", ".join(layers) for layers in rounds),
        "flat": str(hidden.in_features),
        "dropout": repr(float(dropout.p)),
        "classes": str(output.out_features),
        "shape": "1, 28, 28" if first.in_channels == 1 else "3, 32, 32",
    }


def _layer(layer: nn.Module) -> str:
    if isinstance(layer, nn.Conv2d):
        return f"nn.Conv2d({layer.in_channels}, {layer.out_channels}, 3, padding=1)"
    if isinstance(layer, nn.BatchNorm2d):
        return f"nn.BatchNorm2d({layer.num_features})"
    return KINDS[type(layer)]


def packed(image: np.ndarray) -> str:
    """The values as text: float32, compressed, in base64."""
    return base64.b64encode(zlib.compress(image.astype("<f4").tobytes(), level=9)).decode()
