"""Figures show the numbers they are given, and nothing else."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from dlviz import figures
from dlviz.figures.bars import accuracies
from dlviz.figures.class_curves import Scale, draw_predictions
from dlviz.figures.montage import montage
from dlviz.figures.theme import STRONG, WEAK, colour


def only_trace(figure: go.Figure) -> Any:
    (trace,) = figure.data
    return trace


def test_probabilities_are_the_bars_and_the_largest_is_strong():
    values = np.array([0.1, 0.7, 0.2])
    bars = only_trace(figures.probabilities(values))
    np.testing.assert_array_equal(bars.y, values)
    assert list(bars.marker.color) == [WEAK, STRONG, WEAK]


@pytest.mark.parametrize("values", [[], [[0.5, 0.5]], [0.5, float("nan")]])
def test_probabilities_refuse_what_is_no_vector_of_numbers(values):
    with pytest.raises(ValueError, match="vector of finite numbers"):
        figures.probabilities(np.array(values))


def test_an_effect_is_a_bar_from_the_lead_before_to_the_one_without_the_map():
    bars = only_trace(figures.effects(np.array([9.5, -0.25]), before=7.5, target="7", selected=1))
    np.testing.assert_allclose(np.array(bars.y) + bars.base, [9.5, -0.25])
    assert list(bars.marker.line.width) == [0, 2.5]


def test_the_right_answers_of_each_class_are_a_bar():
    names = ["cat", "a name of more than thirty letters", "<b>"]
    figure = accuracies(np.array([3, 0, 5]), np.array([4, 2, 5]), names, ["x", "y", "z"], 8 / 11)
    bars = only_trace(figure)
    np.testing.assert_allclose(bars.x, [0.75, 0, 1])
    assert [text.strip() for text in bars.text] == ["x", "y", "z"]
    assert list(figure.layout.yaxis.ticktext) == ["cat", "a name of more than thi…", "&lt;b&gt;"]
    assert figure.layout.shapes[0].x0 == figure.layout.shapes[0].x1 == 8 / 11


def test_every_map_stands_in_its_tile_on_a_symmetric_scale():
    maps = np.arange(3 * 2 * 2, dtype=float).reshape(1, 3, 2, 2) - 4
    heat = only_trace(figures.feature_maps(maps, columns=2))
    assert heat.type == "heatmap"
    np.testing.assert_array_equal(heat.z[:2, :2], maps[0, 0])
    np.testing.assert_array_equal(heat.z[:2, 3:], maps[0, 1])
    np.testing.assert_array_equal(heat.z[3:, :2], maps[0, 2])
    assert np.isnan(heat.z[2]).all()
    assert np.isnan(heat.z[3:, 3:]).all()
    assert (heat.zmin, heat.zmax) == (-7, 7)


def test_maps_without_negative_values_are_sequential_from_zero():
    heat = only_trace(figures.feature_maps(np.ones((1, 2, 2))))
    assert heat.zmin == 0
    assert heat.colorscale[0][1] == "#ffffff"


def test_maps_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="channel, height, width"):
        figures.feature_maps(np.ones((2, 2)))


def test_a_montage_lays_maps_in_rows_with_white_between():
    maps = np.stack([np.zeros((2, 2)), np.ones((2, 2)), np.ones((2, 2))])
    picture = montage(maps, columns=2, scale="ink", zoom=3, gap=1)
    assert picture.shape == (13, 13, 3)
    full = colour(np.array([1.0]), "ink", 1)[0]
    np.testing.assert_array_equal(picture[0, 7], full)
    np.testing.assert_array_equal(picture[12, 0], full)
    assert (picture[6] == 255).all()
    assert (picture[7:, 7:] == 255).all()


def test_curves_of_a_class_stand_on_the_axes_on_which_they_were_drawn():
    rounds = [[(1.0, 0.5, 0.25)], [(1.0, 0.1, 0.01)]]
    axes = Scale("steps", 0, 2), Scale("share", 1e-4, 10.0, log=True)
    drawn: Any = draw_predictions((0, 1, 2), rounds, (1.0, 0.2, float("nan")), axes, (1.0, 0.1), "Now")
    before, first, second, computed = drawn.data
    assert (list(before.x), list(before.y), before.name) == ([0, 1], [1.0, 0.1], "Now")
    assert [list(each.y) for each in (first, second)] == [[1.0, 0.5, 0.25], [1.0, 0.1, 0.01]]
    np.testing.assert_array_equal(computed.y, [1.0, 0.2, np.nan])
    assert (drawn.layout.yaxis.type, list(drawn.layout.yaxis.range)) == ("log", [-4, 1])
    assert list(drawn.layout.xaxis.range) == [0, 2]
