"""Start page: a map of the lesson, one card a lab."""

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.home_pictures import PACE, all_made, begin_pictures, show_picture
from dlviz.ui.labs import LABS

PICTURES = [lab.picture for lab in LABS]

st.header("See deep learning", anchor=False)
st.markdown(
    "Each lab answers one question with a real network. Draw, click, break things: "
    "every number you see is computed now, by PyTorch, from your own input."
)
st.markdown(
    f"New here? Start with **{LABS[0].title}** and go on in this order: each lab builds on those before it."
)
complete = all_made(PICTURES)


@st.fragment(run_every=None if complete else PACE)
def course() -> None:
    """A card for each lab: its question, a picture that its own code makes, and the way there."""
    begin_pictures(PICTURES)
    rows = [st.columns(2, gap="medium") for _ in LABS[::2]]
    for index, lab in enumerate(LABS):
        # The whole card is its link, by the app's style.
        with rows[index // 2][index % 2].container(border=True, key=f"card-{lab.name}"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.subheader(f"{lab.icon} {lab.title}", anchor=False)
                if index == 0:
                    st.badge("Start here", color="green")
            st.caption(f"Lab {index + 1} of {len(LABS)} · {lab.section}")
            st.markdown(lesson.read(lab.name).question)
            # The links work at once; the pictures follow as they are made.
            show_picture(lab.picture, lab.caption)
            st.page_link(
                f"{lab.name}.py", label=f"Open the lab: {lab.title}", icon=":material/arrow_forward:"
            )
    if all_made(PICTURES) and not complete:
        st.rerun()  # without the clock


course()
