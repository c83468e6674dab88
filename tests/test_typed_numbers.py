import pytest

from dlviz.data.typed_numbers import BadNumber, read_number, read_numbers, read_whole_numbers


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
        ("1 000", 1000.0),
        ("12\u202f000,5", 12000.5),
        ("−1\u00a0000\u00a0000", -1e6),
        ("1’000.25", 1000.25),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("\u20105", -5.0),
        ("\u20111,5", -1.5),
        ("\u200e−2\u200b", -2.0),
        ("1/9", 1 / 9),
        ("−1⁄8", -0.125),
        ("½", 0.5),
        ("−1½", -1.5),
        ("10⁻³", 0.001),
        ("2,5·10⁻⁴", 0.00025),
        ("3x10^−2", 0.03),
        ("٠٫٥", 0.5),
        ("０．５", 0.5),
    ],
)
def test_a_number_is_read_with_a_point_or_a_comma(text: str, value: float) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize(
    "text", ["", "nan", "inf", "1_000", "0x1", "1,2,3", "1 2", "1 00", "0 500", "½½", "1/", "1/2/3", "50 %"]
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
        ("1\u202f000 2\u202f000 3", [1000.0, 2000.0, 3.0]),
        ("1\u00a0000; 2\u00a0000", [1000.0, 2000.0]),
        ("1'000 2'500", [1000.0, 2500.0]),
        ("0.1\u00a00.2\u00a0120", [0.1, 0.2, 120.0]),
        ("100 200 300", [100.0, 200.0, 300.0]),
        ("5, 100, 6, 200", [5.0, 100.0, 6.0, 200.0]),
        ("5\t100\t6\t200", [5.0, 100.0, 6.0, 200.0]),
        ("[0.1, −0.2, 1e-3]", [0.1, -0.2, 0.001]),
        ("½ 1½ \u20102", [0.5, 1.5, -2.0]),
    ],
)
def test_numbers_are_read_as_their_writer_means_them(text: str, values: list[float]) -> None:
    assert read_numbers(text) == values


@pytest.mark.parametrize(
    "text",
    [
        "0,1 1 1",
        "1,5 2 3",
        "1,000 2,000 3,000",
        "1.234,5 2.345,6",
        "1,234.5 2,345.6",
        "1.5, 2,5, 3.5",
        "1 000 2 000",
        "1 500 2 500 3 750",
        "1\u00a0000\u00a02\u00a0000",
    ],
)
def test_a_list_that_can_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(BadNumber, match="can be read as"):
        read_numbers(text)


def test_numbers_or_thousands_are_asked_about() -> None:
    with pytest.raises(BadNumber, match="“1 000” can be read as 1000 or as 1 and 000: write which"):
        read_numbers("1 000 2 000")


def test_a_fraction_over_zero_says_so() -> None:
    with pytest.raises(BadNumber, match="“1/0” divides by zero"):
        read_number("1/0")


@pytest.mark.parametrize("text", ["2;4", "2, 4", "2,4", "2 4\n", "2；4", "[2, 4]", "2\u00a04;"])
def test_whole_numbers_have_any_mark_between_them(text: str) -> None:
    assert read_whole_numbers(text) == [2, 4]


@pytest.mark.parametrize("text", ["two", "2.5", "-2", "2–4", "1e2", "²!"])
def test_what_is_no_whole_number_is_quoted(text: str) -> None:
    with pytest.raises(BadNumber, match="is no whole number"):
        read_whole_numbers(text)
