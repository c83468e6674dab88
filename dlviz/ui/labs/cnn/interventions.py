"""Channels switched off: by the learner's hand, and each alone, to see what it is worth."""

from functools import lru_cache

import numpy as np
import streamlit as st

from dlviz.ui.components.wall import title
from dlviz.ui.labs.cnn.clamp_choices import channels
from dlviz.ui.labs.cnn.forward import Run, edits_of, network, normalised, weights_shown
from dlviz.ui.labs.cnn.state import LAB, get, put, read_off, write_off
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import percent


def show(run: Run) -> None:
    """Switch channels of any stage off, and see what becomes of the answer."""
    selected, off = get("select"), run.off
    many = channels(run.model).get(selected.stage)
    with st.container(horizontal=True, vertical_alignment="center"):
        if many:
            is_off = selected.channel in off.get(selected.stage, [])
            kind = "map" if selected.stage.startswith("conv_layers") else "unit"
            what = f"{kind} {selected.channel} of {title(run.model, selected.stage)}"
            st.button(f"Switch {what} {'on' if is_off else 'off'}", on_click=_toggle, type="primary")
            st.button(f"Keep only {what}", on_click=_keep_only, args=(many,))
        else:
            st.write("Click a map in the network above to choose what to switch off.")
        st.button("All back on", on_click=put, args=("off", {}), disabled=not off)
    if run.untouched:
        st.write(_verdict(run, run.untouched))
    if many:
        _effects(run)


def _verdict(run: Run, before: Run) -> str:
    name, then, now = plain(before.said), *(each.probabilities[before.says] for each in (before, run))
    return (
        f"Off: {_listed(run)}. The probability of **{name}** went from "
        f"{percent(then)} to **{percent(now)}**; the network now "
        f"says **{plain(run.said)}**. In the network above, outlined bars are the untouched answer."
    )


def _listed(run: Run) -> str:
    counts = channels(run.model)
    return "; ".join(
        f"{len(off)} of {counts[stage]} in {title(run.model, stage)}"
        if len(off) > 6
        else f"{', '.join(map(str, off))} in {title(run.model, stage)}"
        for stage, off in run.off.items()
    )


def _effects(run: Run) -> None:
    """What each channel of the selected stage is worth to the answer, as bars."""
    from dlviz import figures

    selected = get("select")
    digit_now = run.settled.tobytes(), weights_shown(), get("seed"), write_off(run.off)
    before, without = effects(*digit_now, selected.stage)
    digit = int(before.argmax())
    values, now = without[:, digit], float(before[digit])
    worst = int(values.argmin())
    name = run.network.classes[digit]
    text = (
        f"The probability of {name} if one of the {len(values)} of {title(run.model, selected.stage)} alone "
        f"were off{', outside training mode' if get('training') else ''}. Most is lost without {worst}: "
        f"{percent(values[worst])} instead of {percent(now)}."
    )
    st.write(plain(text))
    figure = figures.effects(values, now, name, selected.channel)
    st.plotly_chart(figure, key=f"{LAB}.effects", alt=text, config={"displayModeBar": False})


@lru_cache(maxsize=32)
def effects(pixels: bytes, weights: str, seed: int, off: str, stage: str) -> tuple[np.ndarray, np.ndarray]:
    """The probabilities (classes,) now, and (channel, classes) with each channel of the stage alone off.

    Outside training mode, so that nothing but the switch makes the difference.
    """
    import torch

    from dlviz.explain import without_each_channel
    from dlviz.trace import trace

    model, x, edits = network(weights, seed).model, normalised(pixels), edits_of(read_off(off))
    logits, _ = trace(model, x, edits)
    return torch.softmax(logits, dim=1)[0].numpy(), without_each_channel(model, x, stage, edits)


def _toggle() -> None:
    stage, channel = get("select").stage, get("select").channel
    channels = set(get("off").get(stage, [])) ^ {channel}
    _set_off(stage, sorted(channels))


def _keep_only(many: int) -> None:
    stage, channel = get("select").stage, get("select").channel
    _set_off(stage, [other for other in range(many) if other != channel])


def _set_off(stage: str, channels: list[int]) -> None:
    others = {name: kept for name, kept in get("off").items() if name != stage}
    put("off", others | ({stage: channels} if channels else {}))
