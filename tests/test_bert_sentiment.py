"""Positive or negative by the packaged BERT: the assembled classifier and the pipeline that uses it."""

from pathlib import Path

import numpy as np
import pytest
import torch

from dlviz import weights
from dlviz.data.sentiment import hand_written
from dlviz.encoders import packaged, reading, sentiment
from dlviz.weights import BadWeights

TEXT = "the soup was cold and the waiter was rude"


def test_the_classifier_is_the_encoders_pooler_and_our_head() -> None:
    encoder, head = packaged.encoder(), sentiment.head()
    given = reading.inputs(encoder, reading.tokens(encoder, TEXT))
    with torch.inference_mode():
        expected = head(encoder.model(**given).pooler_output)
        torch.testing.assert_close(sentiment.classifier()(**given).logits, expected)


def test_the_encoder_is_shared_and_the_head_is_some_kilobytes() -> None:
    model = sentiment.classifier()
    assert model.bert is packaged.encoder().model
    assert sum(values.numel() for values in model.classifier.parameters()) == 770
    assert (weights.WEIGHTS / f"{sentiment.FILE}.safetensors").stat().st_size < 5_000


def test_the_pipeline_says_what_the_classifier_says() -> None:
    label, score = sentiment.said(sentiment.offline(), TEXT)
    encoder = packaged.encoder()
    with torch.inference_mode():
        logits = sentiment.classifier()(**reading.inputs(encoder, reading.tokens(encoder, TEXT))).logits
    shares = logits.softmax(1)[0]
    assert label == sentiment.CLASSES[int(shares.argmax())]
    assert score == pytest.approx(shares.max().item(), abs=1e-5)


def test_a_text_of_ten_thousand_words_is_cut_by_the_pipeline_too() -> None:
    label, score = sentiment.said(sentiment.offline(), "good " * 10_000)
    assert label in sentiment.CLASSES
    assert np.isfinite(score)


def test_the_stated_share_of_hand_written_sentences_is_right() -> None:
    sentences = hand_written()
    said = [sentiment.said(sentiment.offline(), text)[0] for text, _ in sentences]
    right = sum(one == sentiment.CLASSES[label] for one, (_, label) in zip(said, sentences, strict=True))
    result = weights.read(weights.WEIGHTS / f"{sentiment.FILE}.safetensors").facts["result"]
    assert f"{right} of {len(sentences)} " in result


def test_a_head_that_is_missing_or_of_another_shape_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadWeights, match=r"bert_sentiment\.safetensors is missing"):
        sentiment.head(tmp_path)
    weights.save(torch.nn.Linear(3, 2), {}, {}, tmp_path / "bert_sentiment.safetensors")
    with pytest.raises(BadWeights, match="is not a layer from 384 to 2"):
        sentiment.head(tmp_path)


def test_what_was_first_asked_for_inside_inference_still_has_gradients() -> None:
    sentiment.classifier.cache_clear()
    with torch.inference_mode():
        model = sentiment.classifier()
    assert not model.classifier.weight.is_inference()
