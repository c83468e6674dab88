"""The course of the lab: a text, its way through the network, and what each word has done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.components import address
from dlviz.ui.components.marks import marks
from dlviz.ui.inputs import sentence
from dlviz.ui.labs.text import pictures
from dlviz.ui.labs.text.forward import Run, contributions, run, word_of
from dlviz.ui.labs.text.networks import SENTIMENTS, Network, network
from dlviz.ui.labs.text.own import own
from dlviz.ui.labs.text.state import EXAMPLES, FIELDS, LAB, WORDS, put
from dlviz.ui.runs import weights_choice
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import percent
from dlviz.weights import BadWeights

if TYPE_CHECKING:
    from dlviz.contributions import Integrated

PROGRESS = "Leaving out one word after the other …"


@st.fragment
def lab() -> None:
    """All of it; runs again when the text or the chosen word changes."""
    address.restore(LAB, FIELDS)
    lesson.opening(LAB, weights_choice.shows_run(LAB))
    address.notice()
    pictures.take()
    left, right = st.columns([1, 3], gap="large")
    try:
        with left:
            weights_choice.control(LAB)
            reader = network()
            read = _text(reader)
        if len(read):
            with model_cache.waiting():
                current = run(reader, read)
            with right:
                _answer(current)
                pictures.flow(current, word_of(read))
                _contributions(current)
            _around(current)
        else:
            lesson.words(LAB)
    except BadWeights as problem:
        st.error(str(problem), icon=":material/scale:")
    address.publish(LAB, FIELDS)


def _text(reader: Network) -> sentence.Sentence:
    text = st.text_area(
        "Your sentence",
        key=f"{LAB}.text",
        height=120,
        help="English, about a film, a meal, a book, a gadget or a place.",
    )
    read = sentence.kept(LAB, reader.read(text, WORDS), reader.run)
    if read.remark:
        st.info(read.remark, icon=":material/notes:")
    if reader.classes != SENTIMENTS:
        return read  # the examples are praise or blame
    st.caption("Sentences that teach:")
    with st.container(key="examples", gap="xsmall"):
        for index, example in enumerate(EXAMPLES):
            st.button(example, key=f"{LAB}.example.{index}", type="tertiary", on_click=_take, args=(example,))
    return read


def _take(example: str) -> None:
    put("text", example)
    put("word", -1)


def _answer(current: Run) -> None:
    text, probabilities = st.session_state[f"{LAB}.text"], current.probabilities
    share = percent(float(probabilities.max()))
    st.subheader(plain(f"The network says {current.says}: {share}"), anchor=False)
    if current.network.classes == SENTIMENTS and (reader := EXAMPLES.get(text)):
        agrees = "and so does the network" if reader == current.says else "and here the network is wrong"
        st.markdown(f"A reader says {reader}, {agrees}.")
    st.caption(plain(current.network.made))


def _contributions(current: Run) -> None:
    read, (end, other) = current.sentence, current.ends
    means = plain(f"Two independent means, each in logits for {end} against {other}.")
    st.markdown(f"**What did each word do?** {means}")
    place = st.empty()
    bar = place.progress(0.0, PROGRESS)
    # The path of integrated gradients takes the last third.
    without, integrated = contributions(current, lambda share: bar.progress(0.67 * share, PROGRESS))
    place.empty()
    rows = []
    if without is not None:
        rows.append(("Leave one word out", "how much the margin falls without it", without))
    note = (
        f"captum, from a text of unknown words (margin {integrated.before:.2f}) to yours "
        f"({integrated.after:.2f}){missed(integrated)}".replace("-", "−")
    )
    rows.append(("Integrated gradients", note, integrated.words))
    marks(f"{LAB}.marks", read.words, rows, current.ends, read.unknown)
    if read.unknown:
        st.caption("An unknown word is where integrated gradients begin: by that means it counts 0.")
    st.markdown(agreement(without, integrated.words))


def missed(integrated: Integrated) -> str:
    """What the contributions' sum misses, where that is worth a word."""
    change = abs(integrated.after - integrated.before)
    if abs(integrated.remainder) < 0.01 * max(1.0, change):
        return ""
    return f"; the sum misses {integrated.remainder:.2g}, so take it with care"


def agreement(without: np.ndarray | None, integrated: np.ndarray) -> str:
    """One sentence on how far the two means agree."""
    from dlviz.contributions import rank_agreement

    if without is None:
        return "One word alone cannot be left out: nothing would remain."
    if len(integrated) < 3:
        return "With fewer than three words there are no ranks to compare."
    agreed = rank_agreement(without, integrated)
    if agreed is None:
        return "By one of the means all words count the same: there are no ranks to compare."
    agreed = round(agreed, 2)
    kind = "mostly agree" if agreed >= 0.6 else "agree in part" if agreed >= 0.2 else "do not agree"
    differ = "" if agreed >= 0.9 else " Where they differ, words work together."
    return f"The two {kind} on which words matter: their rank correlation (Spearman) is {agreed:.2f}.{differ}"


def _around(current: Run) -> None:
    from dlviz.ui.labs.text import questions

    own(current.network)
    lesson.predict(LAB, lambda: questions.ask(current))
    lesson.code(LAB, questions.SOURCES, lambda: questions.script(current), "dlviz_text.py")
    lesson.words(LAB)
