"""The kernels that training has found, beside random ones."""

import streamlit as st

from dlviz.ui.components.tiles import Group, tiles
from dlviz.ui.components.unit.selection import Selection
from dlviz.ui.components.unit.words import COLOURS
from dlviz.ui.components.wall import Stage, reads, stages
from dlviz.ui.labs.cnn.forward import Network, Run, network, weights_chosen
from dlviz.ui.labs.cnn.state import LAB, OF_RUN, get
from dlviz.ui.server import model_cache
from dlviz.weights import BadWeights


def show(run: Run) -> None:
    """The kernels that make the selected map, in the open network and in those to compare it with."""
    selected = get("select")
    layer = _convolution(run, selected)
    groups = []
    for each in _networks(run):
        groups += _groups(each, layer, selected)
    st.write(_what(run, layer, selected))
    tiles(f"{LAB}.kernels", groups)
    st.caption("Click a map of another convolution in the network above to see the kernels that make it.")


def _networks(run: Run) -> list[Network]:
    """The trained network, a random one, the run's; beside one that sees colours, a random one like it."""
    if reads(run.model)[0] > 1:
        return [
            run.network,
            Network(model_cache.untrained(type(run.model).__name__, get("seed")), get("seed")),
        ]
    wanted = ["trained", "random", *weights_chosen()[: get("weights") in OF_RUN]]
    found = []
    for weights in wanted:
        try:
            found.append(network(weights, get("seed")))
        except BadWeights as problem:
            st.warning(str(problem), icon=":material/scale:")
    return found


def _convolutions(model) -> list[Stage]:
    return [stage for stage in stages(model) if stage.layer == "Conv2d"]


def _convolution(run: Run, selected: Selection) -> int:
    """Which convolution: that of the selected unit's round, else the first, counted from 0."""
    round_ = next((stage.round for stage in stages(run.model) if stage.name == selected.stage), None)
    return (round_ or 1) - 1


def _what(run: Run, layer: int, selected: Selection) -> str:
    first, *others = _convolutions(run.model)
    if layer == 0:
        colours = ", for each colour it reads" if reads(run.model)[0] > 1 else ""
        return f"The {first.shape[0]} kernels of conv 1, one for each map it makes{colours}."
    count = [first, *others][layer - 1].shape[0]
    made = f"map {selected.channel} of conv {layer + 1}"
    return f"The {count} kernels that make {made}, one for each map it reads."


def _title(network: Network) -> str:
    if network.of_run:
        return "The run’s"
    return "Trained" if network.seed is None else f"Random, seed {network.seed}"


def _groups(network: Network, layer: int, selected: Selection) -> list[Group]:
    """All kernels of the first convolution, by colour; of a later one, those that make the selected map."""
    name = _convolutions(network.model)[layer].name
    weight = network.model.get_parameter(f"{name}.weight").numpy(force=True)
    if layer:
        return [_group(_title(network), weight[selected.channel])]
    outlined = selected.channel if selected.stage.startswith("conv_layers") else -1
    title, colours = _title(network), range(weight.shape[1])
    titles = [f"{title}, {COLOURS[colour]}" if len(colours) > 1 else title for colour in colours]
    return [_group(titles[colour], weight[:, colour], outlined) for colour in colours]


def _group(title: str, values, outlined: int = -1) -> Group:
    largest = float(abs(values).max())
    return Group(
        title=title,
        note=f"full colour is ±{largest:.3g}",
        values=values,
        scale="diverging",
        alt=f"{len(values)} kernels of 3×3; the largest weight is {largest:.3g} in size",
        columns=8,
        cell=16 if len(values) < 64 else 13,
        selected=outlined,
        item="kernel",
    )
