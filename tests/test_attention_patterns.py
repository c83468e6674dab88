"""Attention patterns by hand, by invariant, and against networks changed by hand."""

import numpy as np
import pytest
import torch

from dlviz import weights
from dlviz.attention.interventions import drop_heads, hide, set_weight, unscaled
from dlviz.attention.patterns import entropy, kinds, looks, rollout
from dlviz.models.attention import SelfAttention
from dlviz.trace import trace

IDENTITY, EVEN = np.eye(4), np.full((4, 4), 0.25)
BEFORE = np.eye(4, k=-1) + np.diag([1.0, 0, 0, 0])
AFTER = np.eye(4, k=1) + np.diag([0, 0, 0, 1.0])
LAST = np.tile([0, 0, 0, 1.0], (4, 1))


@pytest.fixture
def attention() -> SelfAttention:
    torch.manual_seed(0)
    return SelfAttention(12, 3).eval()


X = torch.randn(1, 5, 12, generator=torch.Generator().manual_seed(1))


def test_entropy_is_0_for_one_key_and_log2_for_all_alike() -> None:
    halves = np.array([[0.5, 0.5, 0, 0]] * 4)
    assert entropy(np.stack([IDENTITY, EVEN, halves])).tolist() == pytest.approx([0, 2, 1])


def test_where_heads_look_and_what_that_makes_them() -> None:
    pattern = np.stack([IDENTITY, BEFORE, AFTER, LAST, EVEN])
    assert looks(pattern)["previous"].tolist() == pytest.approx([0, 1, 0, 1 / 3 * 0, 0.25])
    assert kinds(pattern, separators=[3]) == ["same", "previous", "next", "separator", "broad"]
    assert kinds(np.ones((1, 1, 1))) == ["same"]


def test_rollout_by_hand_and_its_rows_sum_to_one() -> None:
    pattern = np.array([[[0.0, 1.0], [0.0, 1.0]]])
    # One layer: (½ A + ½ I) = [[½, ½], [0, 1]]; two of them: [[¼, ¾], [0, 1]].
    assert rollout([pattern]).tolist() == [[0.5, 0.5], [0, 1]]
    assert rollout([pattern, pattern]).tolist() == [[0.25, 0.75], [0, 1]]
    random = np.random.default_rng(0).dirichlet(np.ones(6), size=(3, 4, 6))
    assert rollout(list(random)).sum(axis=1) == pytest.approx(1)
    assert rollout([IDENTITY[None]] * 5).tolist() == IDENTITY.tolist()


def test_a_dropped_head_is_a_head_whose_columns_of_fc_out_are_zero(attention: SelfAttention) -> None:
    out, _ = trace(attention, X, drop_heads("attention", [1]))
    attention.fc_out.weight.data[:, 4:8] = 0.0
    with torch.inference_mode():
        torch.testing.assert_close(out, attention(X))


def test_a_weight_is_what_it_is_set_to_and_its_row_still_sums_to_one(attention: SelfAttention) -> None:
    _, before = trace(attention, X)
    _, after = trace(attention, X, set_weight("attention", 2, 3, 1, 0.7))
    old, new = before["attention.pattern"][0], after["attention.pattern"][0]
    assert new[2, 3, 1] == pytest.approx(0.7)
    assert new.sum(axis=-1) == pytest.approx(1, abs=1e-6)
    others = [0, 2, 3, 4]
    assert new[2, 3, others] == pytest.approx(old[2, 3, others] / old[2, 3, others].sum() * 0.3, abs=1e-6)
    new[2, 3] = old[2, 3]
    assert np.array_equal(new, old)


def test_where_the_rest_was_nothing_it_is_spread_evenly() -> None:
    edit = set_weight("a", 0, 0, 1, 0.4)["a.pattern"]
    assert edit(torch.tensor([[[[0.0, 1.0, 0.0]]]]))[0, 0, 0].tolist() == pytest.approx([0.3, 0.4, 0.3])
    assert edit(torch.tensor([[[[0.2, 0.8, 0.0]]]]))[0, 0, 0].tolist() == pytest.approx([0.6, 0.4, 0.0])


def test_what_is_spread_goes_only_where_the_query_may_look() -> None:
    lone = torch.tensor([[[[1.0, 0.0, 0.0]]]])
    assert set_weight("a", 0, 0, 0, 0.4, keys=[0, 2])["a.pattern"](lone)[0, 0, 0].tolist() == pytest.approx(
        [0.4, 0, 0.6]
    )
    # Where it may look at one key alone, that one keeps everything.
    assert set_weight("a", 0, 0, 0, 0.4, keys=[0])["a.pattern"](lone)[0, 0, 0].tolist() == [1, 0, 0]


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_weight_outside_0_to_1_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="0 to 1"):
        set_weight("a", 0, 0, 0, value)


def test_hidden_positions_are_masked_positions(attention: SelfAttention) -> None:
    out, record = trace(attention, X, hide("attention", [0, 3]))
    mask = torch.tensor([False, True, True, False, True])
    with torch.inference_mode():
        torch.testing.assert_close(out, attention(X, mask))
    assert not record["attention.pattern"][..., [0, 3]].any()
    with pytest.raises(ValueError, match="at least one key"):
        trace(attention, X, hide("attention", range(5)))


def test_unscaled_scores_are_the_products_and_the_softmax_saturates(attention: SelfAttention) -> None:
    _, plain = trace(attention, X)
    _, record = trace(attention, X, unscaled("attention", attention.head_dim))
    np.testing.assert_allclose(record["attention.scores"], record["attention.products"], rtol=1e-5)
    assert (entropy(record["attention.pattern"][0]) < entropy(plain["attention.pattern"][0])).all()


def test_the_digit_transformers_patterns_are_patterns() -> None:
    model = weights.load("digit_transformer")
    _, record = trace(model, torch.zeros(1, 1, 28, 28))
    patterns = [record[f"blocks.{index}.attention.pattern"][0] for index in range(3)]
    assert rollout(patterns).shape == (50, 50)
    assert rollout(patterns).sum(axis=1) == pytest.approx(1, abs=1e-5)
