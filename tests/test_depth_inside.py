"""The Depth lab's views Inside one and Regions: their numbers, sentences and what comes back of them."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from dlviz.plane.inside import trace_units
from dlviz.plane.networks import ACTIVATIONS, Cohort, Shape, make_network
from dlviz.plane.points import Points, draw_points
from dlviz.plane.sawtooth import draw_sawtooth
from dlviz.ui.components.plane_network import PlaneNetworkPicture
from dlviz.ui.components.plane_network import message as network_message
from dlviz.ui.components.plane_regions import PlaneRegions
from dlviz.ui.components.plane_regions import message as regions_message
from dlviz.ui.fields import codecs
from dlviz.ui.labs.depth.inside_one import captions as inside_captions
from dlviz.ui.labs.depth.inside_one import questions
from dlviz.ui.labs.depth.inside_one.forward import choose_unit, draw_grid, forward
from dlviz.ui.labs.depth.one_network import OneNetwork
from dlviz.ui.labs.depth.regions import captions
from dlviz.ui.labs.depth.regions.forward import count_by_depth, find
from dlviz.ui.labs.depth.regions.sawtooth import Fit, measure_fits
from dlviz.ui.labs.depth.state import State
from tests.packed import unpack

NETWORK = make_network(2, 4, "relu", 1)
POINTS = draw_points("moons", 40)
ONE = OneNetwork(NETWORK, Shape(2, 4), 1, 0, 0, POINTS)


def test_a_units_picture_is_its_sum_at_the_middles_of_the_pixels() -> None:
    passed = forward(NETWORK, [], POINTS, (0.5, -0.25))
    side = passed.sums.shape[1]
    # The top row first: the last row and first column are the plane's lower left corner.
    corner = torch.tensor([[-1.25 + 1.25 / side, -1.25 + 1.25 / side]])
    with torch.no_grad():
        np.testing.assert_allclose(passed.sums[:4, -1, 0], NETWORK[0](corner)[0], atol=1e-6)
        at = NETWORK(torch.tensor([[0.5, -0.25]])).item()
    assert passed.at_place is not None
    assert float(passed.at_place.logits[0]) == pytest.approx(at, abs=1e-6)
    assert forward(NETWORK, [], POINTS, None).at_place is None
    assert draw_grid(4)[0, 0].tolist() == [-0.9375, 0.9375]


def test_a_unit_that_folds_in_the_middle_is_looked_into_first() -> None:
    sums = np.full((3, 4, 4), -1.0)
    sums[1, :2], sums[2, :1] = 1, 1
    assert choose_unit(sums) == 1


@pytest.mark.parametrize("text", ["7:0.5", "0:-3,4:100", "12:0.25,3:-1.5"])
def test_changed_weights_travel_in_a_link(text: str) -> None:
    codec = codecs(State)["weights"]
    assert codec.write(codec.read(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "x", "7", "7:", "7:nan", "7:inf", "-1:2", "7:1e9", "7:101", "5000:1", "9" * 50 + ":1", "1:1," * 50],
)
def test_a_link_with_other_weights_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        codecs(State)["weights"].read(text)


@pytest.mark.parametrize("text", ["", "1", "1,2,3", "nan,0", "1e9,0", "x,y", "inf,inf"])
def test_a_link_with_a_place_beyond_the_plane_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        codecs(State)["place"].read(text)


def test_a_units_bytes_say_where_it_is_on() -> None:
    passed = forward(NETWORK, [2], POINTS, (0.0, 0.0), unit=5)
    assert passed.at_place is not None
    at = passed.at_place.sums[0], passed.at_place.made[0], float(passed.at_place.logits[0])
    picture = PlaneNetworkPicture(
        *(2, 4, "relu", passed.parameters, {3: 0.5}, passed.sums, passed.fine, passed.logits),
        *(POINTS.xy, POINTS.labels),
        *(5, [2], (0.0, 0.0), at, 1.25, 100.0),
    )
    header, arrays = unpack(network_message(picture, heard=7))
    clear = np.abs(passed.sums) > 0.01 * np.abs(passed.sums).max((1, 2), keepdims=True)
    np.testing.assert_array_equal((arrays["sums"] > 127)[clear], (passed.sums > 0)[clear])
    fine = trace_units(NETWORK, draw_grid(100).reshape(-1, 2), [2]).sums[:, 5]
    np.testing.assert_allclose(arrays["fine"].ravel(), fine, atol=2e-3)
    assert header["heard"] == 7
    assert header["learned"] == [[3, 0.5]]
    assert arrays["point_made"][2] == 0
    assert header["logit"] == pytest.approx(at[2])


def test_regions_travel_with_the_function_of_each() -> None:
    passed = find(NETWORK)
    assert passed.weights is not None
    assert passed.biases is not None
    _, arrays = unpack(
        regions_message(
            PlaneRegions(
                passed.numbers, passed.on, 4, passed.weights, passed.biases, POINTS.xy, POINTS.labels, 1.25
            )
        )
    )
    low, middle, high = arrays["numbers"].astype(int)
    np.testing.assert_array_equal(low + 256 * middle + 65536 * high, passed.numbers)
    # The table alone gives the network's logit at any pixel.
    grid = draw_grid(len(passed.numbers))
    with torch.no_grad():
        logits = NETWORK(torch.from_numpy(grid.reshape(-1, 2)))[:, 0].numpy().reshape(passed.numbers.shape)
    table = (arrays["weights"][passed.numbers] * grid).sum(-1) + arrays["biases"][passed.numbers]
    np.testing.assert_allclose(table, logits, atol=1e-5)
    assert passed.error < 1e-5
    assert passed.by_layers[-1] == passed.count > passed.by_layers[0]


def test_where_not_all_layers_count_no_function_of_the_output_is_told() -> None:
    passed = find(NETWORK, 1)
    assert passed.weights is None
    assert passed.count == find(NETWORK).by_layers[0]
    assert passed.on.shape == (passed.count, 1)
    assert captions.check(passed).count(".") == 1


def test_a_verdict_says_what_was_changed_and_how_many_points_are_right() -> None:
    passed = forward(NETWORK, [], POINTS, None)
    with torch.no_grad():
        right = int(((NETWORK(torch.from_numpy(POINTS.xy))[:, 0] > 0).numpy() == POINTS.labels).sum())
    assert passed.right == right
    sentence = inside_captions.verdict(ONE, passed, State())
    assert (
        sentence == f"2 hidden layers of 4 units, after 0 steps: {100 * right / 40:.1f} % of 40 points right"
    )
    assert "as changed here" in inside_captions.verdict(ONE, passed, State(off=[1]))
    none = replace(ONE, points=Points(np.empty((0, 2), np.float32), np.empty(0, np.float32)))
    assert inside_captions.verdict(none, passed, State()).endswith("no points")
    assert none.has_learned


def test_each_activation_without_regions_says_why() -> None:
    assert {*captions.WITHOUT, "relu"} == {*ACTIVATIONS}


def fits(deep: list[float], wide: list[float]) -> dict[str, Fit]:
    curve = np.zeros(3)
    return {"deep": Fit(curve, curve, 0.0, np.array(deep)), "wide": Fit(curve, curve, 0.2, np.array(wide))}


@pytest.mark.parametrize(
    ("deep", "wide", "said"),
    [
        ([0.28] * 5, [0.29] * 5, "training does not find them"),
        ([0.01] * 5, [0.02] * 5, "Both draw it from every seed"),
        ([0.01, 0.02, 0.1, 0.1, 0.1], [0.2] * 5, "in 25, one layer in 0: **the deep network is ahead**"),
        (
            [0.19, 0.27, 0.29, 0.29, 0.29],
            [0.14, 0.17, 0.18, 0.19, 0.191],
            "in 0, one layer in 23: **one layer is ahead**",
        ),
        ([0.29] * 5, [0.2, 0.25, 0.26, 0.289, 0.29], "in 0, one layer in 15: **within luck**"),
        ([0.1, 0.29, 0.29, 0.29, 0.29], [0.01, 0.19, 0.2, 0.2, 0.2], "within luck"),
    ],
)
def test_what_is_said_of_trained_networks_follows_from_their_errors(
    deep: list[float], wide: list[float], said: str
) -> None:
    assert said in captions.trained(100, fits(deep, wide), 0.29)


def test_errors_by_hand_are_those_of_the_curves() -> None:
    x = np.linspace(0, 1, 257, dtype=np.float32)
    teeth = draw_sawtooth(3, x)
    found = measure_fits(3, x, teeth, None)
    assert found["deep"].hand_error == 0
    assert found["wide"].hand_error == pytest.approx(np.sqrt(((found["wide"].by_hand - teeth) ** 2).mean()))
    assert "both draw 2 teeth exactly" in captions.by_hand(2, measure_fits(2, x, draw_sawtooth(2, x), None))
    assert "it draws 2 teeth and stays" in captions.by_hand(3, found)


def test_what_a_unit_is_worth_is_counted_with_and_without_it() -> None:
    # Of the output, unit 0 alone is read: without it every logit is the bias.
    network = make_network(1, 2, "relu", 0)
    numbers = torch.tensor(
        [1.0, 0, 0, 1, 0, 0, 1, 0, -0.1]
    )  # of both layers, the weights and then the biases
    torch.nn.utils.vector_to_parameters(numbers, network.parameters())
    xy, labels = np.array([[0.5, 0], [-0.5, 0], [0.6, 0.6]], np.float32), np.array([1, 0, 1], np.float32)
    points = Points(xy, labels)
    asked = questions.main_question(network, points, 0, State())
    assert asked
    assert asked.answer == questions.CHANGES["many"]
    assert asked.because == "With it 3 of 3 points are right, without it 1."
    same = questions.main_question(network, points, 1, State())
    assert same
    assert same.answer == questions.CHANGES["same"]
    assert same.shows == {"off": [1]}
    assert questions.main_question(network, points, 1, State(off=[1])) is None


def test_regions_of_all_depths_are_counted_and_compared() -> None:
    cohort = Cohort([Shape(1, 6), Shape(2, 3)], [4, 5])
    counts = count_by_depth(cohort, 1)
    assert counts == {
        1: find(make_network(1, 6, "relu", 5)).count,
        2: find(make_network(2, 3, "relu", 5)).count,
    }
    assert captions.compare_depths({1: 1200, 3: 50}, 0).endswith(
        "1,200 with 1 layer, 50 with 3 layers. Most regions: **1 layer**."
    )
