"""What the lesson of the Self-attention lab claims, computed from what the lab opens with."""

import numpy as np
import pytest

from dlviz.attention.patterns import entropy
from dlviz.ui.labs.attention import pictures
from dlviz.ui.labs.attention.inputs import EXAMPLES
from dlviz.ui.labs.attention.state import EXAMPLE
from tests.test_attention_lab import bert_pass, digit_pass, random_pass

IT = "it"


def looks_of_it(**chosen: object) -> list[str]:
    """For each head, the token at which “it” looks most."""
    passed, _ = bert_pass(**chosen)
    tokens = passed.sequence.tokens
    return [tokens[key] for key in passed.steps.pattern[:, tokens.index(IT)].argmax(axis=1)]


def test_a_score_is_the_dot_product_of_a_query_and_a_key() -> None:
    passed, state = bert_pass()
    stage, query, key = pictures.selected_cell(passed, state)
    tokens, steps = passed.sequence.tokens, passed.steps
    assert (stage, tokens[query], tokens[key]) == ("products", IT, "animal")
    score = steps.q[1, query] @ steps.k[1, key]
    assert pictures.shown_matrices(passed)["products"][query, key] == pytest.approx(score, rel=1e-5)


def test_head_2_sends_it_to_the_animal() -> None:
    passed, state = bert_pass()
    assert (passed.head, state.layer, looks_of_it()[1]) == (1, 4, "animal")


def test_most_heads_send_it_to_cls() -> None:
    looks = looks_of_it()
    assert looks.count("[CLS]") > len(looks) / 2


def test_another_head_of_layer_5_finds_the_animal() -> None:
    looks = looks_of_it(layer=5)
    assert looks.count("[CLS]") > len(looks) / 2
    assert [head + 1 for head, token in enumerate(looks) if token == "animal"] == [5]


def test_without_the_division_the_softmax_saturates() -> None:
    passed, _ = bert_pass()
    sharp = passed.scales[False][1].max(axis=1)
    assert entropy(passed.scales[False])[1] < 0.2 * entropy(passed.scales[True])[1]
    assert np.median(sharp) > 0.99


def test_from_the_class_token_head_2_looks_most_at_patch_3_6() -> None:
    passed, _ = digit_pass()
    assert (passed.head, passed.sequence.tokens[0]) == (1, "class")
    assert passed.sequence.tokens[passed.steps.pattern[1, 0].argmax()] == "3,6"


def test_head_2_is_spread_most_in_block_3() -> None:
    bits = [entropy(digit_pass(block=block)[0].steps.pattern)[1] for block in (1, 2, 3)]
    assert bits.index(max(bits)) == 2
    assert max(bits) > sorted(bits)[1] + 0.5


def test_the_answer_needs_the_heads_of_block_3_not_those_of_block_1() -> None:
    answers = {}
    for block in (1, 3):
        passed, _ = digit_pass(block=block, off=(0, 1, 2, 3))
        assert passed.logits is not None
        assert passed.logits_before is not None
        answers[block] = passed.logits.argmax() == passed.logits_before.argmax()
    assert answers == {1: True, 3: False}


def test_without_positions_the_same_word_has_the_same_row() -> None:
    text = "dog bites man and man bites dog"
    assert text in EXAMPLES
    passed, _ = random_pass(text)
    np.testing.assert_allclose(passed.steps.pattern[:, 0], passed.steps.pattern[:, 6], atol=1e-6)
    np.testing.assert_allclose(passed.steps.out[0], passed.steps.out[6], atol=1e-6)


def test_random_weights_stay_nearer_to_an_even_row_than_berts() -> None:
    random, _ = random_pass(EXAMPLE)
    trained, _ = bert_pass()
    times = [passed.steps.pattern.max() * len(passed.sequence) for passed in (random, trained)]
    assert times[0] < 4
    assert times[1] > 13


def test_under_the_causal_mask_the_first_word_looks_at_itself_alone() -> None:
    passed, _ = random_pass(EXAMPLE, causal=True)
    assert passed.steps.pattern[:, 0].tolist() == [[1.0] + [0.0] * 11] * 3


def test_four_alike_are_two_bits() -> None:
    assert entropy(np.full((1, 4, 4), 0.25)) == pytest.approx(2)


def test_patches_are_named_by_row_and_column() -> None:
    passed, _ = digit_pass()
    places = [f"{row},{column}" for row in range(1, 8) for column in range(1, 8)]
    assert [*passed.sequence.tokens] == ["class", *places]


def test_rows_sum_to_1() -> None:
    for passed, _ in (bert_pass(), digit_pass()):
        assert passed.steps.pattern.min() >= 0
        np.testing.assert_allclose(passed.steps.pattern.sum(axis=2), 1, atol=1e-5)


def test_a_saturated_softmax_hands_hardly_any_gradient_back() -> None:
    def slope(scores: list[float]) -> float:
        """The most that any score moves any weight."""
        weights = np.exp(scores) / np.exp(scores).sum()
        return float(np.abs(np.diag(weights) - np.outer(weights, weights)).max())

    assert slope([12.0, 0, 0]) < 1e-4 < 0.2 < slope([0.0, 0, 0])
