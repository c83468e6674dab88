"""The app's pages, by section; the labs come from the list of labs."""

from itertools import groupby

import streamlit as st

from dlviz.paths import ASSETS
from dlviz.ui.labs import LABS
from dlviz.ui.labs.next_lab import offer_next_lab
from dlviz.ui.server import style

st.set_page_config("dlviz", page_icon=str(ASSETS / "icon.png"), layout="wide", initial_sidebar_state=225)
style.apply()
home = st.Page("home.py", title="The lesson", icon=":material/map:", default=True)
sections = {
    section: [st.Page(f"{lab.name}.py", title=lab.title, icon=lab.icon, url_path=lab.name) for lab in labs]
    for section, labs in groupby(LABS, key=lambda lab: lab.section)
}
page = st.navigation({"": [home], **sections})
page.run()
offer_next_lab(page.url_path)
