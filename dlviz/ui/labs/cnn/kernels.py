"""The kernels that training has found, beside random ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui.components.tiles import Group, tiles
from dlviz.ui.components.unit.captions import COLOURS
from dlviz.ui.components.unit.selection import Selection
from dlviz.ui.components.wall import input_shape, stages
from dlviz.ui.labs.cnn import captions
from dlviz.ui.labs.cnn.forward import ForwardPass
from dlviz.ui.labs.cnn.networks import TRAINED, load_network
from dlviz.ui.labs.cnn.state import LAB, State
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted
from dlviz.ui.verdict import show_sentence
from dlviz.weights import BadWeights

if TYPE_CHECKING:
    from torch import nn


def show(passed: ForwardPass, state: State) -> None:
    """The kernels that make the selected map, in the open network and in those to compare it with."""
    selected = state.select
    convolution = _convolution(passed.model, selected)
    groups = []
    for title, model in _compared(passed, state).items():
        groups += _groups(title, model, convolution, selected)
    show_sentence(f"{LAB}.kernels_told", st.write, captions.kernels(passed, convolution, selected))
    tiles(f"{LAB}.kernels", groups)
    of_first = convolution == 0 and selected.stage.startswith("conv_layers")
    if of_first and passed.network.weights_file == f"{TRAINED}.safetensors":
        # The Convolution lab has the kernels of this very network.
        st.page_link(
            "convolution.py",
            label=f"Lay kernel {selected.channel} over a photograph",
            icon=":material/grid_on:",
            query_params={"kernel": "learned", "map": str(selected.channel)},
        )
    st.caption("Click a map of another convolution in the network above to see the kernels that make it.")


def _compared(passed: ForwardPass, state: State) -> dict[str, nn.Module]:
    """Title -> network: the trained one, a random one, the run's.

    Beside one that sees colours stands a random one like it.
    """
    random = f"Random, seed {state.seed}"
    if input_shape(passed.model)[0] > 1:
        like_it = model_cache.untrained(type(passed.model).__name__, state.seed)
        return {"The run’s": passed.model, random: like_it}
    titles = {"trained": "Trained", "random": random}
    if "normed" in state.networks:
        titles["normed"] = "Trained, batch norm"
    if "run" in state.networks:
        titles["run"] = "The run’s"
    found = {}
    for network, title in titles.items():
        try:
            found[title] = load_network(network, state).model
        except BadWeights as problem:
            st.warning(plain(str(problem)), icon=":material/scale:")
    return found


def _convolution(model: nn.Module, selected: Selection) -> int:
    """Index of the convolution of the selected unit's round; of the first if it is in none."""
    round_ = next((stage.round for stage in stages(model) if stage.name == selected.stage), None)
    return (round_ or 1) - 1


def _groups(title: str, model: nn.Module, convolution: int, selected: Selection) -> list[Group]:
    """All kernels of the first convolution, by colour; of a later one, those that make the selected map."""
    from torch import nn

    name = [stage.name for stage in stages(model) if issubclass(stage.layer, nn.Conv2d)][convolution]
    weight = model.get_parameter(f"{name}.weight").numpy(force=True)  # (channel, input channel, 3, 3)
    if convolution:
        # A narrower network has no such map.
        return [_group(title, weight[selected.channel])] if selected.channel < len(weight) else []
    outlined = selected.channel if selected.stage.startswith("conv_layers") else -1
    colours = range(weight.shape[1])
    titles = [f"{title}, {COLOURS[colour]}" if len(colours) > 1 else title for colour in colours]
    return [_group(titles[colour], weight[:, colour], outlined) for colour in colours]


def _group(title: str, values: np.ndarray, outlined: int = -1) -> Group:
    """Kernels (count, 3, 3) as tiles."""
    largest = float(abs(values).max())
    return Group(
        title=title,
        note=f"full colour is ±{largest:.3g}",
        values=values,
        scale="diverging",
        alt=f"{counted(len(values), 'kernel')} of 3×3; the largest weight is {largest:.3g} in size",
        columns=8,
        cell=16 if len(values) < 64 else 13,
        selected=outlined,
        item="kernel",
    )
