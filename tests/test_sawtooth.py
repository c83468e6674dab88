"""A saw-tooth on a line, and networks that draw it."""

import numpy as np
import pytest
import torch
from torch import nn

from dlviz.plane.sawtooth import (
    DEPTHS,
    POINTS,
    LineNetworks,
    choose_shapes,
    count_teeth,
    count_weights,
    draw_sawtooth,
    make_line_network,
    set_one_layer,
    set_tents,
)

X = np.linspace(0, 1, POINTS, dtype=np.float32)


def draw(network: nn.Module) -> np.ndarray:
    with torch.no_grad():
        return network(torch.from_numpy(X)[:, None])[:, 0].numpy()


def count_pieces(y: np.ndarray) -> int:
    """Count straight pieces of a curve (points,) whose turns lie on the points."""
    return 1 + int((np.abs(np.diff(y, 2)) > 1e-4).sum())


@pytest.mark.parametrize("depth", DEPTHS)
def test_teeth_double_with_each_layer_and_are_drawn_exactly_by_hand(depth: int) -> None:
    teeth = draw_sawtooth(depth, X)
    assert int((teeth == 1).sum()) == count_teeth(depth) == 2 ** (depth - 1)
    assert count_pieces(teeth) == 2**depth
    np.testing.assert_array_equal(draw(set_tents(depth)), teeth)


@pytest.mark.parametrize("depth", DEPTHS)
def test_one_layer_has_as_many_weights_and_draws_fewer_teeth(depth: int) -> None:
    network, teeth = set_one_layer(depth), draw_sawtooth(depth, X)
    sizes = [sum(each.numel() for each in found.parameters()) for found in (network, set_tents(depth))]
    assert sizes == [6 * depth + 1] * 2 == [count_weights(*shape) for shape in choose_shapes(depth).values()]
    drawn = draw(network)
    if depth <= 2:
        np.testing.assert_allclose(drawn, teeth, atol=1e-6)
        return
    assert count_pieces(drawn) == 2 * depth  # no more units turn the line, and the first does so at its end
    right = np.abs(drawn - teeth) < 1e-5
    end = (depth - 1) / count_teeth(depth)
    assert right[end >= X].all()
    np.testing.assert_allclose(drawn[end + 1 / 2**depth < X], 0.5, atol=1e-5)


def test_a_budget_is_used_and_never_exceeded() -> None:
    for depth, width in choose_shapes(4, 400).values():
        made = sum(each.numel() for each in make_line_network(depth, width).parameters())
        assert made == count_weights(depth, width) <= 400 < count_weights(depth, width + 1)


def test_networks_side_by_side_learn_as_one_does_alone() -> None:
    together = LineNetworks(2, 4, 3)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2)
        alone = make_line_network(2, 4)
    optimizer = torch.optim.Adam(alone.parameters(), 0.01)
    x, heights = torch.from_numpy(X), torch.from_numpy(draw_sawtooth(1, X))
    for _ in range(10):
        optimizer.zero_grad()
        loss = (alone(2 * x[:, None] - 1)[:, 0] - heights).square().mean()
        loss.backward()
        optimizer.step()
        assert float(together.step(x, heights)[2]) == pytest.approx(loss.item(), rel=1e-4)
    assert together.steps == 10
