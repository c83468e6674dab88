"""The kernels that training has found, beside random ones."""

import streamlit as st

from dlviz.ui.cnn.run import Network, Run, network, weights_chosen
from dlviz.ui.cnn.state import LAB, get
from dlviz.ui.selection import Selection
from dlviz.ui.tiles import Group, tiles
from dlviz.weights import BadWeights


def show(_: Run) -> None:
    """The kernels that make the selected map, trained and random."""
    selected = get("select")
    layer = _conv_layer(selected)
    groups = []
    for weights in ("trained", "random", *weights_chosen()[: get("weights") == "run"]):
        try:
            groups.append(_group(network(weights, get("seed")), layer, selected))
        except BadWeights as problem:
            st.warning(str(problem), icon=":material/scale:")
    st.write(_what(layer, selected))
    tiles(f"{LAB}.kernels", groups)
    st.caption("Click a map of another convolution in the network above to see the kernels that make it.")


def _conv_layer(selected: Selection) -> int:
    """The convolution of the selected unit's round, else the first: 0, 3 or 6."""
    family, index = selected.stage.split(".")
    return int(index) // 3 * 3 if family == "conv_layers" else 0


def _what(layer: int, selected: Selection) -> str:
    if layer == 0:
        return "The 32 kernels of conv 1, one for each map it makes."
    reads = {3: 32, 6: 64}[layer]
    made = f"map {selected.channel} of conv {layer // 3 + 1}"
    return f"The {reads} kernels that make {made}, one for each map it reads."


def _title(network: Network) -> str:
    if network.of_run:
        return "The run’s"
    return "Trained" if network.seed is None else f"Random, seed {network.seed}"


def _group(network: Network, layer: int, selected: Selection) -> Group:
    """All kernels of the first convolution; of a later one, those that make the selected map."""
    weight = network.model.get_parameter(f"conv_layers.{layer}.weight").numpy(force=True)
    values = weight[selected.channel] if layer else weight[:, 0]
    outlined = layer == 0 and selected.stage.startswith("conv_layers")
    largest = float(abs(values).max())
    return Group(
        title=_title(network),
        note=f"full colour is ±{largest:.3g}",
        values=values,
        scale="diverging",
        alt=f"{len(values)} kernels of 3×3; the largest weight is {largest:.3g} in size",
        columns=8,
        cell=16 if len(values) < 64 else 13,
        selected=selected.channel if outlined else -1,
        item="kernel",
    )
