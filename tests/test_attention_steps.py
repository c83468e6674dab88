"""A BERT's layer as the lesson's SelfAttention, random vectors, and steps that follow from each other."""

import numpy as np
import pytest
import torch
from scipy.special import softmax

from dlviz import weights
from dlviz.attention.interventions import causal, hide, unscaled
from dlviz.attention.steps import Steps, moved, steps
from dlviz.attention.vectors import random_vectors
from dlviz.encoders import packaged
from dlviz.encoders.reading import read, tokens
from dlviz.encoders.self_attention import entering, self_attention
from dlviz.models.attention import SelfAttention, causal_mask
from dlviz.trace import combined, trace

TEXT = "The river bank was muddy, so the bank lent money."
X = torch.randn(1, 5, 12, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def attention() -> SelfAttention:
    torch.manual_seed(0)
    return SelfAttention(12, 3).eval()


@pytest.mark.parametrize("layer", range(6))
def test_a_layer_of_bert_in_the_lessons_class_gives_berts_own_attention(layer: int) -> None:
    encoder = packaged.encoder()
    given, own = tokens(encoder, TEXT), []
    dense = encoder.model.get_submodule(f"encoder.layer.{layer}.attention.output.dense")
    hook = dense.register_forward_hook(lambda _, __, output: own.append(output))
    reading = read(encoder, given)
    hook.remove()
    x = entering(encoder, given, layer)
    np.testing.assert_array_equal(x[0].numpy(), reading.hidden[layer])
    output, record = trace(self_attention(encoder, layer), x)
    torch.testing.assert_close(output, own[0], atol=1e-5, rtol=0)
    np.testing.assert_allclose(record["attention.pattern"][0], reading.attention[layer], atol=1e-5)


def test_what_is_no_layer_of_a_bert_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no 'encoder\.layer\.6\.attention\.self\.query\.weight'"):
        self_attention(packaged.encoder(), 6)


def follows(found: Steps, model: SelfAttention) -> None:
    """Each step is what its name says of the one before, by plain numpy."""
    q = found.x @ model.queries.weight.detach().numpy().T + model.queries.bias.detach().numpy()
    np.testing.assert_allclose(np.concatenate([*found.q], axis=1), q, atol=1e-5)
    np.testing.assert_allclose(found.products, found.q @ found.k.transpose(0, 2, 1), atol=1e-5)
    np.testing.assert_allclose(found.pattern, softmax(found.scores, axis=-1), atol=1e-6)
    np.testing.assert_allclose(found.heads, found.pattern @ found.v, atol=1e-5)
    np.testing.assert_array_equal(found.joined, np.concatenate([*found.heads], axis=1))
    out = found.joined @ model.fc_out.weight.detach().numpy().T + model.fc_out.bias.detach().numpy()
    np.testing.assert_allclose(found.out, out, atol=1e-5)


def test_the_steps_follow_from_each_other(attention: SelfAttention) -> None:
    _, record = trace(attention, X)
    found = steps(record, "attention", X.numpy())
    follows(found, attention)
    assert found.head_dim == 4
    np.testing.assert_allclose(found.scores, found.scaled, atol=1e-6)


def test_causal_as_an_edit_is_the_causal_mask(attention: SelfAttention) -> None:
    out, record = trace(attention, X, causal("attention"))
    with torch.inference_mode():
        torch.testing.assert_close(out, attention(X, causal_mask(5)))
    found = steps(record, "attention", X.numpy())
    follows(found, attention)
    assert not np.triu(found.pattern, 1).any()
    assert found.pattern.sum(axis=2) == pytest.approx(1, abs=1e-6)


def test_masks_and_missing_scale_work_together(attention: SelfAttention) -> None:
    edits = combined(unscaled("attention", 4), causal("attention"), hide("attention", [1]))
    _, record = trace(attention, X, edits)
    found = steps(record, "attention", X.numpy())
    visible = np.tril(np.ones((5, 5), bool))
    visible[:, 1] = False
    np.testing.assert_allclose(
        found.pattern, softmax(np.where(visible, found.products, -np.inf), axis=-1), atol=1e-6
    )


def test_the_digit_transformers_blocks_are_read_alike() -> None:
    model = weights.load("digit_transformer")
    _, record = trace(model, torch.zeros(1, 1, 28, 28))
    for block in range(3):
        found = steps(record, f"blocks.{block}.attention", record[f"blocks.{block}.resid_pre"])
        assert found.x.shape == (50, 64)
        own = model.get_submodule(f"blocks.{block}.attention")
        assert isinstance(own, SelfAttention)
        follows(found, own)


def test_a_word_keeps_its_random_vector_wherever_it_stands() -> None:
    first = random_vectors(["the", "cat", "and", "The", "dog"], 6, seed=3)
    assert first.shape == (1, 5, 6)
    assert torch.equal(first[0, 0], first[0, 3])
    assert torch.equal(random_vectors(["dog"], 6, seed=3)[0, 0], first[0, 4])
    assert not torch.equal(random_vectors(["dog"], 6, seed=4)[0, 0], first[0, 4])
    many = random_vectors([str(word) for word in range(500)], 40, seed=0)
    assert (many.mean().item(), many.std().item()) == pytest.approx((0, 1), abs=0.03)


def test_how_far_vectors_have_moved_by_hand() -> None:
    before, after = np.array([[3.0, 4.0], [0.0, 2.0]]), np.array([[3.0, 4.0], [0.0, 1.0]])
    assert moved(before, after).tolist() == [0, 0.5]
