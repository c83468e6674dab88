"""Rows below the table: what a pair still reads of pictures unlike those that it learned."""

from __future__ import annotations

import streamlit as st

from dlviz.ui.labs.race.contest.state import RUNNER_TITLES
from dlviz.ui.labs.race.pair_choice import choose_pair, show_provenance
from dlviz.ui.labs.race.pairs import Pair
from dlviz.ui.labs.race.state import LAB, State
from dlviz.ui.labs.race.stress_tests.forward import PLAIN, find_right
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import percent

# Title -> a stress, and one of its levels.
TESTS = {
    "As they are": PLAIN,
    "Moved by 3 pixels": ("moved", 3.0),
    "10 of 49 patches hidden": ("hidden", 10.0),
    "Turned by 45°": ("turned", 45.0),
}


def show_invariances(state: State) -> None:
    """Offer to put a pair of networks under the stress tests, and show what each still reads."""
    from dlviz.data.mnist import MissingData
    from dlviz.weights import BadWeights

    st.subheader("How many pictures each still reads when they are unlike those it has learned", anchor=False)
    st.toggle("Measure it (takes a few seconds)", key=LAB.key("stressed"))
    if not state.stressed:
        return
    pair = choose_pair(state)
    if not pair:
        return
    try:
        with st.spinner("Reading 2,000 test pictures, four times …"):
            table = rows(pair)
    except (BadWeights, MissingData) as problem:
        st.error(plain(str(problem)), icon=":material/broken_image:")
        return
    st.table(
        table, hide_index=True, border="horizontal", alt="Test pictures that both still read, by stress."
    )
    show_provenance(pair)


def rows(pair: Pair) -> list[dict[str, str]]:
    """Rows of a table: what was done to the test pictures, and the share that each network still reads.

    Raises: BadWeights if an answer is no number; MissingData if there are no test pictures.
    """
    return [
        {
            "Test pictures": title,
            **{
                RUNNER_TITLES[member.kind]: percent(float(right.mean()))
                for member, right in zip(pair.members, find_right(pair, stress, level), strict=True)
            },
        }
        for title, (stress, level) in TESTS.items()
    ]
