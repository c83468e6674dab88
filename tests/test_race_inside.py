"""Reach of what networks see and look at, against what their arithmetic says."""

import numpy as np
import pytest
import torch
from torch import nn

from dlviz.models import DigitTransformer, SimpleCNN
from dlviz.race.inside import even_distance, measure_attention_distance, measure_fields, see_attention
from dlviz.receptive_field import receptive_field
from dlviz.trace import trace
from dlviz.weights import build

X = torch.rand(1, 1, 28, 28, generator=torch.Generator().manual_seed(0)) * 2 - 1


@pytest.fixture(scope="module")
def cnn() -> nn.Module:
    return build("SimpleCNN", {})


@pytest.fixture(scope="module")
def transformer() -> DigitTransformer:
    model = build("DigitTransformer", {"embed_size": 8, "heads": 2, "depth": 2})
    assert isinstance(model, DigitTransformer)
    return model


def test_first_convolution_has_the_field_of_its_kernels(cnn: nn.Module) -> None:
    """The gradient of a unit of conv 1 by its pixels is its kernel, whatever the picture shows."""
    assert isinstance(cnn, SimpleCNN)
    field = measure_fields(cnn, X, 3, 4)["conv_layers.0"]
    kernel = cnn.state_dict()["conv_layers.0.weight"].abs().mean(0)[0].numpy()  # (3, 3)
    assert field.center == (14, 18)
    assert np.allclose(field.gradient[13:16, 17:20], kernel, atol=1e-6)
    assert np.count_nonzero(field.gradient) == 9
    away = np.hypot(*np.indices((3, 3)) - 1)
    assert field.reach == pytest.approx((kernel * away).sum() / kernel.sum(), rel=1e-5)


def test_no_pixel_outside_the_receptive_field_has_a_gradient(cnn: nn.Module) -> None:
    _, record = trace(cnn, X)
    fields = measure_fields(cnn, X, 3, 3)
    assert list(fields) == ["conv_layers.0", "conv_layers.3", "conv_layers.6"]
    for (name, field), place in zip(fields.items(), (14, 7, 3), strict=True):
        box = receptive_field(cnn, record, name, place, place)["input"]
        outside = field.gradient.copy()
        outside[slice(*box.rows), slice(*box.cols)] = 0
        assert not outside.any()
        # The units stand in the middle of what they can see.
        middle = (box.all_rows[0] + box.all_rows[1] - 1) / 2, (box.all_cols[0] + box.all_cols[1] - 1) / 2
        assert field.center == middle


def test_a_unit_reaches_further_with_every_layer(cnn: nn.Module) -> None:
    reaches = [field.reach for field in measure_fields(cnn, X, 3, 3).values()]
    assert reaches == sorted(reaches)


def test_a_patch_whose_attention_is_cut_reaches_no_further_than_itself(transformer: DigitTransformer) -> None:
    deaf = build("DigitTransformer", {"embed_size": 8, "heads": 2, "depth": 2})
    assert isinstance(deaf, DigitTransformer)
    for block in deaf.blocks:
        nn.init.zeros_(block.attention.fc_out.weight)  # pyright: ignore
    for field in measure_fields(deaf, X, 2, 5).values():
        inside = field.gradient[8:12, 20:24]
        assert field.center == (9.5, 21.5)
        assert np.count_nonzero(field.gradient) == np.count_nonzero(inside) > 0
    heard = measure_fields(transformer, X, 2, 5)
    assert list(heard) == ["blocks.0", "blocks.1"]
    assert all(np.count_nonzero(field.gradient) > 16 for field in heard.values())


def test_attention_distance_of_patterns_worked_out_by_hand() -> None:
    itself, even, right = np.eye(50), np.full((50, 50), 1 / 50), np.zeros((50, 50))
    right[:, 2] = 1  # all look at the second patch of the first row
    away = measure_attention_distance(np.stack([itself, even, right]))
    assert away.shape == (3, 49)
    assert not away[0].any()
    assert away[1, 24] == pytest.approx(even_distance(3, 3))
    assert away[2, [0, 1, 2, 8]].tolist() == [4, 0, 4, 4]
    on_class_token = np.zeros((1, 50, 50))
    on_class_token[:, :, 0] = 1
    assert not measure_attention_distance(on_class_token).any()


def test_even_distance_is_that_to_a_patch_drawn_at_random() -> None:
    rows, columns = np.indices((7, 7))
    assert even_distance(1, 6) == pytest.approx(4 * np.hypot(rows - 1, columns - 6).mean())


def test_looks_are_rows_of_the_patterns(transformer: DigitTransformer) -> None:
    _, record = trace(transformer, X)
    looks = see_attention(transformer, X, 1, 2)
    assert len(looks) == 2
    pattern = record["blocks.1.attention.pattern"][0]
    assert np.array_equal(looks[1].attention, pattern[:, 10, 1:].reshape(2, 7, 7))
    away = measure_attention_distance(pattern)
    assert np.array_equal(looks[1].here, away[:, 9])
    assert np.array_equal(looks[1].everywhere, away.mean(1))
