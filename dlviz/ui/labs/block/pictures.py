"""Pictures of the Transformer block lab: the stream through a block, two word orders, and a written text."""

import numpy as np
import streamlit as st

from dlviz.ui.components import events
from dlviz.ui.components.generated_text import chosen_character, generated_text
from dlviz.ui.components.heads import Picture, heads
from dlviz.ui.components.matrices import Matrix, matrices
from dlviz.ui.components.stream import stream
from dlviz.ui.components.wire_format import half
from dlviz.ui.labs.block import captions
from dlviz.ui.labs.block.forward import ForwardPass, OrderPass, WritingPass
from dlviz.ui.labs.block.state import (
    CONTEXT,
    HEADS,
    LAB,
    LONGEST,
    MOST_BLOCKS,
    MOST_UNITS,
    SCALES,
    VIEWS,
    WRITERS_BLOCKS,
    WRITERS_HEADS,
    State,
)
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import number
from dlviz.ui.text_format.quotes import quoted
from dlviz.ui.verdict import show_sentence, show_verdict

STREAM, PATTERNS, TEXT = f"{LAB}.stream", f"{LAB}.heads.picture", f"{LAB}.generated_text"
EXACT = ("mid", "norm1", "post", "norm2")  # what a LayerNorm reads and gives is shown in full precision
HALF = ("in", "attention", "dropout1", "hidden", "forward", "out")


def take_clicks() -> None:
    """Put what the learner has done in the pictures since the last run into the lab's state."""
    match events.numbers(STREAM, "cell", 2):
        case [token, unit] if 0 <= token < CONTEXT and 0 <= unit < MOST_UNITS:
            pin = token if LAB.read().pin >= 0 else -1  # one token is looked at, in all pictures
            LAB.update(token=token, unit=unit, pin=pin)
    match events.numbers(STREAM, "block", 1):
        case [block] if 0 <= block < MOST_BLOCKS:
            LAB.update(block=block)
    match events.numbers(PATTERNS, "head", 2):
        case [block, head] if 0 <= block < MOST_BLOCKS and 0 <= head < max(HEADS):
            LAB.update(block=block, head=head)
    match events.numbers(PATTERNS, "pin", 1):
        case [-1]:
            LAB.update(pin=-1)
        case [token] if 0 <= token < CONTEXT:
            LAB.update(pin=token, token=token)
    if (at := chosen_character(TEXT, LONGEST)) is not None:
        LAB.update(at=at)
    match events.numbers(TEXT, "looks", 2):
        case [layer, head] if 0 <= layer < WRITERS_BLOCKS and -1 <= head < WRITERS_HEADS:
            LAB.update(layer=layer, lit_head=head)


def show_block(passed: ForwardPass, state: State) -> None:
    """Say the network's answer, and draw the stream through the block."""
    if answer := captions.answer(passed, state):
        show_verdict(LAB, plain(answer))
    stream(STREAM, *message(passed, state))
    show_sentence(f"{LAB}.provenance", st.caption, plain(captions.provenance(passed, state)))


def message(passed: ForwardPass, state: State) -> tuple[dict[str, object], dict[str, np.ndarray]]:
    """Header and arrays of the stream: one block's stations (seq, embed), and the sizes of all."""
    stations, limit = passed.stations, full_colour(passed.stations)
    header = {
        "tokens": passed.given.tokens,
        "depth": len(passed.patterns),
        "block": passed.block,
        "token": passed.token,
        "unit": passed.unit,
        "heads": passed.patterns.shape[1],
        "share": passed.silenced,
        "eps": passed.norms[0].eps,
        "limit": limit,
        "legend": captions.legend(limit),
        "alts": captions.station_alternatives(passed, state),
    }
    arrays = {name: half(stations[name]) for name in HALF}
    exact = {name: stations[name] for name in EXACT}
    exact |= {"pattern": passed.patterns[passed.block].mean(axis=0), "sizes": passed.sizes}
    for at, norm in enumerate(passed.norms, 1):
        moments = np.concatenate([norm.before, norm.after], axis=1)  # (token, 4)
        exact |= {f"moments{at}": moments, f"scale{at}": norm.scale, f"shift{at}": norm.shift}
    if passed.given.pixels is not None:
        exact["digit"] = passed.given.pixels
    return header, arrays | {name: values.astype(np.float32) for name, values in exact.items()}


def full_colour(stations: dict[str, np.ndarray]) -> float:
    """The value of full colour in the stream: but for one value in two hundred none is larger.

    Args:
        stations: station -> (token, width).
    """
    every = np.concatenate([np.abs(stations[name]).ravel() for name in ("in", *EXACT)])
    return float(np.quantile(every, 0.995))


def show_attention(passed: ForwardPass, state: State) -> None:
    """Draw all heads of all blocks small, and one large."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader("The attention of every block", anchor=False)
        st.segmented_control(
            "Drawn as",
            list(VIEWS),
            format_func=VIEWS.__getitem__,
            required=True,
            key=LAB.key("view"),
            persist_state="page",
            label_visibility="collapsed",
        )
        st.segmented_control(
            "Darkest colour of a weight",
            list(SCALES),
            format_func=SCALES.__getitem__,
            required=True,
            key=LAB.key("scale"),
            persist_state="page",
        )
    state = LAB.read()
    limit = 1.0 if state.scale == "common" else None
    depth, count = passed.patterns.shape[:2]
    picture = Picture(
        tokens=passed.given.tokens,
        large=passed.patterns[passed.block, passed.head],
        title=f"Block {passed.block + 1}, head {passed.head + 1}",
        alt=captions.pattern_alternative(passed, state),
        small=passed.patterns,
        rows=[f"block {block + 1}" for block in range(depth)],
        columns=[f"head {number + 1}" for number in range(count)],
        captions=captions.head_captions(passed, state),
        heading="Block by head",
        note="Click one to enlarge it.",
        shown=(passed.block, passed.head),
        pinned=passed.pinned,
        view=state.view,
        limit=limit,
        small_limit=limit,
    )
    heads(PATTERNS, picture)


def show_orders(passed: OrderPass, state: State) -> None:
    """Say whether the order counts, and draw what comes out for both orders, and the difference."""
    orders, compared = passed.orders, passed.compared
    show_verdict(LAB, captions.order_headline(passed, state))
    limit = float(np.abs(compared.one).max())
    row = max(8.0, min(30.0, 220 / len(orders.words)))

    def matrix(title: str, note: str, values: np.ndarray) -> Matrix:
        strongest = zip(orders.words, np.abs(values).max(axis=1), strict=True)
        alt = f"{title}: {', '.join(f'{quoted(word)} up to {value:.3g}' for word, value in strongest)}."
        return Matrix(title, note, values, alt, limit=limit, row=row, rows=orders.words)

    matrices(
        f"{LAB}.orders",
        [
            matrix(quoted(" ".join(orders.words)), "What comes out of the last block", compared.one),
            matrix(quoted(" ".join(orders.other)), "Rows in the order of the first", compared.two),
            matrix("The difference", captions.largest_difference(passed, state), compared.difference),
        ],
    )
    show_sentence(f"{LAB}.order_provenance", st.caption, captions.order_provenance(passed, state))


def show_positions(passed: OrderPass, state: State) -> None:
    """Draw the table of positions, and how alike they are."""
    if state.table == "none":
        st.caption("No positions: nothing is added, so there is no table to show. Choose one above.")
        return
    table = passed.table
    places, width = table.shape
    directions = table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-12)
    alike = directions @ directions.T  # (place, place)
    row = 3 if places > 64 else 6
    origin, near, far = captions.table_origin(passed, state), alike[0, 1], alike[0, -1]
    matrices(
        f"{LAB}.positions",
        [
            Matrix(
                "What each place adds",
                f"{origin} {places} places, {width} numbers each; rows are places.",
                table,
                f"{places} places of {width} numbers, from {number(table.min())} to {number(table.max())}.",
                row=row,
                item="place",
                basis=360,
            ),
            Matrix(
                "How alike places are",
                "The cosine of the angle between two places’ numbers: 1 is the same direction.",
                alike,
                f"Cosine of places 1 and 2: {number(near)}; of the first and the last: {number(far)}.",
                limit=1.0,
                row=row,
                item="place",
                column="place",
                basis=360,
            ),
        ],
    )


def show_text(passed: WritingPass, state: State) -> None:
    """Draw the text, lit by where a head looked, and compare the writer with an LSTM.

    Raises: BadWeights if the weights file of either is missing or damaged.
    """
    looks = {"layer": state.layer, "head": state.lit_head, "heard": events.latest(TEXT, "looks")}
    generated_text(TEXT, passed.written, state.at, attention=passed.written.attention, looks=looks)
    show_sentence(f"{LAB}.surprise", st.caption, captions.surprise(passed, state))
    with st.expander("How well does it write, beside an LSTM?", icon=":material/balance:"):
        st.markdown(captions.writers_compared())


def link_onward(state: State) -> None:
    """Link to the Self-attention lab with the same words or the same digit."""
    st.page_link(
        "attention.py",
        label="How each weight of attention comes about: the Self-attention lab",
        icon=":material/arrow_forward:",
        query_params=state.onward,
    )
