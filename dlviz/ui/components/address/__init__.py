"""The page's address, kept on what is seen, and a field from which it can be copied as a link."""

from secrets import token_hex

import streamlit as st

from dlviz.ui.components import load_component

_component = load_component("address")


def show_link(lab: str, query: str) -> None:
    """Put the query into the page's address, and show the whole as a link to copy.

    Args:
        lab: the page's name in the address; if the learner has left it meanwhile, nothing happens.
        query: the part after the question mark, encoded.
    """
    _component(key=f"{lab}.address", data={"path": f"/{lab}", "query": query, "session": _session()})


def _session() -> str:
    """A name for this session, by which the browser notices that a server began anew without its page."""
    return st.session_state.setdefault("address.session", token_hex(8))
