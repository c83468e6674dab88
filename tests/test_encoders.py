"""The packaged BERT, read and changed, against transformers' own computation and networks changed by hand."""

import copy
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import dlviz.vision_operators  # noqa: F401  (before transformers)

import numpy as np
import pytest
import torch
from transformers import AutoModel

from dlviz.attention.interventions import drop_heads, hide, set_weight
from dlviz.encoders import answers, explanations, packaged, reading
from dlviz.encoders.eager_attention import layer
from dlviz.encoders.loading import Encoder

TEXT, OTHER = "the soup was cold, but the unforgettable waiter was kind", "we liked the waiter"
ENCODER = packaged.encoder()


@pytest.fixture(scope="module")
def plain() -> Any:
    """The same BERT with transformers' own attention, ours to change."""
    return AutoModel.from_pretrained(packaged.folder(), attn_implementation="eager").eval()


def without_head(model: Any, number: int, head: int) -> Any:
    """A copy whose output never hears the head: its columns of the layer's output matrix are 0."""
    deaf = copy.deepcopy(model)
    deaf.encoder.layer[number].attention.output.dense.weight.data[:, head * 32 : (head + 1) * 32] = 0
    return deaf


def own(model: Any, tokens: reading.Tokens) -> Any:
    with torch.inference_mode():
        return model(**reading.inputs(ENCODER, tokens), output_attentions=True, output_hidden_states=True)


@pytest.mark.parametrize("other", ["", OTHER])
def test_attention_and_vectors_are_transformers_own(plain: Any, other: str) -> None:
    tokens = reading.tokens(ENCODER, TEXT, other)
    read, said = reading.read(ENCODER, tokens), own(plain, tokens)
    assert read.attention.shape == (6, 12, len(tokens), len(tokens))
    np.testing.assert_allclose(read.attention, torch.cat(said.attentions), atol=1e-5)
    np.testing.assert_allclose(read.hidden, torch.cat(said.hidden_states), atol=1e-5)
    assert read.attention.sum(axis=-1) == pytest.approx(1, abs=1e-5)


def test_a_dropped_head_is_one_that_the_output_never_hears(plain: Any) -> None:
    tokens = reading.tokens(ENCODER, TEXT)
    read = reading.read(ENCODER, tokens, drop_heads(layer(2), [7]))
    said = own(without_head(plain, 2, 7), tokens)
    np.testing.assert_allclose(read.attention, torch.cat(said.attentions), atol=1e-5)
    assert abs(read.hidden[-1] - own(plain, tokens).hidden_states[-1][0].numpy()).max() > 1e-3


def test_hidden_tokens_are_masked_tokens(plain: Any) -> None:
    tokens = reading.tokens(ENCODER, TEXT)
    edits = {name: edit for index in range(6) for name, edit in hide(layer(index), [3, 4]).items()}
    given = reading.inputs(ENCODER, tokens)
    given["attention_mask"][0, [3, 4]] = 0
    with torch.inference_mode():
        expected = plain(**given).last_hidden_state[0]
    np.testing.assert_allclose(reading.read(ENCODER, tokens, edits).hidden[-1], expected, atol=1e-5)


def test_a_weight_that_is_set_is_there_and_its_row_still_sums_to_one() -> None:
    tokens = reading.tokens(ENCODER, TEXT)
    pattern = reading.read(ENCODER, tokens, set_weight(layer(1), 3, 2, 5, 0.9)).attention[1, 3]
    assert pattern[2, 5] == pytest.approx(0.9)
    assert pattern.sum(axis=-1) == pytest.approx(1, abs=1e-5)


def test_an_edit_of_nothing_that_is_recorded_is_refused() -> None:
    with pytest.raises(ValueError, match=r"layers\.6\.attention\.heads"):
        reading.read(ENCODER, reading.tokens(ENCODER, TEXT), drop_heads(layer(6), [0]))


def test_eight_threads_read_different_texts_with_and_without_edits() -> None:
    texts = [" ".join([TEXT] * count) for count in (1, 2, 3, 40)]
    edits = [None, drop_heads(layer(2), [3])]
    cases = [(text, edit) for text in texts for edit in edits]
    expected = [reading.read(ENCODER, reading.tokens(ENCODER, *case[:1]), case[1]) for case in cases]

    def right(turn: int) -> bool:
        text, edit = cases[turn % len(cases)]
        read = reading.read(ENCODER, reading.tokens(ENCODER, text), edit)
        wanted = expected[turn % len(cases)]
        same = read.attention.shape == wanted.attention.shape
        return same and np.allclose(read.attention, wanted.attention, atol=1e-5)

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(right, range(64))) == [True] * 64


def test_tokens_of_a_pair_with_their_pieces_segments_and_special_places() -> None:
    tokens = reading.tokens(ENCODER, "unforgettable waiter", "the waiter")
    assert tokens.words == (
        *("[CLS]", "un", "##for", "##get", "##table", "waiter", "[SEP]"),
        *("the", "waiter", "[SEP]"),
    )
    assert tokens.ids[:2] == (101, 4895)
    assert tokens.segments == (0,) * 7 + (1,) * 3
    assert (tokens.special, tokens.separators, tokens.starts) == ((0, 6, 9), (6, 9), (0,))
    assert tokens.text == (1, 2, 3, 4, 5, 7, 8)


def test_what_does_not_fit_is_left_out_and_counted() -> None:
    tokens = reading.tokens(ENCODER, "word " * 10_000)
    assert (len(tokens), tokens.left_out) == (256, 9746)
    pair = reading.tokens(ENCODER, "word " * 10_000, "short")
    assert (len(pair), pair.words[-2:]) == (256, ("short", "[SEP]"))


def test_masking_each_token_is_typing_mask_there() -> None:
    tokens = reading.tokens(ENCODER, "the soup was cold")
    found = explanations.without_tokens(answers.margin, ENCODER, tokens, lambda share: None)
    typed = reading.tokens(ENCODER, "the [MASK] was cold")
    with torch.inference_mode():
        expected = answers.margin(**reading.inputs(ENCODER, typed)).item()
    assert found[2] == pytest.approx(expected, abs=1e-5)
    assert len(found) == 6


def test_dropping_each_head_is_dropping_it_alone(plain: Any) -> None:
    first, other = reading.tokens(ENCODER, TEXT), reading.tokens(ENCODER, OTHER)
    answer = answers.likeness(ENCODER, other)
    found = explanations.without_heads(answer, ENCODER, first, lambda share: None)
    assert found.shape == (6, 12)
    vector = own(plain, other).last_hidden_state.mean(1)
    for number, head in [(0, 0), (3, 11), (5, 4)]:
        deaf = own(without_head(plain, number, head), first).last_hidden_state.mean(1)
        expected = torch.cosine_similarity(deaf, vector).item()
        assert found[number, head] == pytest.approx(expected, abs=1e-5)


def test_gradient_times_input_is_the_slope_when_all_vectors_grow_alike() -> None:
    tokens = reading.tokens(ENCODER, TEXT)
    found = explanations.gradient_times_input(answers.margin, ENCODER, tokens)
    given = reading.inputs(ENCODER, tokens)
    vectors = ENCODER.model.get_input_embeddings()(given.pop("input_ids"))
    with torch.inference_mode():
        more, less = (answers.margin(inputs_embeds=vectors * (1 + e), **given).item() for e in (0.01, -0.01))
    assert found.sum() == pytest.approx((more - less) / 0.02, rel=0.02, abs=1e-3)


def test_effects_are_what_the_answer_loses_and_progress_only_grows() -> None:
    tokens, shares = reading.tokens(ENCODER, "the soup was cold"), []
    found = explanations.effects(answers.margin, ENCODER, tokens, shares.append)
    masked = explanations.without_tokens(answers.margin, ENCODER, tokens, lambda share: None)
    assert found.masked == pytest.approx(found.value - masked, abs=1e-5)
    assert found.heads is not None
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_what_is_looked_at_sums_to_one_by_each_measure() -> None:
    read = reading.read(ENCODER, reading.tokens(ENCODER, TEXT))
    measures = explanations.looked_at(read)
    assert [values.sum() for values in measures.values()] == pytest.approx([1, 1, 1], abs=1e-5)
    assert measures["first"] == pytest.approx(read.attention[5, :, 0].mean(axis=0))
    assert explanations.sureness(read)[2, 3] == pytest.approx(read.attention[2, 3].max(axis=1).mean())


def test_a_text_is_wholly_like_itself() -> None:
    tokens = reading.tokens(ENCODER, TEXT)
    with torch.inference_mode():
        same = answers.likeness(ENCODER, tokens)(**reading.inputs(ENCODER, tokens))
    assert same.item() == pytest.approx(1, abs=1e-5)


def test_the_packaged_bert_is_what_it_is_said_to_be() -> None:
    assert (ENCODER.layers, ENCODER.heads, ENCODER.hidden, ENCODER.limit) == (6, 12, 384, 256)
    assert ENCODER.editable
    assert isinstance(ENCODER, Encoder)
    assert not any(parameter.requires_grad for parameter in ENCODER.model.parameters())
