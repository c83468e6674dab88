"""The weights counted: of this network, layer by layer, beside those of SimpleCNN."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dlviz.ui.labs.mlp.forward import ForwardPass
from dlviz.ui.labs.mlp.networks import load_cnn

if TYPE_CHECKING:
    from torch import nn


def show(passed: ForwardPass) -> None:
    """Two tables of parameters, and what they teach."""
    cnn = load_cnn()
    left, right = st.columns(2, gap="large")
    for column, name, model in ((left, "This MLP", passed.model), (right, "SimpleCNN", cnn)):
        with column:
            st.markdown(f"**{name}: {total(model):,} parameters**")
            rows = [f"| {layer} | {made} | {count:,} |" for layer, made, count in counts(model)]
            st.markdown("\n".join(["| layer | weights + biases | together |", "|---|---|---:|", *rows]))
    st.markdown(compare(passed.model, cnn))


def counts(model: nn.Module) -> list[tuple[str, str, int]]:
    """Of each layer with parameters: its name, how they are made up, and how many there are."""
    from torch import nn

    found = []
    for name, layer in model.named_modules():
        match layer:
            case nn.Linear():
                made = f"{layer.in_features:,} × {layer.out_features:,} + {layer.out_features:,}"
            case nn.Conv2d():
                inputs, side = layer.in_channels, layer.kernel_size[0]
                made = f"{side}×{side} × {inputs:,} × {layer.out_channels:,} + {layer.out_channels:,}"
            case nn.BatchNorm1d():
                made = f"{layer.num_features:,} + {layer.num_features:,}"
            case _:
                continue
        found.append((f"{type(layer).__name__} `{name}`", made, total(layer)))
    return found


def total(model: nn.Module) -> int:
    """Number of a model's parameters."""
    return sum(parameter.numel() for parameter in model.parameters())


def compare(model: nn.Module, cnn: nn.Module) -> str:
    """Cost of the first layers and of the convolutions, in a sentence on each."""
    (_, _, first), (_, _, kernels) = counts(model)[0], counts(cnn)[0]
    convolutions = total(cnn.get_submodule("conv_layers"))
    last = total(cnn) - convolutions
    than = "fewer than" if convolutions < first else "more than" if convolutions > first else "as many as"
    return (
        f"The MLP’s first layer has a weight of its own for every pixel and unit: **{first:,}**. The CNN’s "
        f"first has **{kernels:,}**, which it uses at all 784 places. Its three convolutions together have "
        f"{convolutions:,}, {than} that one layer; the other {last:,} are in fully connected layers, of the "
        "MLP’s kind."
    )
