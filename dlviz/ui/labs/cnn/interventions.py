"""Channels switched off: by the learner's hand, and each alone, to see what it is worth."""

import numpy as np
import streamlit as st

from dlviz.ui.components.wall import stage_item, stage_title
from dlviz.ui.labs.cnn import captions
from dlviz.ui.labs.cnn.clamp_choices import channel_counts
from dlviz.ui.labs.cnn.forward import CacheKey, ForwardPass, lead
from dlviz.ui.labs.cnn.state import LAB, State
from dlviz.ui.labs.cnn.switching_off import effects, off_until_it_tips
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.verdict import show_sentence


def show(passed: ForwardPass, settled: np.ndarray, state: State) -> None:
    """Switch channels of any stage off, and see what becomes of the answer.

    Args:
        settled: (28, 28) or (3, 32, 32) float32 in [0, 1], for the effect of each channel alone.
    """
    selected = state.select
    count = channel_counts(passed.model).get(selected.stage)
    off = passed.off.get(selected.stage, [])
    with st.container(key=f"{LAB}.switches", horizontal=True, vertical_alignment="center"):
        if count:
            title = stage_title(passed.model, selected.stage)
            name = f"{stage_item(passed.model, selected.stage)} {selected.channel} of {title}"
            toggled = sorted({*off} ^ {selected.channel})
            others = [other for other in range(count) if other != selected.channel]
            _button(f"Switch {name} {'on' if selected.channel in off else 'off'}", selected.stage, toggled)
            _button(f"Keep only {name}", selected.stage, others)
            left = [channel for channel in strongest_first(passed, selected.stage) if channel not in off]
            _button(f"Switch off the strongest of {title}", selected.stage, sorted([*off, *left[:1]]))
            st.button(
                "… until the answer tips",
                on_click=_switch_off_until_it_tips,
                args=(CacheKey.of(passed, settled), selected.stage, off),
                disabled=not left,
            )
        else:
            st.write("Click a map in the network above to choose what to switch off.")
        st.button("All back on", on_click=_switch_all_on, disabled=not passed.off)
    if passed.untouched:
        show_sentence(f"{LAB}.off", st.write, captions.switched_off(passed, passed.untouched))
    if count:
        _show_effects(passed, settled, state)


def _button(label: str, stage: str, off: list[int]) -> None:
    st.button(label, on_click=_set_off, args=(stage, off), disabled=off == LAB.read().off.get(stage, []))


def strongest_first(passed: ForwardPass, stage: str) -> list[int]:
    """The channels of a stage, by the largest value that each has in a pass."""
    values = passed.record[stage][0]  # (channel, …)
    peaks = values.reshape(len(values), -1).max(axis=1)
    return np.argsort(-peaks, kind="stable").tolist()


def _show_effects(passed: ForwardPass, settled: np.ndarray, state: State) -> None:
    """The worth of each channel of the selected stage to the answer, as bars."""
    from dlviz import figures

    stage = state.select.stage
    before, without = effects(CacheKey.of(passed, settled), stage)
    predicted = int(before.argmax())
    now, values = float(lead(before, predicted)), lead(without, predicted)
    name, title = passed.network.classes[predicted], stage_title(passed.model, stage)
    item = stage_item(passed.model, stage)
    text = captions.each_alone_off(name, title, item, now, values, state.training)
    show_sentence(f"{LAB}.each_off", st.write, plain(text))
    figure = figures.effects(values, now, name, state.select.channel, item)
    st.plotly_chart(figure, key=f"{LAB}.effects", alt=text, config={"displayModeBar": False})


def _switch_off_until_it_tips(key: CacheKey, stage: str, off: list[int]) -> None:
    _set_off(stage, off_until_it_tips(key, stage, off)[0])


def _set_off(stage: str, channels: list[int]) -> None:
    others = {name: kept for name, kept in LAB.read().off.items() if name != stage}
    LAB.update(off=others | ({stage: channels} if channels else {}))


def _switch_all_on() -> None:
    LAB.update(off={})
