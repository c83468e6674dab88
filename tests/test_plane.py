"""Points of the plane and the small networks that learn them side by side."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch import nn
from torch.nn import functional as F

from dlviz.plane.budget import DEPTHS, choose_width, count_weights
from dlviz.plane.inside import change_weights, switch_off, trace_units
from dlviz.plane.networks import ACTIVATIONS, Cohort, PlaneNetwork, Shape, make_network
from dlviz.plane.points import PATTERNS, draw_points
from dlviz.plane.regions import find_affine, find_regions

SHAPES = [Shape(1, 7), Shape(2, 5), Shape(3, 4)]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_has_two_classes_of_points_and_the_seed_decides(pattern: str) -> None:
    points = draw_points(pattern, 101, 0.1, seed=3)
    assert points.xy.shape == (101, 2)
    assert points.xy.dtype == np.float32
    assert points.labels.sum() == 50
    np.testing.assert_array_equal(points.xy, draw_points(pattern, 101, 0.1, seed=3).xy)
    assert (points.xy != draw_points(pattern, 101, 0.1, seed=4).xy).any()


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_straight_line_parts_a_pattern_without_noise(pattern: str) -> None:
    points = draw_points(pattern, 400)
    assert np.abs(points.xy).max() <= 1.01
    line = LogisticRegression().fit(points.xy, points.labels)
    assert line.score(points.xy, points.labels) < 0.95
    # A few neighbours do: the classes do not lie upon each other.
    near = np.linalg.norm(points.xy[:, None] - points.xy[None], axis=-1) + 9 * np.eye(400)
    assert (points.labels[near.argmin(1)] == points.labels).mean() > 0.9


def test_noise_is_a_standard_deviation() -> None:
    moved = draw_points("rings", 4000, 0.3, seed=1).xy - draw_points("rings", 4000, 0.0, seed=1).xy
    assert moved.std() == pytest.approx(0.3, rel=0.05)


@pytest.mark.parametrize(("depth", "width"), [(1, 1), (1, 9), (2, 5), (6, 3)])
def test_weights_are_counted_as_the_network_has_them(depth: int, width: int) -> None:
    network = PlaneNetwork(depth, width)
    assert count_weights(depth, width) == sum(each.numel() for each in network.parameters())


@pytest.mark.parametrize("budget", [100, 777, 5000])
def test_a_budget_is_used_and_never_exceeded(budget: int) -> None:
    for depth in DEPTHS:
        width = choose_width(depth, budget)
        if width is not None:
            assert count_weights(depth, width) <= budget < count_weights(depth, width + 1)


def test_a_budget_too_small_for_a_depth_is_told() -> None:
    assert choose_width(1, 9) == 2
    assert choose_width(2, 14) is None
    assert choose_width(2, 15) == 2


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("decay", [0.0, 0.05])
def test_networks_side_by_side_learn_as_each_does_alone(activation: str, decay: float) -> None:
    points = draw_points("spirals", 60, 0.05)
    xy, labels = torch.from_numpy(points.xy), torch.from_numpy(points.labels)
    cohort = Cohort(SHAPES, [4, 5], activation, learning_rate=0.02, decay=decay)
    losses = [cohort.step(points) for _ in range(25)]
    found = cohort.logits(xy)
    for row, shape in enumerate(SHAPES):
        for column, seed in enumerate([4, 5]):
            network = make_network(shape.depth, shape.width, activation, seed)
            optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
            for step in range(25):
                optimizer.zero_grad()
                loss = F.binary_cross_entropy_with_logits(network(xy)[:, 0], labels)
                weights = [each for name, each in network.named_parameters() if name.endswith("weight")]
                (loss + decay / 2 * sum((each**2).sum() for each in weights)).backward()
                optimizer.step()
                assert float(losses[step][row, column]) == pytest.approx(loss.item(), rel=1e-4, abs=1e-6)
            torch.testing.assert_close(found[row, column], network(xy)[:, 0].detach(), rtol=1e-3, atol=1e-4)


def test_a_network_of_a_cohort_is_one_that_pytorch_computes() -> None:
    points = draw_points("moons", 50)
    cohort = Cohort(SHAPES, [0, 1, 2])
    for _ in range(10):
        cohort.step(points)
    xy = torch.from_numpy(points.xy)
    network = cohort.network(2, 1)
    assert [tuple(each.shape) for each in network.parameters()][:3] == [(4, 2), (4,), (4, 4)]
    torch.testing.assert_close(network(xy)[:, 0], cohort.logits(xy)[2, 1], rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(network(xy)[:, 0], cohort.logits_of(2, 1, xy), rtol=1e-5, atol=1e-6)


def test_first_weights_are_those_of_pytorch_whoever_else_draws() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(11)
        expected = PlaneNetwork(3, 7, "tanh")
        before = torch.get_rng_state()
        made = make_network(3, 7, "tanh", 11)
        assert torch.equal(torch.get_rng_state(), before)
    for one, other in zip(made.parameters(), expected.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_other_points_may_be_learned_in_between() -> None:
    cohort = Cohort(SHAPES, [0])
    few, many = draw_points("xor", 10), draw_points("xor", 90)
    assert cohort.step(few).shape == cohort.step(many).shape == cohort.step(few).shape == (3, 1)
    assert cohort.steps == 3


def grid(side: int) -> np.ndarray:
    axis = np.linspace(-1, 1, side, dtype=np.float32)
    return np.stack(np.meshgrid(axis, axis), -1)


def test_two_units_that_cross_part_the_plane_in_four() -> None:
    network = PlaneNetwork(1, 2)
    first = network[0]
    assert isinstance(first, nn.Linear)
    with torch.no_grad():
        first.weight.copy_(torch.eye(2))
        first.bias.zero_()
    (regions,) = find_regions(network, grid(10))
    assert regions.count == 4
    assert {*regions.numbers[::9, ::9].ravel()} == {0, 1, 2, 3}
    assert (regions.numbers[:5, :5] == regions.numbers[0, 0]).all()


@pytest.mark.parametrize(("depth", "width"), [(1, 70), (3, 8), (2, 40)])
def test_points_share_a_region_if_the_same_units_are_on(depth: int, width: int) -> None:
    network = make_network(depth, width, "relu", 1)
    points = grid(60)
    found = find_regions(network, points)
    x, states = torch.from_numpy(points.reshape(-1, 2)), []
    with torch.no_grad():
        for layer in network:
            x = layer(x)
            if isinstance(layer, nn.ReLU):
                states.append(x > 0)
    assert len(found) == depth
    for layers, regions in enumerate(found, 1):
        patterns = [tuple(row) for row in torch.cat(states[:layers], 1).tolist()]
        assert regions.count == len(set(patterns))
        numbers = regions.numbers.ravel().tolist()
        assert len(set(zip(numbers, patterns, strict=True))) == regions.count
        np.testing.assert_array_equal(np.array(numbers)[regions.first], range(regions.count))


def test_around_points_the_network_is_the_affine_function_that_autograd_finds() -> None:
    network = make_network(3, 9, "relu", 2).double()
    points = np.random.default_rng(0).uniform(-1, 1, (20, 2))
    affine = find_affine(network, points)
    x = torch.tensor(points, requires_grad=True)
    logits = network(x)[:, 0]
    (slopes,) = torch.autograd.grad(logits.sum(), x)
    np.testing.assert_allclose(affine.weights, slopes, atol=1e-12)
    found = (affine.weights * points).sum(1) + affine.biases
    np.testing.assert_allclose(found, logits.detach(), atol=1e-12)
    assert [each.shape for each in affine.on] == [(20, 9)] * 3
    first = network[0](x)
    np.testing.assert_array_equal(affine.on[0], first.detach() > 0)


def test_lines_cut_the_plane_as_often_as_their_crossings_say() -> None:
    network = make_network(1, 12, "relu", 4)
    first = network[0]
    assert isinstance(first, nn.Linear)
    lines = torch.cat([first.weight, first.bias[:, None]], 1).detach().double().numpy()
    edge = np.array([[x, y, 1.0] for x in (-1, 1) for y in (-1, 1)])
    crossing = [line for line in lines if np.ptp(np.sign(edge @ line))]
    met = [np.cross(one, other) for at, one in enumerate(crossing) for other in crossing[:at]]
    inside = sum(max(abs(x / w), abs(y / w)) < 1 for x, y, w in met)
    assert find_regions(network, grid(1500))[-1].count == 1 + len(crossing) + inside


OFF = [1, 6, 8]  # of two layers of five units, the first and the last two


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_units_are_traced_as_pytorch_computes_them(activation: str) -> None:
    network = make_network(2, 5, activation, 0)
    xy = draw_points("moons", 30).xy
    traced = trace_units(network, xy)
    with torch.no_grad():
        first = network[0](torch.from_numpy(xy))
        np.testing.assert_allclose(traced.sums[:, :5], first, atol=1e-6)
        np.testing.assert_allclose(traced.made[:, :5], network[1](first), atol=1e-6)
        np.testing.assert_allclose(traced.logits, network(torch.from_numpy(xy))[:, 0], atol=1e-6)
    # What a unit reads stands whether others of its layer are off, but what it passes on is 0.
    off = trace_units(network, xy, OFF)
    np.testing.assert_array_equal(off.sums[:, :5], traced.sums[:, :5])
    assert not off.made[:, OFF].any()
    with torch.no_grad():
        silent = switch_off(network, OFF)(torch.from_numpy(xy))[:, 0]
    np.testing.assert_allclose(off.logits, silent, atol=1e-6)
    assert (off.logits != traced.logits).any()


def test_a_unit_that_is_off_parts_no_regions() -> None:
    network = make_network(1, 3, "relu", 0)
    weight, bias, last, _ = network.parameters()
    kept = PlaneNetwork(1, 2)
    numbers = torch.cat([weight[1:].flatten(), bias[1:], last[0, 1:], torch.zeros(1)])
    torch.nn.utils.vector_to_parameters(numbers.detach(), kept.parameters())
    (without,), (alone,) = find_regions(switch_off(network, [0, 99]), grid(80)), find_regions(kept, grid(80))
    assert without.count == alone.count < find_regions(network, grid(80))[0].count


def test_weights_change_in_a_copy_by_their_places_among_pytorchs_parameters() -> None:
    network = make_network(2, 3, "relu", 0)
    # Six weights and three biases of the first layer: place 9 is the first weight of the second.
    changed = change_weights(network, {0: 2.5, 9: -1.0, 10_000: 7.0})
    values = torch.nn.utils.parameters_to_vector(changed.parameters())
    assert values[[0, 9]].tolist() == [2.5, -1.0]
    assert [*changed.parameters()][2][0, 0] == -1  # of the second layer
    moved = [one != other for one, other in zip(network.parameters(), changed.parameters(), strict=True)]
    assert sum(int(each.sum()) for each in moved) == 2
