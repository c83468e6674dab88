"""An app whose page has a pad, with the scripts that it needs."""

import streamlit as st

from dlviz.ui.components.scripts import SCRIPTS_ROUTE

app = st.App("pad_page.py", routes=[SCRIPTS_ROUTE])
