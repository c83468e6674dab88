"""Towers of many layers: against networks of `torch.nn`, one at a time."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from dlviz.plane.points import Points, draw_points
from dlviz.plane.towers import KINDS, Tower, Towers

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}


class _Single(nn.Module):
    """One network, written with the layers of `torch.nn`."""

    def __init__(self, kind: str, activation: str, tower: Tower, seed: int) -> None:
        super().__init__()
        self.kind, self.activation = kind, ACTIVATIONS[activation]()
        self.linear: list[nn.Linear] = []
        self.norms: list[nn.BatchNorm1d] = []
        for weight, bias in zip(tower.weights, tower.biases, strict=True):
            layer = nn.Linear(weight.shape[1], weight.shape[2])
            layer.weight = nn.Parameter(weight[seed].detach().T.clone())
            layer.bias = nn.Parameter(bias[seed, 0].detach().clone())
            self.linear.append(layer)
            self.norms.append(nn.BatchNorm1d(weight.shape[2]))
        self.layers = nn.ModuleList([*self.linear, *self.norms])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for place, (linear, norm) in enumerate(zip(self.linear[:-1], self.norms, strict=False)):
            made = self.activation(norm(linear(x)) if self.kind == "norm" else linear(x))
            x = x + made if self.kind == "skip" and place > 0 else made
        return self.linear[-1](x)[:, 0]


def _tensors(points: Points) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.from_numpy(points.xy), torch.from_numpy(points.labels)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_five_steps_equal_those_of_single_networks(kind: str, activation: str):
    points = draw_points("moons", 40)
    xy, labels = _tensors(points)
    towers = Towers(4, activation, "usual", [3, 8], 0.2)
    singles = [_Single(kind, activation, towers.towers[kind], seed) for seed in (0, 1)]
    optimizers = [torch.optim.SGD(single.parameters(), 0.2) for single in singles]
    for _ in range(5):
        towers.step(points)
        for seed, (single, optimizer) in enumerate(zip(singles, optimizers, strict=True)):
            loss = F.binary_cross_entropy_with_logits(single(xy), labels)
            grads = torch.autograd.grad(loss, [layer.weight for layer in single.linear], retain_graph=True)
            optimizer.zero_grad()
            loss.backward()
            norms = [gradient.norm().item() for gradient in grads]
            at = KINDS.index(kind)
            assert towers.losses[-1, at, seed] == pytest.approx(loss.item(), abs=1e-5)
            assert towers.norms[at, seed].tolist() == pytest.approx(norms, rel=2e-3, abs=1e-6)
            optimizer.step()


def test_kinds_begin_with_the_same_weights_and_seeds_with_others():
    towers = Towers(3, "relu", "he", [0, 1], 0.1)
    plain, norm, skip = (towers.towers[kind].weights for kind in KINDS)
    assert all(torch.equal(a, b) and torch.equal(a, c) for a, b, c in zip(plain, norm, skip, strict=True))
    assert not torch.equal(plain[1][0], plain[1][1])


def test_diverged_networks_leave_the_others_alone():
    points = draw_points("moons", 30)
    towers = Towers(20, "relu", "he", [0], 0.1)
    assert towers.losses.shape == (0, 3, 1)
    for _ in range(30):
        towers.step(points)
    assert towers.losses.shape == (30, 3, 1)
    assert not np.isfinite(towers.losses[-1, KINDS.index("skip")]).any()
    assert np.isfinite(towers.losses[-1, KINDS.index("norm")]).all()


def test_norms_of_gradients_that_nearly_vanish_are_not_0():
    towers = Towers(40, "sigmoid", "usual", [0], 0.03)
    towers.step(draw_points("moons", 30))
    first = towers.norms[KINDS.index("plain"), 0]
    assert 0 < first[5] < 1e-25
    assert (np.diff(np.log(first[first > 0])) < 0).sum() < 3  # hardly ever smaller further up
