"""The pad of the start page, and beside it four networks that read what is drawn."""

from __future__ import annotations

import random
from collections.abc import Mapping

import numpy as np
import streamlit as st

from dlviz.ui.components.answers import Card, Inside, answers
from dlviz.ui.components.pad import Drawing, Placed, pad, surprise_asked
from dlviz.ui.one_digit import captions
from dlviz.ui.one_digit.forward import ForwardPass, forward, lay_out_maps
from dlviz.ui.one_digit.readers import READERS, Reader, load_networks
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import probability

PAD, ANSWERS = "home.pad", "home.answers"
PLACED, KEPT, COUNT = "home.placed", "home.kept", "home.count"
SCALES = ("sequential", "diverging", "diverging", "sequential")  # of each network's picture


@st.fragment
def read_one_digit() -> None:
    """A pad, and what each network makes of what is drawn on it, live."""
    left, right = st.columns([1, 2.9], gap="large")
    with left, st.container(key="paper"):
        drawing = draw_digit()
    version = drawing.version if drawing.final else 0
    with right:
        if drawing.pixels is None:
            answers(ANSWERS, captions.INVITATION, blank_cards(), version=version)
            st.caption(captions.GOES_ALONG)
            return
        # Late, as all that brings torch: the start page shall not wait for it.
        from dlviz.weights import BadWeights

        try:
            with model_cache.waiting():
                passed = forward(load_networks(), drawing.pixels)
        except BadWeights as problem:
            st.error(plain(str(problem)), icon=":material/broken_image:")
            return
        answers(ANSWERS, captions.agreement(passed), filled_cards(passed), passed.pixels, version)
        link_labs(digit_fields(drawing))


def link_labs(digit: Mapping[str, str]) -> None:
    """Links to the labs of the four networks.

    Args:
        digit: fields of a lab's address that put this digit on its pad.
    """
    with st.container(key="inside-links"), st.container(key="inside-links-grid"):
        for reader in READERS:
            st.page_link(
                f"{reader.lab}.py",
                label=f"See inside {reader.subject}",
                icon=":material/arrow_forward:",
                query_params=address_fields(reader, digit),
                width="stretch",
            )


def draw_digit() -> Drawing:
    """The pad; whoever comes back to the page finds what was on it."""
    if (after := surprise_asked(PAD)) is not None:
        _place_test_digit(after)
    elif PAD not in st.session_state and (kept := st.session_state.get(KEPT)) is not None:
        _place(kept.placed.id.split(".")[1] if kept.placed else "", kept.pixels, _label(kept))
    drawing = pad(PAD, st.session_state.get(PLACED))
    if drawing.final:
        st.session_state[KEPT] = drawing if drawing.pixels is not None else None
    return drawing


def _label(drawing: Drawing) -> str:
    return drawing.placed.label if drawing.placed else "your drawing"


def _place_test_digit(after: int) -> None:
    from dlviz.data.mnist import MissingData
    from dlviz.ui.inputs.digit import TEST_DIGITS, test_digit

    sample = random.randrange(TEST_DIGITS)
    try:
        pixels, label = test_digit(sample)
    except MissingData as problem:
        st.error(plain(str(problem)), icon=":material/database_off:")
        return
    _place(str(sample), pixels, f"test digit {sample:,}, labelled {label}", after)


def _place(sample: str, pixels: np.ndarray, label: str, after: int | None = None) -> None:
    """Tell the pad a digit; its name holds a count, which makes it new, and the number of a test digit."""
    count = st.session_state[COUNT] = st.session_state.get(COUNT, 0) + 1
    st.session_state[PLACED] = Placed(f"{count}.{sample}", pixels, label, after)


def digit_fields(drawing: Drawing) -> dict[str, str]:
    """The fields of a lab's address that put a drawing on its pad, which is no empty one."""
    from dlviz.data import digits

    if drawing.placed and (sample := drawing.placed.id.split(".")[1]):
        return {"sample": sample}
    assert drawing.pixels is not None
    return {"digit": digits.to_text(drawing.pixels)}


def address_fields(reader: Reader, digit: Mapping[str, str]) -> dict[str, str]:
    """All fields of the lab's address that let a network read this digit there."""
    return {**reader.fields, **digit}


def blank_cards() -> list[Card]:
    """The networks' places while there is nothing to read."""
    return [
        Card(reader.name, reader.way, shown) for reader, shown in zip(READERS, captions.SHOWN, strict=True)
    ]


def filled_cards(passed: ForwardPass) -> list[Card]:
    """The networks' answers, and the inside of each."""
    pictures = [lay_out_maps(passed.maps), *passed.hidden, passed.attention]
    alts, best = captions.alternatives(passed), passed.probabilities.max(axis=1)
    insides = [
        Inside(
            str(passed.answers[at]),
            float(best[at]),
            probability(float(best[at])),
            pictures[at],
            SCALES[at],
            alts[at],
            over=pictures[at] is passed.attention,
        )
        for at in range(len(READERS))
    ]
    return [
        Card(reader.name, reader.way, shown, inside)
        for reader, shown, inside in zip(READERS, captions.SHOWN, insides, strict=True)
    ]
