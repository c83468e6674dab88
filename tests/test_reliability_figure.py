from typing import Any

import pytest

from dlviz.figures.reliability import LARGEST, SMALLEST, reliability


def test_bins_are_points_whose_areas_follow_their_counts_beside_the_line():
    traces: Any = reliability([0.55, 0.85, 0.98], [0.45, 0.9, 0.97], [10, 400, 1600]).data
    line, points = traces
    assert list(line.x) == list(line.y) == [0.5, 1]
    assert list(points.x) == [0.55, 0.85, 0.98]
    assert list(points.y) == [0.45, 0.9, 0.97]
    assert list(points.marker.size) == pytest.approx([SMALLEST, LARGEST / 2, LARGEST])
    assert points.customdata[1] == "400 answers: 85.0 % sure on average, 90.0 % right"
