"""An app whose page has curves, with the scripts that it needs."""

import streamlit as st

from dlviz.ui.components.scripts import SCRIPTS_ROUTE

app = st.App("curves_page.py", routes=[SCRIPTS_ROUTE])
