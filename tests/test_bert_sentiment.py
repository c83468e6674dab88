"""Positive or negative by the fine-tuned BERT: the classifier, and the pipeline that uses it."""

import numpy as np
import pytest
import torch

from dlviz import weights
from dlviz.data.sentiment import hand_written
from dlviz.encoders import packaged, reading, sentiment
from dlviz.encoders.eager_attention import NAME
from dlviz.paths import WEIGHTS
from dlviz.training import bert_sentiment
from dlviz.ui.labs.bert.fine_tuned import provenance

TEXT = "the soup was cold and the waiter was rude"
FILE = WEIGHTS / f"{sentiment.FILE}.safetensors"


def shares(text: str) -> torch.Tensor:
    """Probabilities (2,) by a plain forward pass."""
    encoder = packaged.encoder()
    with torch.inference_mode():
        logits = sentiment.classifier()(**reading.inputs(encoder, reading.tokens(encoder, text))).logits
    return logits.softmax(1)[0]


def test_the_classifier_is_a_linear_layer_over_the_mean_token() -> None:
    encoder, model = sentiment.encoder(), sentiment.classifier()
    read = reading.read(encoder, reading.tokens(encoder, TEXT))
    with torch.inference_mode():
        expected = model.classifier(torch.from_numpy(read.hidden[-1]).mean(0)).softmax(0)
    torch.testing.assert_close(shares(TEXT), expected)


def test_the_first_layers_are_shared_and_the_file_is_small() -> None:
    model, plain = sentiment.classifier(), packaged.encoder().model
    assert model.bert is not plain
    for name, each in model.bert.embeddings.named_parameters():
        assert each is plain.get_parameter(f"embeddings.{name}")
    shared = [
        each is plain.get_submodule(f"encoder.layer.{at}") for at, each in enumerate(model.bert.encoder.layer)
    ]
    assert shared == [True] * 2 + [False] * 4
    assert "its last four layers" in provenance()
    assert FILE.stat().st_size < 15_000_000


def test_its_attention_can_be_seen_and_edited() -> None:
    assert sentiment.encoder().editable
    assert sentiment.classifier().bert.config._attn_implementation == NAME


def test_the_pipeline_says_what_a_plain_forward_pass_says() -> None:
    label, score = sentiment.said(sentiment.offline(), TEXT)
    found = shares(TEXT)
    assert label == sentiment.CLASSES[int(found.argmax())]
    assert score == pytest.approx(found.max().item(), abs=1e-5)


def test_a_text_of_ten_thousand_words_is_cut_by_the_pipeline_too() -> None:
    label, score = sentiment.said(sentiment.offline(), "good " * 10_000)
    assert label in sentiment.CLASSES
    assert np.isfinite(score)


def test_the_stated_share_of_hand_written_sentences_is_right() -> None:
    texts, labels = zip(*hand_written(), strict=True)
    answers = bert_sentiment.logits(sentiment.classifier(), packaged.encoder(), texts).argmax(1)
    right = int((answers == torch.tensor(labels)).sum())
    assert right == pytest.approx(weights.read(FILE).measured["right"]["hand-written"], abs=2)


def test_what_was_first_asked_for_inside_inference_still_has_gradients() -> None:
    sentiment.classifier.cache_clear()
    with torch.inference_mode():
        model = sentiment.classifier()
    assert not model.classifier.weight.is_inference()
