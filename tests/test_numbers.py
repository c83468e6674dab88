import pytest

from dlviz.ui.text_format.numbers import counted, number, percent, probability


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0.0 %"),
        (1e-9, "< 0.1 %"),
        (0.9984, "99.8 %"),
        (0.9999, "> 99.9 %"),
        (1.0, "100.0 %"),
    ],
)
def test_a_share_is_all_or_nothing_only_where_it_is(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "< 0.1 %"), (0.5, "50.0 %"), (0.9984, "99.8 %"), (1.0, "> 99.9 %")]
)
def test_a_probability_is_never_all_or_nothing(value: float, text: str) -> None:
    assert probability(value) == text


def test_a_number_has_a_true_minus_sign() -> None:
    assert [number(-0.5, "+.2f"), number(0.5, "+.2f"), number(-2e-7)] == ["−0.50", "+0.50", "−2e−07"]


def test_a_count_agrees_with_its_noun() -> None:
    assert [counted(1, "row"), counted(1200, "row"), counted(2, "box", "boxes")] == [
        "1 row",
        "1,200 rows",
        "2 boxes",
    ]


def test_what_rounds_to_nothing_has_no_sign() -> None:
    assert [number(value, "+.2f") for value in (-0.001, 0.001, -0.0)] == ["0.00"] * 3
    assert number(-1.5, "+.2f") == "−1.50"
