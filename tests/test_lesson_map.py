"""The map of the lesson: every lab has its stop, and every link opens the situation that it promises."""

from functools import cache
from importlib import import_module
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from dlviz import weights
from dlviz.data import mnist
from dlviz.data.digits import normalise
from dlviz.trace import trace
from dlviz.ui.components.unit.selection import Selection
from dlviz.ui.fields import codecs
from dlviz.ui.inputs.digit import test_digit as read_test_digit
from dlviz.ui.labs import LABS
from dlviz.ui.labs.mlp.shifting import move_drawing
from dlviz.ui.labs.training.train.config_from_controls import SHORT_RUNS, config
from dlviz.ui.lesson_map.doors import Door
from dlviz.ui.lesson_map.stops import LINES, STOPS
from dlviz.ui.lesson_map.tables import ARCHITECTURES, EXERCISES, PARTS
from dlviz.ui.lesson_map.view import DOORS


def opened(door: Door):
    """The state that a door's address opens, read as the lab reads it."""
    lab = import_module(f"dlviz.ui.labs.{door.lab}.state").LAB
    address = urlsplit(door.address)
    assert address.path == door.lab
    fields = codecs(lab._state)
    return lab._state(**{name: fields[name].read(text) for name, text in parse_qsl(address.query)})


def test_every_lab_has_a_stop_and_every_stop_a_lab() -> None:
    assert {stop.door.lab for stop in STOPS} == {lab.name for lab in LABS}
    assert len({stop.name for stop in STOPS}) == len(STOPS)
    assert len({(stop.column, stop.row) for stop in STOPS}) == len(STOPS)


def test_ways_lead_from_a_lines_name_over_stops_of_the_map_to_the_right() -> None:
    column = {stop.name: stop.column for stop in STOPS} | {line.name: 0 for line in LINES}
    for way in (way for line in LINES for way in line.ways):
        columns = [column[name] for name in way]
        assert columns == sorted({*columns})
    reached = {name for line in LINES for way in line.ways for name in way[1:]}
    assert reached == {stop.name for stop in STOPS}


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS.keys())
def test_every_link_opens_its_lab_in_the_situation_that_it_promises(door: Door) -> None:
    state = opened(door)
    fields = codecs(type(state))
    assert {name: fields[name].write(getattr(state, name)) for name in door.fields} == door.fields


@pytest.mark.parametrize("table", [ARCHITECTURES, PARTS], ids=lambda table: table.title)
def test_a_tables_cells_each_show_something_else(table) -> None:
    assert all(len(row) == len(table.heads) for row in table.rows)
    doors = [cell.door.address for row in table.rows for cell in row]
    assert len({*doors}) == len(doors)


def test_exercises_open_with_what_the_lab_proposes_for_a_short_run() -> None:
    for exercise in EXERCISES:
        if exercise.door.lab == "training":
            state = opened(exercise.door)
            assert (state.samples, state.epochs, state.batch_size) == SHORT_RUNS[state.task]
            assert config(state).model == state.model


def cell(table, row: int, column: int):
    """The state that a table's cell opens."""
    return opened(table.rows[row][column].door)


def test_the_digit_that_is_moved_is_lost_by_the_mlp_and_kept_by_the_cnn() -> None:
    state = cell(ARCHITECTURES, 0, 1)
    pixels, label = read_test_digit(state.sample)
    networks = {name: weights.load(name) for name in ("mlp", "simple_cnn")}
    moved = move_drawing(networks, pixels, state.direction)
    answers = {name: shares[state.shift].argmax() for name, shares in moved.answers.items()}
    assert answers["simple_cnn"] == label != answers["mlp"]
    assert moved.lost[state.shift] == 0  # all of the ink is still on the paper


@cache
def record() -> dict[str, np.ndarray]:
    """Trace of SimpleCNN on the test digit of the parts' links."""
    image = mnist.digits("test")[0][cell(PARTS, 1, 0).sample]
    return trace(weights.load("simple_cnn"), normalise(image[None]))[1]


@pytest.mark.parametrize("column", [0, 1])
def test_the_pooled_unit_is_the_largest_of_four_different_ones(column: int) -> None:
    unit: Selection = cell(PARTS, 1, column).select
    before = f"conv_layers.{int(unit.stage[-1]) - 1}"
    row, col = 2 * unit.row, 2 * unit.col
    four = record()[before][0, unit.channel, row : row + 2, col : col + 2]
    assert len({*four.flat}) == 4
    assert four.min() > 0
    assert record()[unit.stage][0, unit.channel, unit.row, unit.col] == four.max()


def test_the_unit_of_relu_was_negative_and_is_0() -> None:
    unit: Selection = cell(PARTS, 2, 0).select
    place = 0, unit.channel, unit.row, unit.col
    assert record()["conv_layers.0"][place] < -0.1
    assert record()[unit.stage][place] == 0
