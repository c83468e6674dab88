"""The map of the lesson: lines with stops, tables and exercises, all of them links, marked once visited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dlviz.ui.components import events, load_component
from dlviz.ui.components.wire_format import pack

_component = load_component("lesson_map")


@dataclass(frozen=True)
class Link:
    """A text that opens a lab.

    Args:
        address: relative to that of the page.
        mark: what must have been visited for the link to bear its mark: a lab, or this very address.
    """

    text: str
    address: str
    mark: str


@dataclass(frozen=True)
class Place:
    """A stop of the map, in a column and a row counted from 0.

    Args:
        name: unique on the map.
        question: that its lab answers.
        beside: true for a small stop.
    """

    name: str
    link: Link
    question: str
    column: int
    row: int
    beside: bool


@dataclass(frozen=True)
class Track:
    """A line of the map.

    Args:
        row: of its name; −1 for one whose name is written in the list alone.
        ways: each from name to name; the line's own name is where its name stands.
    """

    name: str
    row: int
    places: Sequence[Place]
    ways: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Grid:
    """A table, each of its cells a link."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Link]]


@dataclass(frozen=True)
class Task:
    """An exercise: its title, which opens a lab, and what is to be done there."""

    link: Link
    text: str


@dataclass(frozen=True)
class About:
    """A lab, as it is told of while one of its stops is pointed at.

    Args:
        picture: address of a picture, relative to that of the page.
        caption: one line on what the picture shows.
    """

    title: str
    question: str
    picture: str
    caption: str


def lesson_map(
    key: str, tracks: Sequence[Track], grids: Sequence[Grid], tasks: Sequence[Task], labs: Mapping[str, About]
) -> None:
    """Draw the map; `chosen_link(key)` gives the address that a learner has followed.

    Args:
        labs: name of a lab -> what is told of it, in the order of the lesson.
    """
    header = {
        "tracks": [_described(track, places=[_place(place) for place in track.places]) for track in tracks],
        "grids": [
            _described(grid, rows=[[vars(link) for link in row] for row in grid.rows]) for grid in grids
        ],
        "tasks": [_described(task, link=vars(task.link)) for task in tasks],
        "labs": [{"name": name, **vars(about)} for name, about in labs.items()],
    }
    # Packed: in a dictionary Streamlit looks for tables, and imports pandas first (0.3 s at the start).
    _component(key=key, data=pack(header, {}), on_open_change=events.heard)


def chosen_link(key: str) -> str | None:
    """The address of the link that was followed just now; the browser may have sent any text."""
    report = events.news(key, "open", _is_link)
    return report[0] if isinstance(report, list) else None


def _is_link(report: object) -> bool:
    match report:
        case [str(), int()]:
            return True
    return False


def _place(place: Place) -> dict[str, object]:
    return _described(place, link=vars(place.link))


def _described(thing: Track | Place | Grid | Task, **parts: object) -> dict[str, object]:
    return {**vars(thing), **parts}
