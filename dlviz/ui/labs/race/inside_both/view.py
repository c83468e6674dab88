"""The view itself, from top to bottom."""

from __future__ import annotations

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.inputs.digit import digit_input, offer_other_digits
from dlviz.ui.labs.race.inside_both import captions, questions
from dlviz.ui.labs.race.inside_both.forward import (
    Disagreement,
    ForwardPass,
    cover,
    find_disagreement,
    forward,
)
from dlviz.ui.labs.race.inside_both.pictures import (
    show_covering,
    show_disagreement,
    show_fields,
    show_heads,
    show_reach,
    take_clicks,
)
from dlviz.ui.labs.race.inside_both.state import OPENS, SIDES
from dlviz.ui.labs.race.pair_choice import choose_pair, show_provenance
from dlviz.ui.labs.race.pairs import Pair
from dlviz.ui.labs.race.state import LAB, State
from dlviz.ui.prediction import ask_before_result
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.verdict import show_sentence


def show(state: State) -> None:
    """Look inside both networks from one place of a picture, then find where they disagree."""
    take_clicks()
    pair = choose_pair(state)
    if pair is None:
        return
    _look_inside(pair, LAB.read())
    _disagree(pair, LAB.read())
    show_provenance(pair)


@st.fragment
def _look_inside(pair: Pair, state: State) -> None:
    """One picture inside both; a part of the page by itself, as it follows the pen.

    Args:
        state: that the rest of the page shows.
    """
    from dlviz.weights import BadWeights

    take_clicks()
    left, right = st.columns([1, 2.4], gap="large")
    with left, st.container(key="paper"):
        drawing = digit_input(LAB)
        with st.container(horizontal=True):
            offer_other_digits(LAB)
    if drawing.pixels is None:
        right.info("Draw a digit: both networks are opened on it.", icon=":material/draw:")
    else:
        try:
            passed = forward(pair, drawing.pixels, LAB.read().place)
            with right:
                show_sentence(f"{LAB}.inside.answers", st.markdown, captions.answers(passed, pair.classes))
                show_reach(passed)
            _show_details(pair, passed)
        except BadWeights as problem:
            right.error(plain(str(problem)), icon=":material/error:")
    if drawing.final and LAB.read() != state:
        st.rerun(scope="app")  # the address says what is drawn


def _show_details(pair: Pair, passed: ForwardPass) -> None:
    place = captions.name_place(LAB.read().place)
    st.subheader(f"Which pixels change the values at {place}?", anchor=False)
    show_fields(passed)
    st.subheader("Where the heads look from there", anchor=False)
    if LAB.read().look_block >= len(passed.looks):  # of a link, or of another pair
        LAB.update(look_block=len(passed.looks) - 1)
    st.segmented_control(
        "Block",
        range(len(passed.looks)),
        format_func=lambda block: f"Block {block + 1}",
        required=True,
        key=LAB.key("look_block"),
    )
    show_heads(passed, LAB.read())
    st.subheader("What each answer rests on", anchor=False)
    st.toggle(
        "Each map on its own scale",
        key=LAB.key("own_scale"),
        help="Off: the same colour means the same change of the logit in both.",
    )
    show_covering(pair, passed, cover(pair, passed), LAB.read().own_scale)
    lesson.predict(LAB, lambda: questions.questions(passed))
    lesson.code(LAB, questions.shown_code, lambda: None)


def _disagree(pair: Pair, state: State) -> None:
    """Ask how often they disagree, and show where once that is asked for."""
    from dlviz.data.mnist import MissingData
    from dlviz.weights import BadWeights

    st.subheader("Where do they disagree?", anchor=False)
    asked = st.container()
    if not state.disagree_shown:
        with asked:
            _ask_first(None)
        st.button(
            "Let both read all test pictures",
            icon=":material/play_arrow:",
            key=f"{LAB}.inside.read",
            on_click=_show_results,
        )
        return
    bar = st.empty()
    try:
        found = find_disagreement(
            pair, lambda share: bar.progress(share, "Both networks read all test pictures, once …")
        )
    except (BadWeights, MissingData) as problem:
        bar.error(plain(str(problem)), icon=":material/error:")
        return
    bar.empty()
    with asked:
        _ask_first(found)
    show_sentence(f"{LAB}.inside.disagree", st.markdown, captions.describe_disagreement(found))
    with st.container(horizontal=True, gap="medium"):
        st.segmented_control(
            "Show",
            list(SIDES),
            format_func=SIDES.__getitem__,
            required=True,
            key=LAB.key("disagree"),
            wrap=True,
        )
        st.segmented_control(
            "Open in", list(OPENS), format_func=OPENS.__getitem__, required=True, key=LAB.key("opens")
        )
    show_disagreement(pair, found, LAB.read())


def _ask_first(found: Disagreement | None) -> None:
    waiting = "Your prediction is kept. Both networks read the test pictures."
    ask_before_result(LAB, questions.main_question(found), "disagree", waiting)


def _show_results() -> None:
    LAB.update(disagree_shown=True)
