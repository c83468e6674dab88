"""What the lesson on the MLP claims, from the trained network on MNIST's test digits."""

import numpy as np
import pytest
import torch

from dlviz import weights
from dlviz.data import digits, mnist
from dlviz.data.digits import normalise
from dlviz.ui.labs.mlp import counting, shifting
from dlviz.ui.labs.mlp.forward import (
    ForwardPass,
    forward,
    ink_sum,
    off_until_it_tips,
    shown_unit,
    weighted_sum,
)
from dlviz.ui.labs.mlp.networks import load_cnn, load_network
from dlviz.ui.labs.mlp.state import State

IMAGES, LABELS = mnist.digits("test")
SAMPLES = range(20)
MLP, CNN = weights.load("mlp"), weights.load("simple_cnn")
DIRECTIONS = ("right", "left", "up", "down")


def pixels(sample: int) -> np.ndarray:
    return IMAGES[sample].numpy().astype(np.float32) / 255


def passed(drawing: np.ndarray, state: State | None = None) -> ForwardPass:
    return forward(load_network(State()), drawing, state or State())


def test_few_units_light() -> None:
    shares = [(passed(pixels(sample)).activations(1) > 0).mean() for sample in SAMPLES]
    assert max(shares) < 0.6


def test_blue_ink_adds() -> None:
    """The unit that is shown first is lit because more of the ink lies on blue than on orange."""
    for sample in SAMPLES:
        through = passed(pixels(sample))
        unit = shown_unit(through, State())
        products = ink_sum(through.pixels, through.sum_of(1, unit)).products
        assert through.activations(1)[unit] > 0
        assert products[products > 0].sum() > -products[products < 0].sum()


def test_products_add_up_to_the_sum() -> None:
    through = passed(pixels(0))
    x = normalise(IMAGES[:1]).flatten()
    linear = MLP.get_submodule("layers.1").state_dict()
    for unit in range(128):
        found = through.sum_of(1, unit)
        assert found.weights.shape == (1, 28, 28)
        expected = float(linear["weight"][unit] @ x + linear["bias"][unit])
        assert found.total == pytest.approx(expected, abs=1e-4)
        assert through.activations(1)[unit] == pytest.approx(max(0.0, expected), abs=1e-4)


def test_ink_and_paper_make_the_same_sum() -> None:
    through = passed(pixels(0))
    for unit in range(128):
        found = through.sum_of(1, unit)
        told = ink_sum(through.pixels, found)
        assert told.total == pytest.approx(found.total, abs=1e-4)
        assert np.count_nonzero(told.products) <= np.count_nonzero(through.pixels)
    with torch.inference_mode():
        paper = MLP.get_submodule("layers.1")(torch.full((1, 784), -1.0))[0]
    assert ink_sum(through.pixels, through.sum_of(1, 5)).paper == pytest.approx(float(paper[5]), abs=1e-4)


def test_faded_units_add_nothing() -> None:
    through = passed(pixels(0))
    off = through.activations(1) == 0
    assert off.any()
    assert not any(through.contributions(target)[off].any() for target in range(10))


def test_dead_units_are_counted() -> None:
    with torch.inference_mode():
        lit = MLP.get_submodule("layers.1")(normalise(IMAGES).flatten(1)) > 0
    assert int((~lit.any(dim=0)).sum()) == 26


def test_contributions_add_up_to_the_logit() -> None:
    through = passed(pixels(0))
    for target in range(10):
        bias = weighted_sum(through, "layers.4", target).bias
        total = through.contributions(target).sum() + bias
        assert total == pytest.approx(float(through.logits[target]), abs=1e-4)


def test_few_units_carry_the_answer() -> None:
    counts = []
    for sample in SAMPLES:
        off, tips = off_until_it_tips(passed(pixels(sample)), 1)
        assert tips
        counts.append(len(off))
    assert np.median(counts) <= 8


def shares(model: torch.nn.Module) -> np.ndarray:
    """Share named right: (direction, distance)."""
    return np.stack([shifting.right_when_moved(model, direction) for direction in DIRECTIONS])


def test_the_mlp_loses_moved_digits() -> None:
    right = shares(MLP)
    assert (right[:, 0] > 0.95).all()
    assert (right[:, 6] < 0.5).all()


def test_the_cnn_keeps_most() -> None:
    assert (shares(CNN)[:, 4] > 0.95).all()
    assert (shares(CNN)[:, 4] > shares(MLP)[:, 4] + 0.1).all()


def test_the_cnn_is_not_safe() -> None:
    right = shares(CNN)
    assert (right[:, 6] < right[:, 0] - 0.02).all()


def test_drawings_are_moved_to_the_middle() -> None:
    ink = np.zeros((168, 168), np.uint8)
    ink[20:100, 10:30] = 255
    moved = np.roll(ink, (40, 90), axis=(0, 1))
    np.testing.assert_array_equal(digits.prepare(ink), digits.prepare(moved))


def test_moved_ink_lights_other_units() -> None:
    for sample in SAMPLES:
        before, after = (
            passed(shifting.move(pixels(sample), by, "right")).activations(1) > 0 for by in (0, 4)
        )
        assert (before != after).mean() > 0.1


def test_maps_move_along() -> None:
    """The first convolution's maps of a moved drawing are the moved maps, wherever nothing meets the edge."""
    drawing = pixels(0)
    with torch.inference_mode():
        convolution = load_cnn().get_submodule("conv_layers.0")
        here, there = (
            convolution(normalise(torch.from_numpy(shifting.move(drawing, by, "right"))[None]))
            for by in (0, 3)
        )
    torch.testing.assert_close(here[..., 1:-1, 1:20], there[..., 1:-1, 4:23])


def test_parameters_are_counted() -> None:
    assert counting.counts(MLP)[0][2] == 100_480
    assert sum(each.numel() for each in CNN.get_submodule("conv_layers").parameters()) == 92_672
