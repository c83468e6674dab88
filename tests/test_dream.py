"""Dreams: what they climb to, how they are painted and moved, and that the network stays as it is."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from dlviz import weights
from dlviz.data.digits import normalise
from dlviz.data.mnist import digits
from dlviz.dream import Dreams, Target, dream, likeness, move, paint, wave_scales
from dlviz.trace import trace
from dlviz.weights import BadWeights
from tests.networks import Stack

SHAPE = (1, 6, 6)


def tiny() -> Stack:
    """A convolution without a bias over 6×6 pixels, whose weights are 1, −2, 3, … in turn."""
    network = Stack(nn.Conv2d(1, 1, 3, bias=False))
    signs = torch.tensor([1.0, -1.0] * 4 + [1.0])
    network.get_parameter("layers.0.weight").data = (signs * torch.arange(1.0, 10.0)).view(1, 1, 3, 3)
    return network.eval()


def last(network: nn.Module, target: Target, shape: tuple[int, int, int] = SHAPE, **options) -> Dreams:
    *_, dreams = dream(network, target, shape, **options)
    return dreams


def test_the_dream_of_a_linear_unit_is_black_and_white_as_its_weights_are_positive_and_negative() -> None:
    dreams = last(tiny(), Target("layers.0", 0, (1, 2)), fourier=False, moved=False)
    patch = dreams.pictures[:, 0, 1:4, 2:5]
    assert torch.equal(
        patch.round(), (tiny().get_parameter("layers.0.weight")[0] > 0).float().expand(4, -1, -1)
    )
    most = 45.0  # 1 + 2 + … + 9, at pixels of −1 and 1
    assert bool((dreams.values > 0.95 * most).all())
    assert bool((dreams.values <= most).all())


@pytest.mark.parametrize("fourier", [True, False])
@pytest.mark.parametrize("moved", [True, False])
def test_dreams_excite_their_target_ever_more(fourier: bool, moved: bool) -> None:
    way = [*dream(tiny(), Target("layers.0", 0), SHAPE, fourier=fourier, moved=moved, steps=20)]
    assert [dreams.step for dreams in way] == [*range(21)]
    assert all(dreams.pictures.shape == (4, *SHAPE) for dreams in way)
    assert all(float(dreams.pictures.min()) >= 0 and float(dreams.pictures.max()) <= 1 for dreams in way)
    assert bool((way[-1].values > way[0].values).all())


def test_values_are_those_of_the_pictures_as_they_are_given() -> None:
    network = tiny()
    for target in (Target("layers.0", 0, (0, 3)), Target("layers.0", 0)):
        dreams = last(network, target, steps=3)
        _, record = trace(network, normalise(dreams.pictures))
        maps = record["layers.0"][:, 0]
        expected = maps[:, 0, 3] if target.place else maps.mean(axis=(1, 2))
        np.testing.assert_allclose(dreams.values.numpy(), expected, atol=1e-5)


def test_a_class_is_dreamed_of_too_and_one_start_is_enough() -> None:
    network = Stack(nn.Flatten(), nn.Linear(36, 3)).eval()
    dreams = last(network, Target("layers.1", 2), starts=1, steps=40)
    assert dreams.pictures.shape == (1, *SHAPE)
    assert network(normalise(dreams.pictures)).argmax(1).tolist() == [2]


def test_the_network_is_not_changed_and_keeps_no_gradient() -> None:
    network = tiny()
    before = network.get_parameter("layers.0.weight").detach().clone()
    last(network, Target("layers.0", 0), steps=5)
    assert torch.equal(network.get_parameter("layers.0.weight"), before)
    assert network.get_parameter("layers.0.weight").grad is None


def test_one_who_looks_on_still_computes_gradients() -> None:
    for _ in dream(tiny(), Target("layers.0", 0), SHAPE, steps=1):
        assert torch.is_grad_enabled()


def test_the_seed_alone_decides_what_is_dreamed() -> None:
    first, again, other = (
        last(tiny(), Target("layers.0", 0), steps=4, seed=seed).pictures for seed in (7, 7, 8)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_one_coefficient_is_one_wave_scaled_by_its_length() -> None:
    shape = (1, 8, 8)
    coefficients = torch.zeros(1, *wave_scales(shape).shape, 2)
    coefficients[0, 0, 0, 2, 0] = 1.0  # two waves across, none down
    across = torch.cos(2 * math.pi * 2 * torch.arange(8) / 8)
    # A wave of half the width has frequency 2 / 8; of the two halves of the spectrum each adds its share.
    expected = (2 * (8 / 2) * across / 8).sigmoid().expand(8, 8)
    torch.testing.assert_close(paint(coefficients, shape)[0, 0], expected)


def test_a_picture_that_is_moved_by_nothing_stays() -> None:
    pictures = torch.rand(3, 1, 9, 9)
    torch.testing.assert_close(move(pictures, torch.Generator(), 0.0), pictures)
    moved = move(pictures, torch.Generator().manual_seed(0))
    assert moved.shape == pictures.shape
    assert not torch.allclose(moved, pictures)


def test_likeness_of_the_same_is_one_and_of_opposites_minus_one() -> None:
    picture = torch.rand(1, 1, 4, 4)
    assert likeness(picture.expand(3, -1, -1, -1)).item() == pytest.approx(1)
    assert likeness(torch.cat([picture, 1 - picture])).item() == pytest.approx(-1)
    assert likeness(picture).item() == 0


def test_the_dreams_are_pushed_apart() -> None:
    flat = Stack(nn.Conv2d(1, 1, 1, bias=False)).eval()
    flat.get_parameter("layers.0.weight").data.zero_()
    way = [*dream(flat, Target("layers.0", 0), SHAPE, steps=6)]
    # Nothing can be climbed, so nothing pushes either: the push is a share of the climb.
    assert torch.equal(way[0].pictures, way[-1].pictures)
    together = [*dream(tiny(), Target("layers.0", 0, (1, 1)), SHAPE, steps=30)]
    assert likeness(together[8].pictures) < likeness(together[-1].pictures)


def test_a_network_whose_numbers_are_none_does_not_dream() -> None:
    network = tiny()
    network.get_parameter("layers.0.weight").data[0, 0, 0, 0] = float("nan")
    with pytest.raises(BadWeights, match="cannot dream"):
        next(dream(network, Target("layers.0", 0), SHAPE))


@pytest.mark.parametrize(
    ("stage", "channel", "place"), [("conv_layers.3", 3, (7, 7)), ("conv_layers.6", 5, (3, 3))]
)
def test_a_dream_excites_a_unit_more_than_real_digits_do(
    stage: str, channel: int, place: tuple[int, int]
) -> None:
    network = weights.load("simple_cnn")
    _, record = trace(network, normalise(digits("test")[0][:200]))
    dreams = last(network, Target(stage, channel, place), (1, 28, 28), starts=2, steps=60)
    assert float(dreams.values.max()) > float(record[stage][:, channel].max())
