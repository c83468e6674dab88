"""What a component has reported is news once."""

import pytest
import streamlit as st

from dlviz.ui.components.events import latest, news, numbers


def test_a_report_is_news_once_whatever_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", state)
    assert news("key", "step") is None
    state["key"] = {"step": ["a", 1]}
    assert news("key", "step") == ["a", 1]
    assert news("key", "step") is None
    state["key"] = {"step": ["a", 2]}  # the same again is another report
    assert news("key", "step") == ["a", 2]
    assert news("key", "unit") is None


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        ([2, 5, 99], [2, 5]),
        ([2, 99], None),
        ([2, "5", 99], None),
        ([True, 5, 99], None),
        ("x", None),
        (None, None),
    ],
)
def test_only_whole_numbers_are_numbers(
    monkeypatch: pytest.MonkeyPatch, report: object, expected: object
) -> None:
    monkeypatch.setattr(st, "session_state", {"key": {"head": report}})
    assert numbers("key", "head", 2) == expected
    assert numbers("key", "head", 2) is None


def test_the_latest_report_is_the_newest_that_has_been_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {"key": {"head": [1, 7], "pin": [4, 9]}})
    assert latest("key", "head", "pin") == 0
    news("key", "head")
    assert latest("key", "head", "pin") == 7
    news("key", "pin")
    assert latest("key", "head", "pin") == 9
    assert latest("key", "head") == 7
