"""An app whose page tells whose browser it is."""

import streamlit as st
from starlette.middleware import Middleware

from dlviz.ui.server.owner_cookie import OwnerCookie

app = st.App("owner_page.py", middleware=[Middleware(OwnerCookie)])
