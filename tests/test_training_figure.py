"""The figure of training curves shows the very points of the runs' lines."""

import itertools
from typing import Any

import numpy as np
import pytest

from dlviz.figures.training import training_curves
from dlviz.training.analysis.history import Line

X = np.array([1.0, 2])
RAW = Line("loss", "raw", X, np.array([3.0, 1]))
HELD_OUT = Line("accuracy", "validation", X, np.array([0.5, 0.7]))
BAND = Line("loss", "smooth", X, np.array([2.0, 1]), low=np.array([1.0, 0.5]), high=np.array([3.0, 1.5]))


def traces(figure: Any) -> tuple[Any, ...]:
    return figure.data


def test_each_line_is_a_trace_in_its_panel() -> None:
    raw, held_out = traces(training_curves({"A": [RAW, HELD_OUT, Line("rate", "value", X, X)]}))
    np.testing.assert_array_equal(raw.y, RAW.y)
    np.testing.assert_array_equal(held_out.y, HELD_OUT.y)
    assert [(trace.yaxis, trace.name, trace.mode) for trace in (raw, held_out)] == [
        ("y", "A, raw", "lines"),
        ("y2", "A, validation", "lines+markers"),
    ]


def test_runs_differ_in_colour_dash_and_marker() -> None:
    first, second = traces(training_curves({"A": [RAW], "B": [RAW]}))
    assert first.line.color != second.line.color
    assert first.line.dash != second.line.dash
    assert first.marker.symbol != second.marker.symbol


def test_a_dash_tells_runs_apart_and_nothing_else() -> None:
    held_out, raw = traces(training_curves({"A": [RAW], "B": [HELD_OUT, RAW]}))[1:]
    assert held_out.line.dash == raw.line.dash
    assert (held_out.mode, raw.mode) == ("lines+markers", "lines")


def test_a_band_is_a_shade_from_its_lowest_to_its_highest_behind_the_mean() -> None:
    shade, mean = traces(training_curves({"A": [BAND]}))
    np.testing.assert_array_equal(shade.x, [1, 2, 2, 1])
    np.testing.assert_array_equal(shade.y, [3, 1.5, 0.5, 1])
    np.testing.assert_array_equal(mean.y, BAND.y)


def test_panels_do_not_overlap_and_an_unknown_one_is_refused() -> None:
    layout: Any = training_curves({"A": [RAW]}, panels=("loss", "accuracy", "norm")).layout
    domains = [layout[f"yaxis{number}"].domain for number in (3, 2, 1)]
    assert all(low[1] < high[0] for low, high in itertools.pairwise(domains))
    with pytest.raises(ValueError, match="no panel luck"):
        training_curves({}, panels=("luck",))
