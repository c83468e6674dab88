"""The page of the Race lab: its views Stress tests and Inside both."""

from tests.pages.conftest import Open

GONE = "0" * 20


def test_an_empty_paper_and_a_block_that_is_not_there_leave_the_rest_of_the_page(opened: Open) -> None:
    page = opened("race", view="inside", sample="-1", look_block="7")
    assert any("Draw a digit" in each.value for each in page.info)
    page.session_state["race.sample"] = 1
    page.run()
    assert not page.exception
    assert page.session_state["race.look_block"] == 2
    assert any("A unit of the CNN reaches" in each.value for each in page.markdown)


def test_runs_that_are_gone_are_told_and_another_pair_is_chosen(opened: Open) -> None:
    page = opened("race", view="stress", pair=f"{GONE}.{GONE}", stress="hidden", stress_guesses="hidden:me")
    assert any("no run of that name" in each.value for each in page.error)
    assert any("not understood" in each.value for each in page.info)
    page.selectbox(key="race.pair").select("lab").run()
    assert not page.exception
    assert not page.error
    assert page.button(key="race.stress.show")
    assert any("With this picture, the CNN" in each.value for each in page.markdown)
