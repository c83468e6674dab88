from streamlit.testing.v1 import AppTest


def script() -> None:
    import streamlit as st

    from dlviz.ui.pressed import pressed

    if st.session_state.pop("overtaken", False):
        st.stop()
    st.session_state["told"] = pressed("Load", key="load")


def test_press_is_told_once() -> None:
    page = AppTest.from_function(script).run()
    assert page.session_state["told"] is False
    page.button(key="load").click().run()
    assert page.session_state["told"] is True
    page.run()
    assert page.session_state["told"] is False


def test_press_outlives_a_run_that_never_reaches_the_button() -> None:
    page = AppTest.from_function(script).run()
    page.session_state["overtaken"] = True
    page.button(key="load").click().run()
    assert page.session_state["told"] is False
    page.run()
    assert page.session_state["told"] is True
