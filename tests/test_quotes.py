"""Names from right to left stand apart in a sentence; all others are left as they are."""

import pytest

from dlviz.ui.text_format.quotes import isolated, quoted

APART, BACK = "\u2068", "\u2069"


@pytest.mark.parametrize("name", ["שלום", "مرحبا", "a שלום", "\U0001e900"])
def test_a_name_from_right_to_left_is_kept_apart(name: str) -> None:
    assert isolated(name) == f"{APART}{name}{BACK}"
    assert quoted(name) == f"“{APART}{name}{BACK}”"


@pytest.mark.parametrize("name", ["film", "naïve", "фильм", "電影", "🙂", "", "3.4"])
def test_other_names_are_left_alone(name: str) -> None:
    assert isolated(name) == name
    assert quoted(name) == f"“{name}”"
