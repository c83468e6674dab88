"""The CNN lab: a digit drawn now, and all of SimpleCNN at work on it."""

import streamlit as st

st.header("CNN")
