"""The loss around a network: filters' lengths, and rescaled networks with the same answers and surfaces."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlviz import weights
from dlviz.data import mnist
from dlviz.data.digits import normalise
from dlviz.landscape.neighbourhood import (
    SPREAD,
    draw_directions,
    draw_lines,
    mean_by_distance,
    random_plane,
    rescale,
    scalable_layers,
)
from dlviz.landscape.surface import LossOfWeights, Plane, flatten_weights
from dlviz.models import MLP, DigitTransformer, SimpleCNN, SimpleCNNBatchNorm
from dlviz.plane.networks import make_network
from dlviz.training.loss_surface import Network, SurfaceConfig, measure_surface, read_surface

X = torch.randn(6, 1, 8, 8, generator=torch.Generator().manual_seed(1))
LABELS = torch.arange(6) % 3
PLACES = [(x, y) for y in (-1.0, 0.0, 1.0) for x in (-1.0, 0.0, 1.0)]


def make_cnn(*, batch_norm: bool = False) -> nn.Module:
    torch.manual_seed(4)
    norm = [nn.BatchNorm2d(4)] if batch_norm else []
    pooled = [nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 5, 3), nn.ReLU(), nn.Flatten(), nn.Linear(20, 3)]
    return nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), *norm, *pooled).eval()


def split(network: nn.Module, direction: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Each parameter, and its part of a direction."""
    start = 0
    for weight in network.parameters():
        yield weight.detach(), direction[start : start + weight.numel()].view_as(weight)
        start += weight.numel()


@pytest.mark.parametrize("batch_norm", [False, True])
def test_every_filter_of_a_normalised_direction_is_as_long_as_the_networks(batch_norm: bool) -> None:
    network = make_cnn(batch_norm=batch_norm)
    for weight, drawn in split(network, draw_directions(network, 3)[1]):
        if weight.dim() == 1:
            assert not drawn.any()  # biases stay, and factors and shifts of norms
            continue
        np.testing.assert_allclose(drawn.flatten(1).norm(dim=1), weight.flatten(1).norm(dim=1), rtol=1e-5)


def test_both_kinds_of_direction_are_the_same_draw_in_another_length() -> None:
    network = make_cnn()
    plain, normalised = draw_directions(network, 3, normalised=False), draw_directions(network, 3)
    assert float(plain[plain != 0].std()) == pytest.approx(SPREAD, rel=0.2)
    for (weight, drawn), (_, fitted) in zip(
        split(network, plain[0]), split(network, normalised[0]), strict=True
    ):
        if weight.dim() > 1:
            alike = F.cosine_similarity(drawn.flatten(1), fitted.flatten(1))
            torch.testing.assert_close(alike, torch.ones_like(alike))


def test_a_draw_is_its_seed() -> None:
    network = make_cnn()
    first = draw_directions(network, 3)
    assert torch.equal(first, draw_directions(network, 3))
    assert torch.equal(first[:1], draw_directions(network, 3, count=1))
    assert not torch.equal(first, draw_directions(network, 4))
    assert not torch.equal(first[0], first[1])


DIGITS = torch.rand(4, 1, 28, 28, generator=torch.Generator().manual_seed(0))
NETWORKS: dict[str, tuple[Callable[[], nn.Module], Tensor]] = {
    "mlp": (lambda: MLP(hidden_size=8, depth=2), DIGITS),
    "cnn": (SimpleCNN, DIGITS),
    "transformer": (lambda: DigitTransformer(embed_size=8, heads=2, depth=2), DIGITS),
    "plane": (lambda: make_network(3, 4, "relu", 0), torch.rand(4, 2)),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_rescaled_network_gives_the_very_same_answers(name: str) -> None:
    make, x = NETWORKS[name]
    torch.manual_seed(0)
    network = make().eval()
    twin = rescale(network, 8.0)
    assert any(
        not one.equal(other) for one, other in zip(network.parameters(), twin.parameters(), strict=True)
    )
    with torch.no_grad():
        assert torch.equal(network(x), twin(x))


def test_batch_norm_takes_a_factor_back_by_itself() -> None:
    network = SimpleCNNBatchNorm().eval()
    assert scalable_layers(network) == {
        "conv_layers.0": None,
        "conv_layers.4": None,
        "conv_layers.8": None,
        "fc_layers.1": "fc_layers.4",
    }
    with torch.no_grad():
        torch.testing.assert_close(rescale(network, 4.0)(DIGITS), network(DIGITS), atol=1e-3, rtol=1e-3)


def test_no_layer_before_a_tanh_can_grow() -> None:
    assert scalable_layers(make_network(2, 4, "tanh", 0)) == {}


def test_only_normalised_directions_give_a_rescaled_network_the_same_surface() -> None:
    def measure(network: nn.Module, normalised: bool) -> np.ndarray:
        plane: Plane = random_plane(network, 0, normalised=normalised)
        loss = LossOfWeights(network, [(X, LABELS)])
        return np.array([loss.at(plane.weights(place)) for place in PLACES])

    network = make_cnn()
    twin = rescale(network, 4.0)
    np.testing.assert_array_equal(measure(network, True), measure(twin, True))
    apart = np.abs(measure(network, False) - measure(twin, False))
    assert apart[4] == 0  # in the middle, where nothing has moved
    assert np.delete(apart, 4).max() > 0.01


def test_a_line_is_the_first_direction_of_its_draws_plane() -> None:
    network = make_cnn()
    lines = draw_lines(network, [3, 4])
    assert torch.equal(lines.directions[1], random_plane(network, 4).directions[0])
    assert torch.equal(lines.origin, flatten_weights(network))


def test_losses_at_one_distance_to_both_sides_are_one_mean() -> None:
    along = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
    distances, losses = mean_by_distance(along, np.array([[8.0, 4.0, 0.0, 2.0, 6.0]]))
    np.testing.assert_array_equal(distances, [0.5, 1.0])
    np.testing.assert_array_equal(losses, [[3.0, 7.0]])


def test_a_worker_measures_lines_as_plain_evaluations_do(tmp_path: Path) -> None:
    config = SurfaceConfig("lines", (Network("mlp"),), examples=64, sides=(3,), draws=2, seed=5, factor=4)
    events = list(measure_surface(config, tmp_path))
    found = read_surface(config, events)
    assert found is not None
    assert found.is_whole
    assert found.losses.shape == (2, 3)
    assert found.second.tolist() == [5, 6]
    network = rescale(weights.load("mlp"), 4)
    images, labels = (part[:64] for part in mnist.digits("train"))
    plane = random_plane(network, 6)
    loss = LossOfWeights(network, [(normalise(images), labels)])
    assert found.losses[1] == pytest.approx(
        [loss.at(plane.weights((far, 0.0))) for far in (-1, 0, 1)], abs=1e-4
    )


@pytest.mark.parametrize(("draws", "factor"), [(0, 1), (1000, 1), (2, 0), (2, 10**6)])
def test_lines_that_no_one_can_measure_are_refused(draws: int, factor: int) -> None:
    with pytest.raises(ValueError, match="There is no such surface"):
        SurfaceConfig("lines", (Network("mlp"),), draws=draws, factor=factor)
