"""The app's own start, with a page that fails: in a fragment when a button is pressed, or at once."""

import streamlit as st
from starlette.middleware import Middleware

from dlviz.ui.server.lifespan import SecurityHeaders, lifespan, say_what_went_wrong

app = st.App(
    "failing_page.py",
    lifespan=lifespan,
    middleware=[Middleware(SecurityHeaders)],
    on_script_error=say_what_went_wrong,
)
