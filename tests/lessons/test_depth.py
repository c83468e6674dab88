"""What the lesson of the lab Depth claims."""

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from dlviz.plane.towers import KINDS, Towers, normalize
from dlviz.probes import fit_probe
from dlviz.ui.labs.depth.hierarchy import forward as hierarchy
from dlviz.ui.labs.depth.hierarchy.captions import judge
from dlviz.ui.labs.depth.hierarchy.networks import Measurement, find_measurement
from dlviz.ui.labs.depth.hierarchy.state import READERS
from dlviz.ui.labs.depth.state import State
from dlviz.ui.labs.depth.too_deep.captions import GUESS
from dlviz.ui.labs.depth.too_deep.forward import learned_points, make_towers, vanishing

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
