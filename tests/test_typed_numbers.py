import pytest

from dlviz.data.typed_numbers import BadNumber, read_number, read_numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.01", 0.01),
        ("0,01", 0.01),
        (" ,5 ", 0.5),
        ("-1,5", -1.5),
        ("−1.5", -1.5),
        ("–2", -2.0),
        ("1e-3", 0.001),
        ("2,5E−4", 0.00025),
        ("+3.", 3.0),
        ("12000", 12000.0),
        ("0,125", 0.125),
        ("1000,5", 1000.5),
    ],
)
def test_a_number_is_read_with_a_point_or_a_comma(text: str, value: float) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize(
    "text", ["", "nan", "inf", "1_000", "0x1", "1,2,3", "1.234,5", "1,234.5", "1 2", "½"]
)
def test_what_is_no_number_is_quoted(text: str) -> None:
    with pytest.raises(BadNumber, match=f"“{text}” is no number"):
        read_number(text)


def test_what_may_be_thousands_is_asked_about() -> None:
    with pytest.raises(BadNumber, match=r"“1,500” can be read as 1\.500 or as 1500") as refusal:
        read_number("1,500")
    assert str(refusal.value).endswith("write which one you mean")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0,1 0,3 0,2", [0.1, 0.3, 0.2]),
        ("0,1; 0,3; 0,2", [0.1, 0.3, 0.2]),
        ("0,1, 0,3, 0,2", [0.1, 0.3, 0.2]),
        ("0,1;0,3;0,2", [0.1, 0.3, 0.2]),
        ("0,1\n0,3\n0,2\n", [0.1, 0.3, 0.2]),
        ("0,5 1 −0,5", [0.5, 1.0, -0.5]),
        ("2,5;3;3,5", [2.5, 3.0, 3.5]),
        ("0.1, 0.3, 0.2", [0.1, 0.3, 0.2]),
        ("0.1,0.3,0.2", [0.1, 0.3, 0.2]),
        (".1,.3,.2", [0.1, 0.3, 0.2]),
        ("1,2,3", [1.0, 2.0, 3.0]),
        ("0.5,1,2\n1,2,3", [0.5, 1.0, 2.0, 1.0, 2.0, 3.0]),
        ("1, 2, 3", [1.0, 2.0, 3.0]),
        ("1,2,3 4,5", [1.0, 2.0, 3.0, 4.0, 5.0]),
        ("5 6 7", [5.0, 6.0, 7.0]),
        ("0.5,1;-1", [0.5, 1.0, -1.0]),
        ("", []),
    ],
)
def test_numbers_are_read_as_their_writer_means_them(text: str, values: list[float]) -> None:
    assert read_numbers(text) == values


@pytest.mark.parametrize(
    "text", ["0,1 1 1", "1,5 2 3", "1,000 2,000 3,000", "1.234,5 2.345,6", "1,234.5 2,345.6", "1.5, 2,5, 3.5"]
)
def test_a_list_that_can_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(BadNumber, match="can be read as"):
        read_numbers(text)
