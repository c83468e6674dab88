"""Tells the token of the learner before it, and whether the browser brought it."""

import streamlit as st

from dlviz.training.runs.owner import COOKIE
from dlviz.ui.server import owner_cookie

st.text(f"token {owner_cookie.token()}")
st.text(f"brought {COOKIE in st.context.cookies}")
st.button("Again")
