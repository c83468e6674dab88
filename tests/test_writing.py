"""A character transformer's own text: its distributions, and where it looked, by the plain network."""

import numpy as np
import pytest
import torch

from dlviz import weights
from dlviz.attention.writing import attend
from dlviz.data import novels
from dlviz.generation import distribution
from dlviz.models import CharTransformer
from dlviz.trace import trace

ARGUMENTS = {"vocab_size": 76, "context": 12, "embed_size": 16, "heads": 2, "depth": 3}


@pytest.fixture(scope="module")
def model() -> CharTransformer:
    """A small one with random weights."""
    built = weights.build("CharTransformer", dict(ARGUMENTS), seed=1)
    assert isinstance(built, CharTransformer)
    return built


def test_each_characters_distribution_is_the_plain_networks_for_the_last_context(
    model: CharTransformer,
) -> None:
    made = attend(model, "She was", 20, 0.7, 5, 3, 0.9)
    every = made.prompt + made.text
    for at in (0, 4, 5, 6, 19):  # from the sixth on, the window moves
        before = novels.encode(every[: len(made.prompt) + at])[-12:]
        with torch.inference_mode():
            logits = model(before[None])[0, -1]
        np.testing.assert_allclose(made.raw[at], logits.softmax(0), atol=1e-6)
        np.testing.assert_allclose(made.drawn[at], distribution(logits, 0.7, 5, 0.9), atol=1e-6)
        assert made.drawn[at, novels.ALPHABET.index(made.text[at])] > 0


def test_its_attention_is_the_last_row_of_every_layers_pattern(model: CharTransformer) -> None:
    made = attend(model, "She was", 20, 0.7, None, 3)
    assert made.attention.shape == (20, 3, 2, 12)
    np.testing.assert_allclose(made.attention.sum(axis=3), 1, atol=1e-5)
    every = made.prompt + made.text
    _, record = trace(model, novels.encode(every[:9])[None])
    for layer in range(3):
        pattern = record[f"blocks.{layer}.attention.pattern"][0]
        np.testing.assert_allclose(made.attention[2, layer, :, 3:], pattern[:, -1], atol=1e-6)
    assert not made.attention[2, :, :, :3].any()


def test_surprise_is_minus_log2_of_what_each_character_was_given(model: CharTransformer) -> None:
    made = attend(model, "She was", 3, 1.0, None, 0)
    assert np.isnan(made.bits[0])
    with torch.inference_mode():
        said = model(novels.encode("She wa")[None])[0].softmax(1)
    expected = [-np.log2(said[at, novels.ALPHABET.index(c)].item()) for at, c in enumerate("he was")]
    np.testing.assert_allclose(made.bits[1:7], expected, rtol=1e-4)
    drawn = [made.raw[at, novels.ALPHABET.index(c)] for at, c in enumerate(made.text)]
    np.testing.assert_allclose(made.bits[7:], -np.log2(drawn), rtol=1e-5)


def test_a_seed_gives_its_text_again_and_a_longer_one_begins_with_it(model: CharTransformer) -> None:
    texts = [
        attend(model, "Emma", count, 0.9, None, seed).text for count, seed in ((30, 1), (45, 1), (30, 2))
    ]
    assert texts[1].startswith(texts[0])
    longer, shorter = attend(model, "Emma", 45, 0.9, None, 1), attend(model, "Emma", 30, 0.9, None, 1)
    for name, value in vars(shorter).items():
        np.testing.assert_array_equal(getattr(longer.first(30), name), value)
    assert texts[0] != texts[2]


@pytest.mark.parametrize(
    ("prompt", "count", "told"),
    [
        ("", 1, "to begin with"),
        ("a" * 13, 1, "13 characters do not fit a context of 12"),
        ("a", 0, "at least one"),
    ],
)
def test_what_cannot_be_written_is_refused_in_a_sentence(
    model: CharTransformer, prompt: str, count: int, told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        attend(model, prompt, count, 1.0, None, 0)


def test_a_head_of_the_trained_network_looks_for_the_last_line_break() -> None:
    trained = weights.load("char_transformer")
    assert isinstance(trained, CharTransformer)
    made = attend(trained, "It was a fine morning, and ", 300, 0.6, None, 0)
    every, shares = made.prompt + made.text, []
    for at in range(100, 300):
        before = every[: len(made.prompt) + at][-trained.context :]
        shares.append(made.attention[at, :, :, before.rfind("\n") - len(before)])
    by_head = np.mean(shares, axis=0)
    assert np.unravel_index(by_head.argmax(), by_head.shape) == (1, 1)
    assert by_head[1, 1] > 0.7
