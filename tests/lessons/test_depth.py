"""What the lesson of the lab Depth claims."""

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from dlviz.plane.budget import DEPTHS, choose_width, count_weights
from dlviz.plane.inside import change_weights, trace_units
from dlviz.plane.networks import Cohort, PlaneNetwork, make_network
from dlviz.plane.sawtooth import DEPTHS as TENTS
from dlviz.plane.sawtooth import LineNetworks, choose_shapes, count_teeth, draw_sawtooth
from dlviz.plane.towers import KINDS, Towers, normalize
from dlviz.probes import fit_probe
from dlviz.ui.labs.depth.cohort import Learning, chosen_points, chosen_shapes, start_learning
from dlviz.ui.labs.depth.hierarchy import forward as hierarchy
from dlviz.ui.labs.depth.hierarchy.captions import judge
from dlviz.ui.labs.depth.hierarchy.networks import Measurement, find_measurement
from dlviz.ui.labs.depth.hierarchy.state import READERS
from dlviz.ui.labs.depth.inside_one import forward as inside
from dlviz.ui.labs.depth.one_network import STEPS
from dlviz.ui.labs.depth.regions import questions as regions_questions
from dlviz.ui.labs.depth.regions.forward import find
from dlviz.ui.labs.depth.regions.sawtooth import measure_fits
from dlviz.ui.labs.depth.same_budget import captions
from dlviz.ui.labs.depth.same_budget.forward import ForwardPass, forward
from dlviz.ui.labs.depth.state import State
from dlviz.ui.labs.depth.too_deep.captions import GUESS
from dlviz.ui.labs.depth.too_deep.forward import learned_points, make_towers, vanishing

# Same budget, six depths


@cache
def learning(activation: str = "relu", budget: int = 500) -> Learning:
    """Networks that learn on from test to test."""
    return start_learning(State(activation=activation, budget=budget))


def passed(steps: int, activation: str = "relu", budget: int = 500) -> ForwardPass:
    networks = learning(activation, budget)
    assert networks.cohort.steps <= steps
    while networks.cohort.steps < steps:
        networks.step()
    return forward(networks, 0, 0)


def leader(now: ForwardPass) -> tuple[int | None, list[int]]:
    assert now.tested is not None
    return captions.find_leader(now.tested, 500)


def test_relu_is_within_luck() -> None:
    assert leader(passed(1000)) == (None, [])


def test_seeds_are_far_apart() -> None:
    tested = passed(1000).tested
    assert tested is not None
    assert np.ptp(tested[4]) > 0.1


def test_three_layers_are_quickest_with_tanh() -> None:
    for steps in (280, 300, 320):
        best, beaten = leader(passed(steps, "tanh"))
        assert best == 2
        assert {0, 5} <= {*beaten}


def test_the_lead_does_not_last() -> None:
    assert leader(passed(1000, "tanh")) == (None, [])


def test_six_layers_are_three_wide() -> None:
    assert choose_width(6, 100) == 3


def test_six_narrow_layers_learn_nothing() -> None:
    now = passed(200, budget=100)
    flat = np.ptp(now.small.reshape(6, 3, -1).astype(int), -1)
    assert (flat[5] <= captions.EVEN).all()
    assert (flat[0] > 100).all()


def test_the_budget_is_used_up() -> None:
    for budget in (100, 500, 5000):
        for depth in DEPTHS:
            width = choose_width(depth, budget)
            assert width is not None
            assert count_weights(depth, width) <= budget < count_weights(depth, width + 1)


@pytest.mark.parametrize("depth", DEPTHS)
def test_without_activation_it_is_a_line(depth: int) -> None:
    network = make_network(depth, 5, "none", depth)
    points = torch.randn(20, 2)
    with torch.no_grad():
        middle = network((points[:10] + points[10:]) / 2)
        torch.testing.assert_close(middle, (network(points[:10]) + network(points[10:])) / 2)


def test_equal_depths_seldom_seem_to_differ() -> None:
    generator = np.random.default_rng(1)
    found = [captions.find_leader(generator.uniform(0.5, 1, (6, 3)), 500)[0] for _ in range(200)]
    assert sum(leader is not None for leader in found) <= 0.05 * 200 + 3


# Inside one, and Regions


@cache
def learned(depth: int = 3) -> PlaneNetwork:
    """The network that these views open with, or one of another depth, after its 1,000 steps."""
    state = State(large_depth=depth)
    shape = next(shape for shape in chosen_shapes(state) if shape.depth == depth)
    cohort = Cohort([shape], [state.seed], state.activation, state.rate, state.decay)
    for _ in range(STEPS):
        cohort.step(chosen_points(state))
    return cohort.network(0, 0)


def shown(network: PlaneNetwork, off: tuple[int, ...] = ()) -> inside.ForwardPass:
    return inside.forward(network, off, chosen_points(State()), None)


def distance_from_a_line(sums: np.ndarray) -> float:
    """How far a unit's border (side, side) strays from the straight line that fits it best, in pixels."""
    rows, columns = np.nonzero(np.diff(np.sign(sums), axis=1))
    if len(rows) < 5:
        rows, columns = np.nonzero(np.diff(np.sign(sums), axis=0))
    if len(rows) < 5:
        return 0.0
    places = np.stack([rows, columns], 1) - [rows.mean(), columns.mean()]
    direction = np.linalg.svd(places, full_matrices=False)[2][1]
    return float(np.abs(places @ direction).max())


def test_first_borders_are_straight() -> None:
    assert max(distance_from_a_line(sums) for sums in shown(learned()).sums[:14]) < 1.5


def test_units_pass_on_one_side() -> None:
    traced = trace_units(learned(), inside.draw_grid(40).reshape(-1, 2))
    np.testing.assert_array_equal(traced.made > 0, traced.sums > 0)


def test_later_borders_bend() -> None:
    bent = [distance_from_a_line(sums) > 4 for sums in shown(learned()).sums]
    assert sum(bent[14:]) > 5


def test_a_weight_changes_what_lies_behind_it() -> None:
    network = learned()
    # Layer 2's unit 1 begins at place 14 · 3: its weight for what layer 1's first lively unit passes on.
    before = shown(network)
    lively = int((before.sums[:14] > 0).mean((1, 2)).argmax())
    after = shown(change_weights(network, {42 + lively: 3.0}))
    changed = (before.sums != after.sums).any((1, 2))
    assert changed[14]
    assert not changed[:14].any()
    assert not changed[15:28].any()
    assert changed[28:].any()
    assert (before.logits != after.logits).any()


@cache
def costs() -> tuple[int, ...]:
    """How many points fewer are right without each unit."""
    right = shown(learned()).right
    return tuple(right - shown(learned(), (unit,)).right for unit in range(42))


def test_some_units_cost_nothing() -> None:
    assert 0 in costs()


def test_some_units_cost_a_tenth() -> None:
    assert max(costs()) > 30


def test_a_region_has_one_function() -> None:
    passed = find(learned())
    assert passed.weights is not None
    assert passed.biases is not None
    # Everywhere in a region its own function gives the logit; functions of two regions are different.
    grid = inside.draw_grid(len(passed.numbers))
    with torch.no_grad():
        logits = learned()(torch.from_numpy(grid.reshape(-1, 2)))[:, 0].numpy()
    told = (passed.weights[passed.numbers] * grid).sum(-1) + passed.biases[passed.numbers]
    np.testing.assert_allclose(told.ravel(), logits, atol=1e-3)
    largest = np.bincount(passed.numbers.ravel()).argsort()[-20:]
    assert len(np.unique(passed.weights[largest].round(3), axis=0)) == 20


def test_layers_multiply_regions() -> None:
    first, second, third = find(learned()).by_layers
    assert second > 1.5 * first
    assert third > 1.5 * second


def test_one_layer_has_more_regions() -> None:
    assert find(learned(1)).count > 2 * find(learned()).count


def test_one_layer_breaks_at_4_teeth() -> None:
    for depth in TENTS:
        # A line turned by as many units as one layer has is of so many straight pieces, at most.
        assert (2 * count_teeth(depth) > 2 * depth + 1) == (count_teeth(depth) >= 4)
    asked = regions_questions.main_question()
    assert asked.answer == "One layer, at 4 teeth"


def test_training_finds_no_teeth() -> None:
    x = np.linspace(0, 1, 257, dtype=np.float32)
    teeth = draw_sawtooth(4, x)
    networks = {way: LineNetworks(*shape, 5) for way, shape in choose_shapes(4).items()}
    for _ in range(300):
        for network in networks.values():
            network.step(torch.from_numpy(x), torch.from_numpy(teeth))
    errors = [fit.errors.min() for fit in measure_fits(4, x, teeth, networks).values()]
    assert min(errors) > 0.9 * teeth.std()


def test_each_layer_doubles_the_teeth() -> None:
    x = np.linspace(0, 1, 257, dtype=np.float32)
    counts = [int((draw_sawtooth(depth, x) == 1).sum()) for depth in TENTS]
    assert counts == [1, 2, 4, 8, 16, 32]


# Layer by layer


@cache
def measure(name: str) -> Measurement:
    """All layers of a key of `READERS`, trained and random."""
    measured = find_measurement(name)
    while not measured.is_done:
        measured.go_on()
    return measured


def test_random_conv_1_is_as_good() -> None:
    trained, random = (each.found for each in (measure("cnn").trained, measure("cnn").random))
    assert random[0].right.mean() == pytest.approx(0.783, abs=0.0051)
    assert random[1].right.mean() == pytest.approx(0.930, abs=0.0051)
    assert judge(trained[1].right, random[1].right) == "same"


def test_training_adds_the_rest() -> None:
    trained, random = (each.found for each in (measure("cnn").trained, measure("cnn").random))
    for one, other in zip(trained[2:], random[2:], strict=True):
        assert judge(one.right, other.right) == "better"


def test_the_pixels_mislead() -> None:
    images, labels = measure("cnn").reader.read_split("test")
    sample = State().sample
    passed = hierarchy.forward(measure("cnn"), images[sample].numpy() / 255)
    right = [int((near.labels == int(labels[sample])).sum()) for near in passed.neighbours]
    assert passed.answer == labels[sample]
    assert right[0] <= 1
    assert right[2:] == [6, 6, 6]


def test_layers_bring_like_beside_like() -> None:
    for name in READERS:
        found = measure(name).trained.found
        assert judge(found[-2].nearest_right, found[0].nearest_right) == "better"


def test_every_trained_network_climbs() -> None:
    for name in READERS:
        found = measure(name).trained.found
        shares = [probe.right.mean() for probe in found]
        assert shares[-1] > shares[0] + 0.1
        assert all(judge(b.right, a.right) != "worse" for a, b in pairwise(found))


def test_random_first_layers_differ() -> None:
    said = {}
    for name in READERS:
        pixels, first = measure(name).random.found[:2]
        said[name] = judge(first.right, pixels.right)
    assert said == {"cnn": "better", "mlp": "worse", "transformer": "same", "clothes": "better"}


def test_a_probe_changes_nothing() -> None:
    features, labels = torch.randn(20, 3), torch.arange(20) % 2
    before = features.clone()
    fit_probe(features, labels, 2)
    assert torch.equal(features, before)


# Too deep


@cache
def learn(steps: int, **chosen: Any) -> Towers:
    """Networks at the view's defaults, or with other choices, after so many steps."""
    state = State(**chosen)
    towers, points = make_towers(state), learned_points(state)
    for _ in range(steps):
        towers.step(points)
    return towers


def losses(kind: str, towers: Towers) -> np.ndarray:
    """Losses (seeds,) of a kind before the last step."""
    return towers.losses[-1, KINDS.index(kind)]


def test_the_plain_gradient_vanishes() -> None:
    plain, norm, skip = learn(1).norms
    assert vanishing(plain) > 1e6
    assert vanishing(norm) < 1
    assert vanishing(skip) < 100
    middle = np.median(plain, 0)
    assert middle[0] < 1e-2 * middle[10] < 1e-4 * middle[-1]


def test_plain_does_not_learn() -> None:
    assert losses("plain", learn(100)).min() > 0.99 * GUESS


def test_norm_and_skip_learn() -> None:
    assert losses("norm", learn(100)).max() < 0.3
    assert losses("skip", learn(100)).max() < 0.5


def test_a_larger_rate_does_not_help() -> None:
    assert losses("plain", learn(100, tower_rate="0.3")).min() > 0.99 * GUESS


def test_three_plain_layers_learn() -> None:
    assert losses("plain", learn(100, tower_rate="0.3", tower_layers=3)).max() < 0.35


def test_he_lets_plain_learn() -> None:
    assert np.median(losses("plain", learn(100, tower_first="he"))) < 0.9 * GUESS


def test_he_breaks_skip() -> None:
    towers = learn(100, tower_first="he")
    assert not np.isfinite(losses("skip", towers)).any()
    assert towers.losses[0, KINDS.index("skip")].min() > 100


def test_he_keeps_the_size() -> None:
    he, usual = (Towers(20, "relu", first, range(5), 0.03, 512).towers["plain"] for first in ("he", "usual"))
    assert float(he.weights[1].detach().var() * 512) == pytest.approx(2, rel=0.02)
    assert float(usual.weights[1].detach().var() * 512) == pytest.approx(1 / 3, rel=0.02)
    assert not any(bias.any() for bias in he.biases)
    x = torch.from_numpy(learned_points(State()).xy)
    sizes = []
    for weight in he.weights[:-1]:
        x = torch.relu(x @ weight).detach()
        sizes.append(x.square().mean((1, 2)).sqrt())
    assert all(0.4 < growth < 2.5 for growth in sizes[-1] / sizes[0])
    assert vanishing(learn(1, tower_first="he").norms[KINDS.index("plain")]) < 10


def test_normed_sums_are_standard() -> None:
    sums = torch.randn(2, 50, 4) * 3 + 5
    normed = normalize(sums, torch.ones(8), torch.zeros(8))
    assert torch.allclose(normed.mean(1), torch.zeros(2, 4), atol=1e-5)
    assert torch.allclose(normed.var(1, unbiased=False), torch.ones(2, 4), atol=1e-4)
