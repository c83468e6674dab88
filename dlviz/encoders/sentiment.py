"""Sentiment: by the packaged BERT, fine-tuned here, or by transformers' usual model."""

import dlviz.vision_operators  # noqa: F401, I001  (before transformers)

from dataclasses import replace
from functools import lru_cache
from typing import Any, cast

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer, Pipeline, pipeline

from dlviz.encoders import NoEncoder, fine_tuned, hub, packaged
from dlviz.encoders.fine_tuned import MeanPooled
from dlviz.encoders.loading import Encoder
from dlviz.encoders.reading import CHARACTERS, one_at_a_time
from dlviz.paths import WEIGHTS

FILE = "bert_sentiment"
CLASSES = ("negative", "positive")
USUAL = "distilbert/distilbert-base-uncased-finetuned-sst-2-english"


@lru_cache(maxsize=1)
def classifier() -> MeanPooled:
    """Load the packaged BERT as it was fine-tuned, once for all sessions.

    Raises: NoEncoder; BadWeights.
    """
    return fine_tuned.load(packaged.encoder(), WEIGHTS / f"{FILE}.safetensors")


def encoder() -> Encoder:
    """Encoder of `classifier`: its last layers read otherwise than those of the packaged one.

    Raises: NoEncoder; BadWeights.
    """
    return replace(packaged.encoder(), name=f"{packaged.NAME}, fine-tuned", model=classifier().bert)


@lru_cache(maxsize=1)
def offline() -> Pipeline:
    """`pipeline("sentiment-analysis")` as everybody calls it, given our classifier: no network is needed.

    Raises: NoEncoder; BadWeights.
    """
    return _pipeline(classifier(), packaged.encoder().tokenizer)


@torch.inference_mode(False)
def usual(progress: hub.Progress = lambda share: None, endpoint: str | None = None) -> Pipeline:
    """`pipeline("sentiment-analysis")` with the model that transformers takes for it, from the hub.

    Raises: NoEncoder if it cannot be had.
    """
    if found := in_memory():
        return found
    folder = hub.download(USUAL, progress, endpoint)
    safe = {"local_files_only": True, "trust_remote_code": False}
    try:
        model = AutoModelForSequenceClassification.from_pretrained(folder, use_safetensors=True, **safe)
        tokenizer = AutoTokenizer.from_pretrained(folder, **safe)
    except Exception as error:  # whatever is wrong with its files
        raise NoEncoder(f"The files of {USUAL} are damaged: they cannot be read.") from error
    return hub.keep(USUAL, _pipeline(model.eval().requires_grad_(False), tokenizer))


def in_memory() -> Pipeline | None:
    """Find the pipeline that `usual` gave, if it is still in memory."""
    return hub.kept(USUAL, Pipeline)


def _pipeline(model: Any, tokenizer: Any) -> Pipeline:
    call: Any = pipeline  # its overloads know no such task, but it does
    return call("sentiment-analysis", model=model, tokenizer=tokenizer)


def said(by: Pipeline, text: str) -> tuple[str, float]:
    """Classify a text: the pipeline's label and score; a longer text is cut at the model's limit."""
    limit = min(packaged.LIMIT, int(cast(Any, by.tokenizer).model_max_length))
    with one_at_a_time:
        (answer,) = cast(Any, by)(text[:CHARACTERS], truncation=True, max_length=limit)
    return answer["label"], float(answer["score"])
