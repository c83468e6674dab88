"""The part of the lab that looks inside a block: the residual stream, and the attention of every block."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dlviz.ui.components import events, load_component
from dlviz.ui.components.heads import Picture, heads
from dlviz.ui.components.wire_format import half, pack
from dlviz.ui.labs.block import captions, inputs
from dlviz.ui.labs.block.forward import Run, run
from dlviz.ui.labs.block.state import LAB, MOST_BLOCKS, MOST_UNITS, SHARES, VIEWS, get, put
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain

KEY = f"{LAB}.stream"
HEADS = f"{LAB}.heads.picture"
EXACT = ("mid", "norm1", "post", "norm2")  # what a LayerNorm reads and gives is shown in full precision
HALF = ("in", "attention", "dropout1", "hidden", "forward")

_component = load_component("stream")


def take() -> None:
    """Put what the learner has done in the pictures since the last run into the lab's state."""
    match events.numbers(KEY, "cell", 2):
        case [token, unit] if 0 <= token < 128 and 0 <= unit < MOST_UNITS:
            put("token", token)
            put("unit", unit)
    match events.numbers(KEY, "block", 1):
        case [block] if 0 <= block < MOST_BLOCKS:
            put("block", block)
    match events.numbers(HEADS, "head", 2):
        case [block, head] if 0 <= block < MOST_BLOCKS and 0 <= head < 16:
            put("block", block)
            put("head", head)
    match events.numbers(HEADS, "pin", 1):
        case [token] if -1 <= token < 128:
            put("pin", token)


def stream() -> Run | None:
    """The controls, the pictures, and the pass that they show."""
    left, right = st.columns([1, 4], gap="large")
    with left, st.container(key="settings"):
        given = inputs.current()
        _dropout()
    with right:
        if given is None:
            st.subheader("Draw a digit, and the network reads it.", anchor=False)
            return None
        with model_cache.waiting():
            current = run(given)
        if answer := captions.answer(current):
            st.subheader(plain(answer), anchor=False)
        _component(key=KEY, data=message(current), on_cell_change=events.heard, on_block_change=events.heard)
        st.caption(plain(captions.made(current)))
    _attention(current)
    return current


def _dropout() -> None:
    st.selectbox(
        "Dropout",
        list(SHARES),
        format_func=SHARES.__getitem__,
        key=f"{LAB}.dropout",
        persist_state="page",
        help="At work only in training: it silences values at random.",
    )
    if get("dropout") != "0":
        st.number_input("Seed of the silenced", 0, 9999, key=f"{LAB}.dropout_seed", persist_state="page")


def message(current: Run) -> bytes:
    """The bytes of one block, and the sizes of all."""
    stations, numbers = current.stations, [current.normed(1), current.normed(2)]
    times = [
        report[-1] for name in ("cell", "block") if (report := st.session_state.get(f"{KEY}.{name}.seen"))
    ]
    header = {
        "tokens": current.source.tokens,
        "depth": current.depth,
        "block": current.block,
        "token": current.token,
        "unit": current.unit,
        "heads": current.patterns.shape[1],
        "share": current.share,
        "eps": numbers[0].eps,
        "limit": limit(stations),
        "legend": captions.legend(limit(stations)),
        "alts": captions.alternatives(current),
        "heard": max(times, default=0),
    }
    arrays = {name: half(stations[name]) for name in HALF}
    arrays |= {name: stations[name].astype(np.float32) for name in EXACT}
    arrays["pattern"] = current.patterns[current.block].mean(axis=0).astype(np.float32)
    arrays["sizes"] = current.sizes.astype(np.float32)
    for number, normed in enumerate(numbers, 1):
        moments = np.concatenate([normed.before, normed.after], axis=1)
        parts = {"moments": moments, "scale": normed.scale, "shift": normed.shift}
        arrays |= {f"{name}{number}": values.astype(np.float32) for name, values in parts.items()}
    if current.source.pixels is not None:
        arrays["digit"] = current.source.pixels.astype(np.float32)
    return pack(header, arrays)


def limit(stations: dict[str, np.ndarray]) -> float:
    """What gets full colour in the stream: but for one value in two hundred none is larger."""
    every = np.concatenate(
        [np.abs(stations[name]).ravel() for name in ("in", "mid", "norm1", "post", "norm2")]
    )
    return float(np.quantile(every, 0.995))


def _attention(current: Run) -> None:
    patterns, head = current.patterns, current.head
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader("The attention of every block", anchor=False)
        st.segmented_control(
            "Drawn as",
            list(VIEWS),
            format_func=VIEWS.__getitem__,
            required=True,
            key=f"{LAB}.view",
            persist_state="page",
            label_visibility="collapsed",
        )
    depth, count = patterns.shape[:2]
    picture = Picture(
        tokens=current.source.tokens,
        large=patterns[current.block, head],
        title=f"Block {current.block + 1}, head {head + 1}",
        alt=captions.pattern(current),
        small=patterns,
        rows=[f"block {block + 1}" for block in range(depth)],
        columns=[f"head {number + 1}" for number in range(count)],
        captions=captions.captions(current),
        heading="Block by head",
        note="Click one to enlarge it. Each is coloured up to its own largest weight, in 256 steps.",
        shown=(current.block, head),
        pinned=get("pin") if get("pin") < len(current.source.tokens) else -1,
        view=get("view"),
    )
    heads(HEADS, picture)
