"""Start page: one digit through four networks, and the map of the lesson."""

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.lesson_map.view import open_chosen_door, show_map
from dlviz.ui.lesson_plans.home import show_lessons
from dlviz.ui.one_digit.view import read_one_digit

open_chosen_door()
lesson.heading("See deep learning", "home")
st.markdown(
    "Each lab answers one question with a real network. Draw, click, break things: "
    "every number you see is computed now, by PyTorch, from your own input."
)
read_one_digit()
show_lessons()
show_map()
