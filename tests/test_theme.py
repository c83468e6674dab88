import re

import numpy as np
import pytest

from dlviz.figures import theme
from dlviz.figures.theme import colour

WHITE = [255, 255, 255]
PAGES = ["#ffffff", "#12161c"]  # light and dark
# What is left of linear red, green and blue. Source: Machado, Oliveira and Fernandes, 2009, severity 1.
EYES = {
    "usual": np.eye(3),
    "protan": [[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0520]],
    "deutan": [[0.3673, 0.8606, -0.2280], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]],
    "tritan": [[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]],
}
# Source: Ottosson, 2020, "Oklab".
CONES = [[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]]
OKLAB = [[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]]


def lightness(pixels: np.ndarray) -> np.ndarray:
    """The relative luminance of (…, 3) sRGB pixels, in [0, 1].

    Source: WCAG 2.2, "relative luminance".
    """
    return linear(pixels) @ [0.2126, 0.7152, 0.0722]


def linear(pixels: np.ndarray) -> np.ndarray:
    """(…, 3) sRGB pixels as amounts of light, in [0, 1]."""
    return np.where(pixels / 255 <= 0.04045, pixels / 255 / 12.92, ((pixels / 255 + 0.055) / 1.055) ** 2.4)


def pixels(colours: list[str]) -> np.ndarray:
    return np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in colours], float)


# Photographs alone have the scale of light: there, zero is no light.
MEASURED = sorted(theme.TABLES.keys() - {"light"})


@pytest.mark.parametrize("scale", MEASURED)
def test_zero_is_white_on_every_scale(scale: str) -> None:
    assert colour(np.zeros((2, 3)), scale, 5.0).tolist() == [[WHITE] * 3] * 2


def test_positive_is_blue_and_negative_is_orange() -> None:
    negative, positive = colour(np.array([-1.0, 1.0]), "diverging", 1.0).astype(int)
    assert positive[2] > positive[0]
    assert negative[0] > negative[2]
    assert positive.tolist() == [0x08, 0x30, 0x5C]
    assert negative.tolist() == [0x6E, 0x30, 0x00]


def test_equal_strengths_of_either_sign_are_about_equally_far_from_white() -> None:
    values = np.linspace(0, 1, 51)
    positive, negative = (lightness(colour(sign * values, "diverging", 1.0)) for sign in (1, -1))
    assert (np.diff(positive) <= 0).all()
    assert (np.diff(negative) <= 0).all()
    np.testing.assert_allclose(positive, negative, atol=0.15)


def test_a_value_keeps_its_colour_when_relu_has_cut_the_negative_ones_away() -> None:
    values = np.linspace(0, 2, 41)
    before, after = (colour(values, scale, 2.0).astype(int) for scale in ("diverging", "sequential"))
    # The diverging table has half as many steps a side.
    assert np.abs(before - after).max() <= 4


@pytest.mark.parametrize("scale", theme.TABLES)
def test_values_beyond_the_limit_have_the_full_colour(scale: str) -> None:
    low, high = colour(np.array([-9.0, 9.0]), scale, 3.0).tolist()
    assert high == theme.TABLES[scale][-1].tolist()
    assert low == theme.TABLES[scale][0].tolist()


@pytest.mark.parametrize("scale", MEASURED)
def test_a_map_of_zeros_is_white_although_it_has_no_largest_value(scale: str) -> None:
    assert colour(np.zeros(3), scale, 0.0).tolist() == [WHITE] * 3


@pytest.mark.parametrize("scale", theme.TABLES)
def test_plotlys_stops_run_from_0_to_1_through_the_same_colours(scale: str) -> None:
    positions, stops = zip(*theme.plotly_scale(scale), strict=True)
    assert positions == pytest.approx(np.linspace(0, 1, len(stops)))
    for position, stop in [(0, stops[0]), (255, stops[-1])]:
        assert "#{:02x}{:02x}{:02x}".format(*theme.TABLES[scale][position]) == stop


def test_the_diverging_stops_are_symmetric_about_white() -> None:
    stops = [stop for _, stop in theme.plotly_scale("diverging")]
    assert len(stops) % 2 == 1
    assert stops[len(stops) // 2] == "#ffffff"
    assert stops.count("#ffffff") == 1


def test_ten_classes_have_ten_colours() -> None:
    assert len(set(theme.CLASSES)) == 10
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in theme.CLASSES)


def test_every_curve_can_be_seen_on_a_light_and_on_a_dark_page() -> None:
    curves, pages = lightness(pixels(theme.RUNS))[:, None] + 0.05, lightness(pixels(PAGES)) + 0.05
    assert (np.maximum(curves / pages, pages / curves) >= 3).all()


@pytest.mark.parametrize("eye", EYES)
def test_curves_are_told_apart_the_first_ones_best(eye: str) -> None:
    seen = np.clip(linear(pixels(theme.RUNS)) @ np.array(EYES[eye]).T, 0, 1)
    places = np.cbrt(seen @ np.array(CONES).T) @ np.array(OKLAB).T
    apart = np.linalg.norm(places[:, None] - places, axis=2) + 9 * np.eye(len(places))
    closest = [apart[:count, :count].min() for count in (2, 3, 6)]
    assert (closest >= np.array([0.2, 0.15, 0.05])).all()
