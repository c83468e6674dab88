"""The loss over two weights: as the whole network says, and optimizers' ways as PyTorch takes them."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlviz.landscape.two_weights import (
    OPTIMIZERS,
    TwoWeights,
    Weight,
    curvatures,
    measure_surface,
    walk,
    work_out,
)

CHOSEN = (Weight(1, 2), Weight(3, 0))


def make_network() -> list[nn.Module]:
    torch.manual_seed(3)
    return [nn.Flatten(), nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3)]


X = torch.randn(40, 2, 2, generator=torch.Generator().manual_seed(1))
LABELS = torch.arange(40) % 3


def measure(logits: torch.Tensor) -> torch.Tensor:
    return F.cross_entropy(logits, LABELS)


def plain_loss(network: list[nn.Module], layer: int, values: list[float]) -> float:
    """The loss of the whole network, with the two weights set."""
    linear = network[layer]
    assert isinstance(linear, nn.Linear)
    with torch.no_grad():
        for weight, value in zip(CHOSEN, values, strict=True):
            linear.weight[weight.unit, weight.input] = value
        return float(measure(nn.Sequential(*network)(X)))


@pytest.mark.parametrize("layer", [1, 3])
def test_every_corner_is_what_the_whole_network_says(layer: int) -> None:
    losses = TwoWeights(make_network(), layer, CHOSEN, X, measure)
    first, second, surface = measure_surface(losses, losses.values.numpy(), 0.7, side=5)
    for row, column in ((0, 0), (0, 4), (4, 0), (4, 4), (2, 2), (1, 3)):
        plain = plain_loss(make_network(), layer, [first[column], second[row]])
        assert surface[row, column] == pytest.approx(plain, abs=1e-6)


def test_two_weights_of_one_unit_move_its_sum_together() -> None:
    chosen = (Weight(1, 2), Weight(1, 0))
    losses = TwoWeights(make_network(), 3, chosen, X, measure)
    network = make_network()
    linear = network[3]
    assert isinstance(linear, nn.Linear)
    with torch.no_grad():
        linear.weight[1, [2, 0]] += torch.tensor([0.5, -0.25])
        plain = float(measure(nn.Sequential(*network)(X)))
        moved = losses.loss(losses.values + torch.tensor([0.5, -0.25]))
        assert float(moved) == pytest.approx(plain, abs=1e-6)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_walk_is_pytorchs_training_of_the_two_weights_alone(optimizer: str) -> None:
    network = make_network()
    taken = walk(TwoWeights(network, 3, CHOSEN, X, measure), np.array([0.9, -0.8]), optimizer, 0.05, 12)
    linear = network[3]
    assert isinstance(linear, nn.Linear)
    weight = nn.Parameter(torch.tensor([0.9, -0.8]))
    moving = OPTIMIZERS[optimizer]([weight], 0.05)
    for step in range(12):
        np.testing.assert_allclose(taken.values[step], weight.detach(), atol=1e-5)
        whole = linear.weight.detach().clone()
        for place, each in enumerate(CHOSEN):
            whole[each.unit, each.input] = weight[place]
        hidden = nn.Sequential(*network[:3])(X)
        loss = measure(nn.Sequential(*network[4:])(F.linear(hidden, whole, linear.bias)))
        assert taken.losses[step] == pytest.approx(float(loss.detach()), abs=1e-5)
        moving.zero_grad()
        loss.backward()
        moving.step()
    assert len(taken.values) == len(taken.losses) == 13


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_formula_gives_the_step_that_was_taken(optimizer: str) -> None:
    losses = TwoWeights(make_network(), 1, CHOSEN, X, measure)
    taken = walk(losses, np.array([0.9, -0.8]), optimizer, 0.05, 9)
    for step in (0, 1, 8):
        for weight in (0, 1):
            worked = work_out(taken, optimizer, step, 0.05, weight)
            assert worked.before == pytest.approx(float(taken.values[step, weight]))
            assert worked.after == pytest.approx(float(taken.values[step + 1, weight]), abs=1e-6)


def test_a_walk_that_diverges_ends_where_there_are_no_numbers() -> None:
    linear = [nn.Linear(1, 2)]
    losses = TwoWeights(
        linear, 0, (Weight(0, 0), Weight(1, 0)), torch.ones(3, 1), lambda made: made.pow(4).mean()
    )
    taken = walk(losses, np.array([50.0, 50.0]), "SGD", 10.0, 40)
    assert 1 < len(taken.values) < 41
    assert len(taken.values) == len(taken.losses) == len(taken.gradients) + 1


def test_curvature_is_the_mean_of_each_examples_squared_gradient() -> None:
    network = make_network()
    found = curvatures(network, 3, X, measure)
    chain, weight = nn.Sequential(*network), network[3].weight
    assert isinstance(weight, torch.Tensor)
    each = [
        torch.autograd.grad(F.cross_entropy(chain(X[at : at + 1]), LABELS[at : at + 1]), weight)[0].square()
        for at in range(len(X))
    ]
    np.testing.assert_allclose(found, torch.stack(each).mean(0), rtol=1e-4, atol=1e-9)
