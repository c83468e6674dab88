"""The map of the lesson on the start page."""

from __future__ import annotations

import streamlit as st

from dlviz.ui import lesson
from dlviz.ui.components.lesson_map import (
    About,
    Grid,
    Link,
    Place,
    Task,
    Track,
    chosen_link,
    lesson_map,
)
from dlviz.ui.home_pictures import picture_address
from dlviz.ui.labs import LABS, TITLES
from dlviz.ui.lesson_map.doors import Door
from dlviz.ui.lesson_map.stops import LINES, STOPS, Stop
from dlviz.ui.lesson_map.tables import EXERCISES, TABLES

KEY = "home.map"
DOORS = {
    door.address: door
    for door in (
        *(stop.door for stop in STOPS),
        *(cell.door for table in TABLES for row in table.rows for cell in row),
        *(exercise.door for exercise in EXERCISES),
    )
}


def open_chosen_door() -> None:
    """Go to the lab whose link was followed on the map, if one was: to no other address than those on it."""
    if door := DOORS.get(chosen_link(KEY) or ""):
        st.switch_page(f"{door.lab}.py", query_params=door.fields)


def show_map() -> None:
    """Draw the map, the lesson's tables, and the exercises."""
    lesson_map(
        KEY,
        [Track(line.name, line.row, [_place(stop) for stop in line.stops], line.ways) for line in LINES],
        [
            Grid(
                table.title,
                table.heads,
                [[_link(cell.text, cell.door) for cell in row] for row in table.rows],
            )
            for table in TABLES
        ],
        [Task(_link(exercise.title, exercise.door), exercise.task) for exercise in EXERCISES],
        {
            lab.name: About(lab.title, lesson.read(lab.name).question, picture_address(lab.name), lab.caption)
            for lab in LABS
        },
    )


def _place(stop: Stop) -> Place:
    lab = stop.door.lab
    link = Link(stop.title or TITLES[lab], stop.door.address, mark=lab)
    return Place(
        stop.name, link, stop.question or lesson.read(lab).question, stop.column, stop.row, stop.beside
    )


def _link(text: str, door: Door) -> Link:
    return Link(text, door.address, mark=door.address)
