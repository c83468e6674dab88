"""What `failing_app.py` runs."""

import streamlit as st

SECRET = "cannot read /home/teacher/notes.txt"


@st.fragment
def lab() -> None:
    if st.button("Fail"):
        raise OSError(SECRET)


def page() -> None:
    st.header("What does this page do?")
    lab()
    if st.query_params.get("fail"):
        raise OSError(SECRET)


st.navigation([st.Page(page, title="Failing", default=True)]).run()
