"""The residual stream and its order: invariants, PyTorch's own layers, and numbers worked by hand."""

import numpy as np
import pytest
import torch
from torch import nn

from dlviz import weights
from dlviz.attention.order import compare, places, word_vectors
from dlviz.attention.stream import dropped, moments, normed, patterns, sizes, stations
from dlviz.models import CharTransformer
from dlviz.models.transformers import sinusoids
from dlviz.trace import trace

WORDS = ["the", "dog", "bites", "the", "man"]


def stack(seed: int = 0, depth: int = 3) -> nn.Module:
    return weights.build("TransformerStack", {"embed_size": 16, "heads": 4, "depth": depth}, seed)


VECTORS = word_vectors(WORDS, 16, 0)


def test_each_station_is_made_of_those_before_it() -> None:
    _, record = trace(stack(), VECTORS[None])
    for block in range(3):
        at = stations(record, block)
        np.testing.assert_array_equal(at["mid"], at["in"] + at["attention"])
        np.testing.assert_array_equal(at["post"], at["dropout1"] + at["forward"])
        np.testing.assert_array_equal(at["dropout1"], at["norm1"])
        assert at["hidden"].shape == (5, 64)
        assert at["hidden"].min() == 0
    np.testing.assert_array_equal(stations(record, 1)["in"], stations(record, 0)["out"])


def test_sizes_are_norms() -> None:
    _, record = trace(stack(), VECTORS[None])
    measured = sizes(record, 3)
    assert measured.shape == (3, 10, 5)
    assert measured[0, 0, 1] == pytest.approx(VECTORS[1].norm().item(), rel=1e-6)
    assert measured[2, 9, 4] == pytest.approx(np.sqrt((stations(record, 2)["out"][4] ** 2).sum()), rel=1e-6)
    np.testing.assert_allclose(patterns(record, 3).sum(axis=3), 1, atol=1e-6)


def test_a_layernorm_worked_by_hand() -> None:
    layer = nn.LayerNorm(4)
    nn.init.constant_(layer.weight, 2.0)
    nn.init.constant_(layer.bias, 0.5)
    values = np.array([[1.0, 2.0, 3.0, 6.0]], np.float32)  # mean 3; squares of 2, 1, 0, 3: variance 14/4
    numbers = normed(layer, values)
    assert numbers.before.tolist() == [[3.0, 3.5]]
    assert numbers.after[0].tolist() == pytest.approx([0.0, 3.5 / (3.5 + 1e-5)], abs=1e-6)
    assert (numbers.scale.tolist(), numbers.shift.tolist(), numbers.eps) == ([2.0] * 4, [0.5] * 4, 1e-5)
    expected = [-2 / 3.5**0.5, -1 / 3.5**0.5, 0.0, 3 / 3.5**0.5]
    assert layer(torch.from_numpy(values))[0].tolist() == pytest.approx(
        [2 * v + 0.5 for v in expected], abs=1e-5
    )


def test_after_a_norm_every_token_has_the_scales_and_shifts_moments() -> None:
    _, record = trace(stack(), VECTORS[None])  # untrained: scale 1, shift 0
    after = moments(stations(record, 2)["norm2"])
    np.testing.assert_allclose(after[:, 0], 0, atol=1e-6)
    np.testing.assert_allclose(after[:, 1], 1, atol=1e-3)


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_dropout_is_pytorchs_own_in_training(share: float) -> None:
    arguments = {"embed_size": 16, "heads": 4, "depth": 3, "dropout": share}
    model = weights.build("TransformerStack", arguments, 1)
    output, record = trace(model, VECTORS[None], dropped(3, share, 7))
    with torch.random.fork_rng(devices=[]), torch.inference_mode():
        torch.manual_seed(7)
        expected = model.train()(VECTORS[None])
    torch.testing.assert_close(output, expected, atol=1e-5, rtol=0)
    at = stations(record, 0)
    kept = at["dropout1"] != 0
    np.testing.assert_allclose(at["dropout1"][kept], at["norm1"][kept] / (1 - share), rtol=1e-5)


def test_characters_look_only_back_in_every_block_and_head() -> None:
    model = CharTransformer(vocab_size=20, context=9, embed_size=16, heads=4, depth=3).eval()
    _, record = trace(model, torch.arange(9)[None])
    looks = patterns(record, 3)
    assert looks.shape == (3, 4, 9, 9)
    assert not np.triu(looks, 1).any()
    np.testing.assert_allclose(looks.sum(axis=3), 1, atol=1e-6)
    assert (looks[..., 8, :] > 0).all()


def test_a_word_has_one_vector_wherever_it_stands() -> None:
    torch.testing.assert_close(VECTORS[0], VECTORS[3])
    assert not torch.allclose(VECTORS[0], VECTORS[1])
    assert not torch.allclose(VECTORS, word_vectors(WORDS, 16, 1))
    torch.testing.assert_close(word_vectors(["man"], 16, 0)[0], VECTORS[4])


def test_places_of_words_in_another_order() -> None:
    assert places(WORDS, ["the", "man", "bites", "the", "dog"]) == [0, 4, 2, 3, 1]
    assert places(["dog", "Man"], ["man", "DOG"]) == [1, 0]
    with pytest.raises(ValueError, match="“dog” is missing"):
        places(["dog"], ["cat"])
    with pytest.raises(ValueError, match="one “dog” more"):
        places(["dog"], ["dog", "dog"])


def test_only_positions_tell_a_transformer_the_order() -> None:
    order = places(WORDS, ["man", "the", "bites", "dog", "the"])
    without = compare(stack(), VECTORS, order, torch.zeros(5, 16))
    assert without.same
    assert without.largest < 1e-5
    within = compare(stack(), VECTORS, order, sinusoids(5, 16))
    assert not within.same
    assert within.largest > 0.1
    unmoved = compare(stack(), VECTORS, list(range(5)), sinusoids(5, 16))
    assert unmoved.largest == 0


def test_rows_of_both_orders_are_the_same_words() -> None:
    order = places(WORDS, ["man", "the", "bites", "dog", "the"])
    positions = sinusoids(5, 16)
    compared = compare(stack(), VECTORS, order, positions)
    other = word_vectors(["man", "the", "bites", "dog", "the"], 16, 0) + positions
    output, _ = trace(stack(), other[None])
    np.testing.assert_allclose(compared.two[4], output[0, 0], atol=1e-6)
    np.testing.assert_allclose(compared.two[1], output[0, 3], atol=1e-6)
