"""The page of the lab MLP, without a browser."""

from tests.pages.conftest import Open


def test_the_lab_opens_and_says_how_many_numbers_are_zero(opened: Open) -> None:
    app = opened("mlp")
    assert [text.value for text in app.markdown if text.value.startswith("ReLU has made")]


def test_a_link_opens_what_was_chosen(opened: Open) -> None:
    app = opened("mlp", side="3", seed="5")
    assert [field.value for field in app.number_input] == [3, 5]
    assert not app.info


def test_what_a_link_holds_wrongly_is_left_out_with_a_notice(opened: Open) -> None:
    app = opened("mlp", side="1000")
    (notice,) = app.info
    assert notice.value == "Part of the link was not understood and is left out: side."
