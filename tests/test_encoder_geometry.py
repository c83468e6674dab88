"""Directions and cosines of vectors, and the figures that show them."""

from typing import Any

import numpy as np
import pytest

from dlviz.encoders.geometry import cosine, cosines, fixed_plane, mean_cosines
from dlviz.figures.embeddings import likeness_by_layer, plane
from dlviz.figures.matrices import matrix
from dlviz.figures.theme import ACCENT

CLOUD = np.random.default_rng(0).normal(size=(20, 6)) * [9, 4, 1, 1, 1, 1]


def test_points_of_one_layer_are_the_first_two_principal_components() -> None:
    points, shares = fixed_plane(CLOUD[None], [*range(20)])
    centred = CLOUD - CLOUD.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    np.testing.assert_allclose(np.abs(points[0]), np.abs(left[:, :2] * sizes[:2]), atol=1e-9)
    assert shares == pytest.approx((sizes[:2] ** 2).sum() / (sizes**2).sum())
    assert (points[0][np.abs(points[0]).argmax(axis=0), [0, 1]] > 0).all()


def test_one_plane_serves_all_layers_and_a_layer_that_stays_keeps_its_points() -> None:
    layers = np.stack([CLOUD, CLOUD + 5, 2 * CLOUD])
    points, shares = fixed_plane(layers, [1, 4, 7, 9])
    np.testing.assert_allclose(points[1], points[0], atol=1e-9)  # moved as a whole
    np.testing.assert_allclose(points[2], 2 * points[0], atol=1e-9)
    assert shares[0] == pytest.approx(shares[2])
    np.testing.assert_allclose(points[:, [1, 4, 7, 9]].mean(axis=1), 0, atol=1e-9)


@pytest.mark.parametrize("few", [np.ones((1, 5)), np.ones((4, 5)), np.zeros((3, 1))])
def test_vectors_that_do_not_differ_are_one_point(few: np.ndarray) -> None:
    points, shares = fixed_plane(few[None], [*range(len(few))])
    assert points.shape == (1, len(few), 2)
    assert not points.any()
    assert not shares.any()


def test_mean_cosines_within_and_across_groups_by_hand() -> None:
    vectors = np.array([[[1.0, 0], [2, 0], [0, 1]], [[1, 0], [0, 1], [1, 0]]])
    within, across = mean_cosines(vectors, np.array([0, 0, 1]))
    assert within == pytest.approx([1, 0])
    assert across == pytest.approx([0, 0.5])
    assert np.isnan(mean_cosines(vectors, np.array([0, 0, 0]))[1]).all()


def test_cosines_by_hand() -> None:
    vectors = np.array([[1.0, 0], [1, 1], [0, -3], [0, 0]])
    half = 0.5**0.5
    expected = [[1, half, 0, 0], [half, 1, -half, 0], [0, -half, 1, 0], [0, 0, 0, 0]]
    np.testing.assert_allclose(cosines(vectors), expected, atol=1e-12)
    np.testing.assert_allclose(cosine(vectors[[0, 1]], vectors[[1, 2]]), [half, -half])


def test_each_sentence_has_its_colour_and_the_chosen_tokens_their_sentences_number() -> None:
    sentence = np.array([0, 0, 1, 1, 1])
    figure: Any = plane(CLOUD[:5, :2], sentence, list("abcde"), [1, 4])
    first, second, chosen = figure.data
    assert (first.text, second.text) == (("a",), ("c", "d"))
    assert first.marker.color != second.marker.color
    assert chosen.text == ("<b>1</b>", "<b>2</b>")
    assert chosen.marker.color == ACCENT
    np.testing.assert_array_equal(chosen.x, CLOUD[[1, 4], 0])


def test_a_matrix_has_its_numbers_and_zero_in_the_middle_of_its_scale() -> None:
    values = np.array([[0.5, -0.25], [-0.001, 0]])
    figure: Any = matrix(values, ["row", "other"], ["a", "b"])
    (heat,) = figure.data
    assert (heat.zmin, heat.zmax) == (-0.5, 0.5)
    assert [list(row) for row in heat.text] == [["0.50", "−0.25"], ["0.00", "0.00"]]
    np.testing.assert_array_equal(heat.z, values)


def test_curves_of_likeness_have_a_point_a_layer_and_the_layer_is_marked() -> None:
    figure: Any = likeness_by_layer({"within": np.array([1, 0.5]), "between": np.array([1, 0.2])}, 1)
    assert [trace.name for trace in figure.data] == ["within", "between"]
    assert list(figure.data[1].y) == [1, 0.2]
    assert figure.layout.shapes[0].x0 == 1
