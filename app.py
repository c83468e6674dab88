"""dlviz: `streamlit run app.py`."""

import streamlit as st
from starlette.middleware import Middleware

from dlviz.ui.components.scripts import SCRIPTS_ROUTE
from dlviz.ui.home_pictures import PICTURES_ROUTE
from dlviz.ui.server.left_page import LeftPage
from dlviz.ui.server.lifespan import SecurityHeaders, lifespan, say_what_went_wrong
from dlviz.ui.server.owner_cookie import OwnerCookie

app = st.App(
    "pages/navigation.py",
    lifespan=lifespan,
    routes=[SCRIPTS_ROUTE, PICTURES_ROUTE],
    middleware=[Middleware(SecurityHeaders), Middleware(OwnerCookie), Middleware(LeftPage)],
    on_script_error=say_what_went_wrong,
)
