"""A value is computed again only where what it depends on has changed."""

from streamlit.testing.v1 import AppTest


def page() -> None:
    import streamlit as st

    from dlviz.ui.session_cache import compute_once, is_computed

    def compute() -> str:
        st.session_state["computed"] = st.session_state.get("computed", 0) + 1
        return st.session_state["words"].upper()

    words = st.session_state.setdefault("words", "a cat")
    st.session_state["known"] = is_computed("capitals", (words, object))
    st.write(compute_once("capitals", (words, object), compute))


def test_a_value_is_kept_until_what_it_depends_on_changes() -> None:
    app = AppTest.from_function(page).run()
    assert not app.session_state["known"]
    app.run()
    assert app.session_state["known"]
    assert (app.markdown[0].value, app.session_state["computed"]) == ("A CAT", 1)
    app.session_state["words"] = "a dog"
    app.run()
    assert not app.session_state["known"]
    assert (app.markdown[0].value, app.session_state["computed"]) == ("A DOG", 2)
