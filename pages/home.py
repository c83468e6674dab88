"""Start page: a map of the lesson, one card a lab."""

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.home_cards import show_picture
from dlviz.ui.labs import LABS

st.header("See deep learning", anchor=False)
st.markdown(
    "Each lab answers one question with a real network. Draw, click, break things: "
    "every number you see is computed now, by PyTorch, from your own input."
)
places = []
rows = [st.columns(2, gap="medium") for _ in LABS[::2]]
for index, lab in enumerate(LABS):
    text = lesson.read(lab.name)
    with rows[index // 2][index % 2].container(border=True):
        st.subheader(f"{lab.icon} {text.title}", anchor=False)
        st.markdown(text.question)
        places.append(st.empty())
        st.page_link(f"{lab.name}.py", label=f"Open the lab: {text.title}", icon=":material/arrow_forward:")
# The links work at once; the pictures follow when their networks have been loaded.
for lab, place in zip(LABS, places, strict=True):
    show_picture(lab.picture, lab.caption, place)
