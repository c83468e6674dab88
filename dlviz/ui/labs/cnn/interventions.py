"""Channels switched off: by the learner's hand, and each alone, to see what it is worth."""

from functools import lru_cache

import numpy as np
import streamlit as st

from dlviz.ui.components.wall import stage_title
from dlviz.ui.labs.cnn import captions
from dlviz.ui.labs.cnn.clamp_choices import channel_counts
from dlviz.ui.labs.cnn.forward import CacheKey, ForwardPass
from dlviz.ui.labs.cnn.state import LAB, State
from dlviz.ui.text_format.markdown import plain


def show(passed: ForwardPass, settled: np.ndarray, state: State) -> None:
    """Switch channels of any stage off, and see what becomes of the answer.

    Args:
        settled: (28, 28) or (3, 32, 32) float32 in [0, 1], for the effect of each channel alone.
    """
    selected = state.select
    count = channel_counts(passed.model).get(selected.stage)
    with st.container(horizontal=True, vertical_alignment="center"):
        if count:
            is_off = selected.channel in passed.off.get(selected.stage, [])
            kind = "map" if selected.stage.startswith("conv_layers") else "unit"
            name = f"{kind} {selected.channel} of {stage_title(passed.model, selected.stage)}"
            st.button(f"Switch {name} {'on' if is_off else 'off'}", on_click=_toggle, type="primary")
            st.button(f"Keep only {name}", on_click=_keep_only, args=(count,))
        else:
            st.write("Click a map in the network above to choose what to switch off.")
        st.button("All back on", on_click=_switch_all_on, disabled=not passed.off)
    if passed.untouched:
        st.write(captions.switched_off(passed, passed.untouched))
    if count:
        _show_effects(passed, settled, state)


def _show_effects(passed: ForwardPass, settled: np.ndarray, state: State) -> None:
    """The worth of each channel of the selected stage to the answer, as bars."""
    from dlviz import figures

    before, without = effects(CacheKey.of(passed, settled), state.select.stage)
    predicted = int(before.argmax())
    now, values = float(before[predicted]), without[:, predicted]
    name, title = passed.network.classes[predicted], stage_title(passed.model, state.select.stage)
    text = captions.each_alone_off(name, title, now, values, state.training)
    st.write(plain(text))
    figure = figures.effects(values, now, name, state.select.channel)
    st.plotly_chart(figure, key=f"{LAB}.effects", alt=text, config={"displayModeBar": False})


@lru_cache(maxsize=32)
def effects(key: CacheKey, stage: str) -> tuple[np.ndarray, np.ndarray]:
    """The probabilities (classes,) now, and (channel, classes) with each channel of the stage alone off.

    Outside training mode, so that nothing but the switch makes the difference.
    """
    import torch

    from dlviz.explain import without_each_channel
    from dlviz.trace import trace

    x, edits = key.unpack()
    logits, _ = trace(key.model, x, edits)
    return torch.softmax(logits, dim=1)[0].numpy(), without_each_channel(key.model, x, stage, edits)


def _toggle() -> None:
    state = LAB.read()
    stage, channel = state.select.stage, state.select.channel
    _set_off(stage, sorted({*state.off.get(stage, [])} ^ {channel}))


def _keep_only(count: int) -> None:
    selected = LAB.read().select
    _set_off(selected.stage, [other for other in range(count) if other != selected.channel])


def _set_off(stage: str, channels: list[int]) -> None:
    others = {name: kept for name, kept in LAB.read().off.items() if name != stage}
    LAB.update(off=others | ({stage: channels} if channels else {}))


def _switch_all_on() -> None:
    LAB.update(off={})
