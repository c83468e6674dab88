"""Tours as data: whether each holds together; `tests/browser/test_tours.py` walks them."""

import re

import pytest
import streamlit as st

from dlviz.ui import tours
from dlviz.ui.components import tour as component
from dlviz.ui.labs import LABS
from tests.packed import unpack

ACTIONS = {"set", "press", "draw", "click", "keys"}
WAIT = "wait"


def toured() -> list[str]:
    return sorted(file.name.split(".")[0] for file in tours.FOLDER.glob("*.tour.json"))


def tour(lab: str) -> tours.Tour:
    found = tours.read(lab)
    assert found
    return found


@pytest.mark.parametrize("lab", toured())
def test_a_tour_has_six_to_ten_steps_and_names_parts_that_it_knows(lab: str) -> None:
    guide = tour(lab)
    assert 6 <= len(guide.steps) <= 10
    for step in guide.steps:
        assert {"part", "title", "text"} <= {*step} <= {"part", "title", "text", WAIT, *ACTIONS}
        named = {step["part"], *re.findall(r"\{(\w+)\}", step["text"])} | {*[step.get("press")]} - {None}
        assert named <= {*guide.parts}
        assert step["text"].count("{") == len(re.findall(r"\{\w+\}", step["text"]))
        assert step["text"].count("**") % 2 == 0
        assert step.get(WAIT, 1) > 0


@pytest.mark.parametrize("lab", toured())
def test_every_tour_does_something_and_speaks_of_what_is_there(lab: str) -> None:
    steps = tour(lab).steps
    assert any(ACTIONS & {*step} for step in steps)
    assert any("{" in step["text"] for step in steps)


def test_every_page_has_a_tour() -> None:
    assert toured() == sorted(["home", "class", *(lab.name for lab in LABS)])


def test_a_lab_without_a_tour_has_none() -> None:
    assert tours.read("no lab") is None


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        ({"version": 1, "on": True, "open": "seed=5", "set": None}, ["seed=5"]),
        ({"version": 1, "on": False, "open": "", "set": None}, [""]),
        ({"version": 1, "on": True, "open": None, "set": {"seed": "5"}}, [{"seed": "5"}]),
        ({"version": 1, "on": True, "open": None, "set": {"seed": 5}}, []),
        ({"version": 1, "on": True, "open": 5, "set": []}, []),
        ("seed=5", []),
        (None, []),
    ],
)
def test_a_report_opens_a_situation_once_or_is_nonsense(
    monkeypatch: pytest.MonkeyPatch, report: object, expected: list[object]
) -> None:
    opened: list[object] = []
    monkeypatch.setattr(st, "session_state", {"tea.tour": {"report": report}})
    for _ in range(2):
        component._follow_report("tea.tour", opened.append, opened.append)
    assert opened == expected


def test_steps_travel_only_while_a_tour_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []
    monkeypatch.setattr(component, "_component", lambda **told: sent.append(unpack(told["data"])[0]))
    for report in (None, {"version": 7, "on": True, "open": None, "set": None}, {"version": 8, "on": False}):
        monkeypatch.setattr(st, "session_state", {"tea.tour": {"report": report}})
        component.show_tour("tea", {"cup": ".cup"}, [{"part": "cup"}], print, print)
    off = {"heard": 0, "parts": {}, "steps": []}
    on = {"heard": 7, "parts": {"cup": ".cup"}, "steps": [{"part": "cup"}]}
    assert sent == [off, on, off]
