"""Panels of the CNN lab: one unit's arithmetic, kernels, channels switched off, dropout."""

from functools import lru_cache

import numpy as np
import streamlit as st

from dlviz.ui.cnn.answer import percent
from dlviz.ui.cnn.run import Network, Run, edits_of, network, normalised, weights_shown
from dlviz.ui.cnn.state import CHANNELS, LAB, get, put, read_off, write_off
from dlviz.ui.selection import Selection
from dlviz.ui.tiles import Group, tiles
from dlviz.ui.unit import unit_view
from dlviz.weights import BadWeights


def unit(run: Run) -> None:
    """The multiplication behind the selected unit."""
    unit_view(f"{LAB}.unit", run.model, run.record, run.pixels, get("select"))


def _conv_layer(selected: Selection) -> int:
    """The convolution of the selected unit's round, else the first: 0, 3 or 6."""
    family, index = selected.stage.split(".")
    return int(index) // 3 * 3 if family == "conv_layers" else 0


def kernels(_: Run) -> None:
    """The kernels that make the selected map, trained and random."""
    groups = []
    for weights in ("trained", "random"):
        try:
            groups.append(_kernels_of(network(weights, get("seed"))))
        except BadWeights as problem:
            st.warning(str(problem), icon=":material/scale:")
    tiles(f"{LAB}.kernels", groups)
    st.caption("Click a map of another convolution in the network above to see the kernels that make it.")


def _kernels_of(network: Network) -> Group:
    """All kernels of the first convolution; of a later one, those that make the selected map."""
    selected = get("select")
    layer = _conv_layer(selected)
    weight = network.model.get_parameter(f"conv_layers.{layer}.weight").numpy(force=True)
    values = weight[selected.channel] if layer else weight[:, 0]
    name = f"conv {layer // 3 + 1}"
    what = f"The {len(values)} kernels of {name}, one for each map it makes"
    if layer:
        what = (
            f"The {len(values)} kernels that make map {selected.channel} of {name}, one for each map it reads"
        )
    first = layer == 0 and selected.stage.startswith("conv_layers")
    return Group(
        title="Trained" if network.seed is None else f"Random, seed {network.seed}",
        note=what,
        values=values,
        scale="diverging",
        alt=f"{what}; the largest weight is {abs(values).max():.3f} in size",
        columns=8,
        cell=16 if len(values) < 64 else 13,
        selected=selected.channel if first else -1,
        item="kernel",
    )


def switch_off(run: Run) -> None:
    """Switch channels of any stage off, and see what becomes of the answer."""
    selected, off = get("select"), get("off")
    many = CHANNELS.get(selected.stage)
    with st.container(horizontal=True, vertical_alignment="center"):
        if many:
            is_off = selected.channel in off.get(selected.stage, [])
            what = f"{'map' if many < 256 else 'unit'} {selected.channel} of {selected.stage}"
            st.button(f"Switch {what} {'on' if is_off else 'off'}", on_click=_toggle, type="primary")
            st.button(f"Keep only {what}", on_click=_keep_only)
        else:
            st.write("Click a map in the network above to choose what to switch off.")
        st.button("All back on", on_click=put, args=("off", {}), disabled=not off)
    if run.untouched:
        st.write(_verdict(run, run.untouched))
    if many:
        _effects(run)


def _verdict(run: Run, before: Run) -> str:
    digit = before.says
    return (
        f"Off: {_listed(get('off'))}. The probability of **{digit}** went from "
        f"{percent(before.probabilities[digit])} to **{percent(run.probabilities[digit])}**; the network now "
        f"says **{run.says}**. In the network above, outlined bars are the untouched answer."
    )


def _effects(run: Run) -> None:
    """What each channel of the selected stage is worth to the answer, as bars."""
    from dlviz import figures

    selected = get("select")
    values = effects_of(
        run.settled.tobytes(), weights_shown(), get("seed"), write_off(get("off")), selected.stage
    )
    before, digit = float(run.probabilities.max()), run.says
    worst = int(values[:, digit].argmin())
    text = (
        f"The probability of {digit} if one of the {len(values)} of {selected.stage} alone were off. "
        f"Most is lost without {worst}: {percent(values[worst, digit])} instead of {percent(before)}."
    )
    st.write(text)
    figure = figures.effects(values[:, digit], before, digit, selected.channel)
    st.plotly_chart(figure, key=f"{LAB}.effects", alt=text, config={"displayModeBar": False})


@lru_cache(maxsize=32)
def effects_of(pixels: bytes, weights: str, seed: int, off: str, stage: str) -> np.ndarray:
    """The probabilities (channel, digit) for a digit, with each channel of the stage alone switched off."""
    from dlviz.explain import without_each_channel

    return without_each_channel(
        network(weights, seed).model, normalised(pixels), stage, edits_of(read_off(off))
    )


def _listed(off: dict[str, list[int]]) -> str:
    return "; ".join(
        f"{len(channels)} of {CHANNELS[stage]} in {stage}"
        if len(channels) > 6
        else f"{', '.join(map(str, channels))} in {stage}"
        for stage, channels in off.items()
    )


def _toggle() -> None:
    stage, channel = get("select").stage, get("select").channel
    channels = set(get("off").get(stage, [])) ^ {channel}
    _set_off(stage, sorted(channels))


def _keep_only() -> None:
    stage, channel = get("select").stage, get("select").channel
    _set_off(stage, [other for other in range(CHANNELS[stage]) if other != channel])


def _set_off(stage: str, channels: list[int]) -> None:
    others = {name: kept for name, kept in get("off").items() if name != stage}
    put("off", others | ({stage: channels} if channels else {}))


def dropout(run: Run) -> None:
    """The hidden units before and after dropout, in training mode or at rest."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.toggle("Training mode", key=f"{LAB}.training")
        st.button("Draw another mask", on_click=_next_mask, disabled=not get("training"))
    before, after = (run.record[f"fc_layers.{index}"].reshape(-1, 1, 1) for index in (2, 3))
    lit = before > 0
    silenced, doubled = int((lit & (after == 0)).sum()), int((lit & (after == 2 * before)).sum())
    if get("training"):
        text = (
            f"Of {int(lit.sum())} units that answer to this digit, {silenced} are silenced this time and "
            f"{doubled} are doubled, so that their sum stays the same on average."
        )
    else:
        text = "Outside training, dropout does nothing: every unit passes on what it has."
    st.write(text)
    limit = float(max(before.max(), after.max()))
    groups = [
        Group(
            "After ReLU", "256 hidden units", before, "sequential", "hidden units", 32, 14, limit, item="unit"
        ),
        Group(
            "After dropout", "What the output reads", after, "sequential", text, 32, 14, limit, item="unit"
        ),
    ]
    tiles(f"{LAB}.dropout", groups)


def _next_mask() -> None:
    put("mask", (get("mask") + 1) % 10_000)
