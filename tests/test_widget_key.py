"""Widgets that get a new key: the old one may fire once more, when its value is gone."""

from collections.abc import Callable

import pytest
import streamlit as st

from dlviz.ui.inputs import digit
from dlviz.ui.labs.cnn.state import LAB as CNN
from dlviz.ui.labs.convolution import controls as convolution
from dlviz.ui.labs.rnn import series
from dlviz.ui.labs.transfer.own_classes import controls as own_classes
from dlviz.ui.widget_key import key_showing, read_fired


@pytest.mark.parametrize(
    "fire",
    [
        lambda: convolution._take_kernel("gone"),
        lambda: digit._take_number(CNN, "gone"),
        lambda: series._take_typed("gone"),
        lambda: own_classes._rename(0, "gone"),
        lambda: own_classes._enable(0, "gone"),
    ],
)
def test_a_widget_whose_key_is_gone_changes_nothing(fire: Callable[[], None]) -> None:
    before = {key: st.session_state[key] for key in st.session_state}
    fire()
    assert {key: st.session_state[key] for key in st.session_state} == before


def test_a_key_that_something_else_has_changed_is_gone() -> None:
    try:
        first = key_showing("shown", "edge")
        assert read_fired(first) == "edge"
        assert key_showing("shown", "edge") == first
        second = key_showing("shown", "own")
        assert second != first
        assert (read_fired(first), read_fired(second)) == (None, "own")
    finally:
        st.session_state.clear()
