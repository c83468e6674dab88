"""What a component has reported is news once."""

import pytest
import streamlit as st

from dlviz.ui.components.events import news, numbers


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
