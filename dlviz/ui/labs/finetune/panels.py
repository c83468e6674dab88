"""Panels below the arms: questions, and the code behind them."""

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.labs.finetune.questions import notebook_call, questions, shown_code
from dlviz.ui.labs.finetune.state import LAB, State


def show_panels(state: State) -> None:
    """Ask about what learns, and show the code behind it with a call for a notebook."""
    lesson.predict(LAB, lambda: questions(state))
    lesson.code(LAB, shown_code, lambda: st.code(notebook_call(state), language="python"))
