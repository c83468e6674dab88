"""The app's pages, by section; the labs come from the list of labs."""

from itertools import groupby

import streamlit as st

from dlviz.paths import ASSETS
from dlviz.ui.classroom.bar import offer_to_join, show_bar
from dlviz.ui.labs import LABS
from dlviz.ui.labs.next_lab import offer_next_lab
from dlviz.ui.lesson_plans.walk import walk
from dlviz.ui.server import style

st.set_page_config("dlviz", page_icon=str(ASSETS / "icon.png"), layout="wide", initial_sidebar_state=225)
style.apply()
home = st.Page("home.py", title="The lesson", icon=":material/map:", default=True)
classroom = st.Page("class.py", title="Class", icon=":material/groups:", url_path="class")
sections = {
    section: [st.Page(f"{lab.name}.py", title=lab.title, icon=lab.icon, url_path=lab.name) for lab in labs]
    for section, labs in groupby(LABS, key=lambda lab: lab.section)
}
# Whole, though something follows it in the sidebar.
page = st.navigation({"": [home, classroom], **sections}, expanded=True)
if page is not classroom:
    offer_to_join()
    show_bar(page.url_path)
    walk(page.url_path)
page.run()
offer_next_lab(page.url_path)
