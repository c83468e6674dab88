"""The page of the lab Loss landscape."""

from tests.pages.conftest import Open


def test_it_opens_and_a_step_moves_the_race(opened: Open) -> None:
    page = opened("landscape")
    table = page.table[0].value
    page.slider(key="landscape.step").set_value(60).run()
    assert not page.exception
    assert not page.table[0].value.equals(table)
    assert any("After 60 steps" in each.value for each in page.markdown)


def test_a_link_with_nonsense_opens_what_can_be_opened(opened: Open) -> None:
    page = opened("landscape", network="plane", layer="9", one="<b>", start="99.99", rate="1e9", step="7")
    assert not page.exception
    assert page.slider(key="landscape.step").value == 7
    assert any("not understood" in each.value for each in page.info)


def test_a_weight_of_a_link_that_the_layer_lacks_is_left_out_and_told(opened: Open) -> None:
    page = opened("landscape", one="9999.9999", two="3.4")
    assert any(each.value.endswith("is left out: one.") for each in page.info)
    assert (page.session_state["landscape.one"], page.session_state["landscape.two"].unit) == (None, 3)


def test_another_network_forgets_the_chosen_weights(opened: Open) -> None:
    page = opened("landscape", one="3.4", two="5.6")
    page.selectbox(key="landscape.network").select("cnn").run()
    assert not page.exception
    assert "convolutions cannot be chosen" in page.segmented_control(key="landscape.layer").help
    assert page.session_state["landscape.one"] is None


def test_a_layer_that_a_network_lacks_is_its_last(opened: Open) -> None:
    page = opened("landscape", network="mlp", layer="2", relief="on")
    assert not page.exception
    assert page.session_state["landscape.layer"] == 1
