"""The part of the lab about the order of words: the same words in two orders, and what positions are."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui.components.matrices import Matrix, matrices
from dlviz.ui.labs.block import inputs
from dlviz.ui.labs.block.state import LAB, TABLES, get, put
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain

if TYPE_CHECKING:
    from dlviz.attention.order import Compared

KEPT = f"{LAB}.order.kept"
Words = tuple[str, ...]


@dataclass(frozen=True)
class Orders:
    """The words in two orders, and for each word of the first its place in the other."""

    words: Words
    other: Words
    places: tuple[int, ...]

    @property
    def moved(self) -> bool:
        """Whether any word stands elsewhere."""
        return self.words != self.other


def order() -> Orders:
    """The controls, the pictures, and the two orders that they show."""
    left, right = st.columns([1, 3.4], gap="large")
    with left, st.container(key="settings"):
        words = inputs.sentence()
        chosen = _other(words)
        inputs.random_blocks()
    with right:
        st.segmented_control(
            "Positions added to the words",
            list(TABLES),
            format_func=TABLES.__getitem__,
            required=True,
            key=f"{LAB}.table",
            persist_state="page",
        )
        with model_cache.waiting():
            _compared(chosen)
        _positions()
    return chosen


def _other(words: Words) -> Orders:
    """The learner's other order; where that has other words, the last one that had the same."""
    st.text_input("The same words in another order", key=f"{LAB}.other", persist_state="page")
    with st.container(horizontal=True):
        st.button("Reverse", icon=":material/swap_horiz:", on_click=_put, args=(words[::-1],))
        st.button("Shuffle", icon=":material/shuffle:", on_click=_shuffle, args=(words,))
    try:
        chosen = of(words, inputs.split(get("other"))[0])
    except ValueError as problem:
        kept = st.session_state.get(KEPT)
        chosen = kept if kept is not None and kept.words == words else of(words, words[::-1])
        st.error(
            plain(f"{str(problem).capitalize()}. Shown is still: {' '.join(chosen.other)}"),
            icon=":material/swap_horiz:",
        )
    st.session_state[KEPT] = chosen
    return chosen


def of(words: Words, other: Words) -> Orders:
    """Two orders.

    Raises: ValueError if they are not of the same words.
    """
    from dlviz.attention.order import places

    return Orders(words, other, tuple(places(words, other)))


def _put(words: Words) -> None:
    put("other", " ".join(words))


def _shuffle(words: Words) -> None:
    _put(tuple(random.sample(words, len(words))))


def compare(orders: Orders) -> Compared:
    """Both orders through the learner's random blocks."""
    from dlviz.attention import order

    vectors = order.word_vectors(orders.words, inputs.width(), get("seed"))
    model = inputs.blocks(inputs.width(), get("heads"), get("depth"), get("seed"))
    return order.compare(model, vectors, orders.places, inputs.positions(len(orders.words)))


def _compared(orders: Orders) -> None:
    compared = compare(orders)
    st.subheader(headline(orders, compared), anchor=False)
    one, two = " ".join(orders.words), " ".join(orders.other)
    limit = float(np.abs(compared.one).max())
    row = max(8.0, min(30.0, 220 / len(orders.words)))

    def matrix(title: str, note: str, values: np.ndarray) -> Matrix:
        strongest = np.abs(values).max(axis=1)
        alt = f"{title}: " + ", ".join(
            f"“{w}” up to {v:.3g}" for w, v in zip(orders.words, strongest, strict=True)
        )
        return Matrix(title, note, values, f"{alt}.", limit=limit, row=row, rows=orders.words)

    matrices(
        f"{LAB}.orders",
        [
            matrix(f"“{one}”", "What comes out of the last block", compared.one),
            matrix(f"“{two}”", "Rows in the order of the first", compared.two),
            matrix("The difference", largest(compared), compared.difference),
        ],
    )
    st.caption(
        f"Random words and blocks, seed {get('seed')}, {get('depth')} blocks of {get('heads')} heads, "
        f"{inputs.width()} numbers a word. All three maps share one colour scale, full at ±{limit:.3g}."
    )


def largest(compared: Compared) -> str:
    """The largest difference, and what it is if it is none."""
    rounding = ": what rounding leaves" if compared.largest > 0 and compared.same else ""
    return f"Largest: {number(compared.largest)}{rounding}"


def headline(orders: Orders, compared: Compared) -> str:
    """What the comparison shows."""
    if not orders.moved:
        return "Both orders are the same: move a word"
    if compared.same:
        return "Both orders give every word the same vector"
    return f"The order counts: a word’s values differ by up to {number(compared.largest)}"


def number(value: float) -> str:
    """Three significant digits, with a true minus sign."""
    return f"{value:.3g}".replace("e-0", "e−").replace("-", "−")


def _positions() -> None:
    table = inputs.table().numpy()
    if get("table") == "none":
        st.caption("No positions: nothing is added, so there is no table to show. Choose one above.")
        return
    places, width = table.shape
    sizes = np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-12)
    alike = (table / sizes) @ (table / sizes).T
    row = 3 if places > 64 else 6
    one, far = alike[0, 1], alike[0, -1]
    matrices(
        f"{LAB}.positions",
        [
            Matrix(
                "What each place adds",
                f"{told_table()} {places} places, {width} numbers each; rows are places.",
                table,
                f"{places} places of {width} numbers, from {table.min():.3g} to {table.max():.3g}.",
                row=row,
                item="place",
                basis=360,
            ),
            Matrix(
                "How alike places are",
                "The cosine of the angle between two places’ numbers: 1 is the same direction.",
                alike,
                f"Cosine of places 0 and 1: {one:.3g}; of the first and the last: {far:.3g}.",
                limit=1.0,
                row=row,
                item="place",
                column="place",
                basis=360,
            ),
        ],
    )


def told_table() -> str:
    """Where the table comes from."""
    return {
        "sinusoidal": "Sines and cosines, fast ones on the left, slow ones on the right: nothing is learned.",
        "text": "Learned by CharTransformer for its context, beginning from sinusoids.",
        "digit": "Learned by DigitTransformer for its 7×7 patches: places above each other are alike.",
    }[get("table")]
