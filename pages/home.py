"""The start page: a map of the lesson, one card a lab."""

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.home_cards import CARDS, show_picture

st.header("See deep learning", anchor=False)
st.markdown(
    "Each lab answers one question with a real network. Draw, click, break things: "
    "every number you see is computed now, by PyTorch, from your own input."
)
places = []
rows = [st.columns(2, gap="medium") for _ in CARDS[::2]]
for index, card in enumerate(CARDS):
    text = lesson.read(card.lab)
    with rows[index // 2][index % 2].container(border=True):
        st.subheader(f"{card.icon} {text.title}", anchor=False)
        st.markdown(text.question)
        places.append(st.empty())
        st.page_link(card.page, label=f"Open the lab: {text.title}", icon=":material/arrow_forward:")
# The links work at once; the pictures follow when their networks have been loaded.
for card, place in zip(CARDS, places, strict=True):
    show_picture(card, place)
