"""The choice between the views of a lab."""

from collections.abc import Mapping

import streamlit as st

from dlviz.ui.lab import Lab


def choose_view(lab: Lab, views: Mapping[str, str], field: str = "view", label: str = "View") -> None:
    """Draw the choice between a lab's views.

    Args:
        views: name in a link -> title.
        field: of the lab's state.
        label: for those who hear the page; it is not drawn.
    """
    st.segmented_control(
        label,
        list(views),
        format_func=views.__getitem__,
        required=True,
        key=lab.key(field),
        label_visibility="collapsed",
        wrap=True,
    )
