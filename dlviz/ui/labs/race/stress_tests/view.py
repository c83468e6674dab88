"""The view itself, from top to bottom."""

from __future__ import annotations

import streamlit as st

from dlviz.training.shuffled_race import ORDER
from dlviz.ui import lesson
from dlviz.ui.inputs.digit import digit_input, offer_other_digits
from dlviz.ui.labs.race.pair_choice import choose_pair, show_provenance
from dlviz.ui.labs.race.pairs import Pair
from dlviz.ui.labs.race.state import LAB, State
from dlviz.ui.labs.race.stress_tests import captions, questions
from dlviz.ui.labs.race.stress_tests.forward import (
    LearnedAgain,
    Measured,
    measure,
    read_drawing,
    shuffle_unlearned,
)
from dlviz.ui.labs.race.stress_tests.learned_again import show_runs
from dlviz.ui.labs.race.stress_tests.pictures import show_curves, show_drawing, show_shuffled_pictures
from dlviz.ui.labs.race.stress_tests.state import STRESS_TITLES
from dlviz.ui.prediction import ask_before_result
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.verdict import show_sentence


def show(state: State) -> None:
    """Choose a stress, predict who loses more, then see it on test pictures and on a drawing."""
    st.segmented_control(
        "Stress",
        list(STRESS_TITLES),
        format_func=STRESS_TITLES.__getitem__,
        required=True,
        key=LAB.key("stress"),
        wrap=True,
    )
    pair = choose_pair(state)
    if state.stress == "shuffled":
        _learn_again(state)
        if pair and _is_shown(state):
            _shuffle_unlearned(pair)
            show_provenance(pair)
        lesson.code(LAB, lambda: questions.shown_code(state), lambda: None)
    elif pair:
        _stress(pair, state)


def _is_shown(state: State) -> bool:
    return state.stress in state.stress_shown


def _stress(pair: Pair, state: State) -> None:
    """Put a pair under a stress: test pictures once that is asked for, and the learner's own picture."""
    st.caption(captions.DONE[state.stress])
    asked = st.container()
    measured = None
    if _is_shown(state):
        measured = _measure(pair, state.stress)
    else:
        _offer_results("Let both read the test pictures", "2,000 test pictures at each level: some seconds.")
    with asked:
        _ask_first(state, measured)
    _put_drawing_through(pair, state)
    show_provenance(pair)
    if measured:
        lesson.predict(LAB, lambda: questions.questions(measured))
    lesson.code(LAB, lambda: questions.shown_code(state), lambda: _offer_script(pair, state.stress))


def _ask_first(state: State, found: Measured | LearnedAgain | None) -> None:
    waiting = "Your prediction is kept. The answer comes with the results."
    ask_before_result(LAB, questions.main_question(state, found), "stress", waiting)


def _offer_results(label: str, help_text: str) -> None:
    st.button(
        label,
        type="primary",
        icon=":material/play_arrow:",
        key=f"{LAB}.stress.show",
        on_click=_show_results,
        help=help_text,
    )


def _show_results() -> None:
    state = LAB.read()
    LAB.update(stress_shown=(*state.stress_shown, state.stress))


def _offer_script(pair: Pair, stress: str) -> None:
    files = questions.script_files(pair)
    lesson.offer_script(questions.script_name(stress), questions.script(pair, stress), files)


def _learn_again(state: State) -> None:
    """Show what both networks learn from shuffled patches, once that is asked for."""
    left, right = st.columns([1, 2.4], gap="large")
    with left:
        st.caption(captions.DONE[state.stress])
    with right:
        show_shuffled_pictures()
        asked, found = st.container(), None
        if _is_shown(state):
            found = show_runs()
        else:
            _offer_results("Show what they learn", "Results of twelve runs; you can train them yourself.")
        with asked:
            _ask_first(state, found)


def _shuffle_unlearned(pair: Pair) -> None:
    """Show what a pair makes of shuffled patches that it has not learned."""
    from dlviz.data.mnist import MissingData
    from dlviz.weights import BadWeights

    st.subheader("Why should a transformer not notice?", anchor=False)
    try:
        with st.spinner("The pair reads shuffled test pictures …"):
            found = shuffle_unlearned(pair, ORDER)
    except (BadWeights, MissingData) as problem:
        st.error(plain(str(problem)), icon=":material/error:")
        return
    show_sentence(f"{LAB}.shuffled.unlearned", st.markdown, captions.describe_unlearned(found))


def _measure(pair: Pair, stress: str) -> Measured | None:
    """Put both networks under the stress, and draw what they still read."""
    from dlviz.data.mnist import MissingData
    from dlviz.weights import BadWeights

    bar = st.empty()
    try:
        measured = measure(
            pair, stress, lambda share: bar.progress(share, "Both networks read the test pictures …")
        )
    except (BadWeights, MissingData) as problem:
        bar.error(plain(str(problem)), icon=":material/error:")
        return None
    bar.empty()
    show_curves(measured)
    return measured


@st.fragment
def _put_drawing_through(pair: Pair, state: State) -> None:
    """Ask for a picture, and show both answers at every level; drawn by itself, as it follows the pen.

    Args:
        state: that the rest of the page shows.
    """
    from dlviz.weights import BadWeights

    st.subheader("Your own picture through it", anchor=False)
    left, right = st.columns([1, 2.4], gap="large")
    with left, st.container(key="paper"):
        drawing = digit_input(LAB)
        with st.container(horizontal=True):
            offer_other_digits(LAB)
    with right:
        if drawing.pixels is None:
            st.info("Draw a digit: both networks read it at every level.", icon=":material/draw:")
        else:
            try:
                show_drawing(read_drawing(pair, state.stress, drawing.pixels), state.stress, pair.classes)
            except BadWeights as problem:
                st.error(plain(str(problem)), icon=":material/error:")
    if drawing.final and LAB.read() != state:
        st.rerun(scope="app")  # the address says what is drawn
