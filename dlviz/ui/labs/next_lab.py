"""The way on at a lab's end: labs have an order, and each builds on those before it."""

from itertools import pairwise

import streamlit as st

from dlviz.ui.labs import LABS

NEXT = {lab.name: following for lab, following in pairwise(LABS)}


def offer_next_lab(name: str) -> None:
    """Link to the lab that follows, below a lab's page; below that of the last one, to all of them."""
    if following := NEXT.get(name):
        st.page_link(
            f"{following.name}.py",
            label=f"**Next lab: {following.title}**",
            icon=":material/arrow_forward:",
        )
    elif name == LABS[-1].name:
        st.page_link("home.py", label="**All labs**", icon=":material/map:")
