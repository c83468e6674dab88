"""The part of the lab in which CharTransformer writes, and shows where every block looked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from dlviz.ui.components import events, typed
from dlviz.ui.labs.block import captions
from dlviz.ui.labs.block.state import CONTEXT, LAB, LONGEST, MORE, TEMPERATURES, TOP_K, TOP_P, get, put
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain

if TYPE_CHECKING:
    from dlviz.attention.writing import Attended

FILE = "char_transformer"
KEY = f"{LAB}.typed"
KEPT = f"{LAB}.made"


@dataclass(frozen=True)
class Setting:
    """What a text depends on."""

    prompt: str
    count: int
    temperature: float
    top_k: int | None
    seed: int
    top_p: float | None


def take() -> None:
    """Put what the learner has done in the text since the last run into the lab's state."""
    if (at := typed.place(KEY, LONGEST)) is not None:
        put("at", at)
    match events.numbers(KEY, "looks", 2):
        case [layer, head] if 0 <= layer < 4 and -1 <= head < 4:
            put("layer", layer)
            put("lit_head", head)


def write() -> tuple[Setting, Attended]:
    """The controls, the text, and what is shown: how it was set, and what was written.

    Raises: BadWeights if the weights are missing or damaged.
    """
    left, right = st.columns([1, 3.4], gap="large")
    with left:
        setting, remark = _controls()
        if remark:
            st.info(plain(remark), icon=":material/notes:")
    with right, model_cache.waiting(), st.spinner("Writing …", show_time=False):
        made = written(setting)
    with right:
        report = st.session_state.get(f"{KEY}.looks.seen")
        looks = {"layer": get("layer"), "head": get("lit_head"), "heard": report[-1] if report else 0}
        typed.typed(KEY, typed.message(made, get("at"), attention=made.attention, looks=looks))
        st.caption(captions.surprise(made))
        _beside()
    return setting, made


def _controls() -> tuple[Setting, str]:
    from dlviz.generation import prepared

    def slider(label: str, options: list[str], name: str, help_text: str) -> None:
        st.select_slider(label, options, key=f"{LAB}.{name}", help=help_text, persist_state="page")

    st.text_area("The beginning", key=f"{LAB}.prompt", height=100, persist_state="page")
    slider(
        "Temperature",
        TEMPERATURES,
        "temperature",
        "0 always takes the most probable; the higher, the bolder.",
    )
    slider("Only the k most probable", TOP_K, "top_k", "Top-k: all others become impossible.")
    slider(
        "Only the fewest with p together",
        TOP_P,
        "top_p",
        "Top-p: the fewest that have this probability together.",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input("Seed", 0, 9999, key=f"{LAB}.draw_seed", persist_state="page", width=150)
        st.button(
            "One more", icon=":material/step:", on_click=_more, args=(1,), disabled=get("length") >= LONGEST
        )
        st.button(
            f"{MORE} more",
            icon=":material/add:",
            on_click=_more,
            args=(MORE,),
            disabled=get("length") >= LONGEST,
            help=f"At most {LONGEST}.",
        )
    prompt, remark = prepared(get("prompt"), CONTEXT)
    top_k = None if get("top_k") == "all" else int(get("top_k"))
    top_p = None if get("top_p") == "1" else float(get("top_p"))
    setting = Setting(prompt, get("length"), float(get("temperature")), top_k, get("draw_seed"), top_p)
    return setting, remark


def _more(count: int) -> None:
    put("length", min(LONGEST, get("length") + count))
    put("at", -1)


def written(setting: Setting) -> Attended:
    """The text, written once a setting, and some way ahead: neither a step nor one more is a new text."""
    from dlviz.attention.writing import attend

    ahead = replace(setting, count=MORE * -(-setting.count // MORE))
    kept = st.session_state.get(KEPT)
    if kept is None or kept[0] != ahead:
        made = attend(model_cache.trained(FILE), *vars(ahead).values())  # pyright: ignore[reportArgumentType]
        kept = st.session_state[KEPT] = ahead, made
    return kept[1].first(setting.count)


def _beside() -> None:
    with st.expander("How well does it write, beside an LSTM?", icon=":material/balance:"):
        st.markdown(captions.beside())
