"""Sentiment: by the packaged BERT with a small head trained here, or by transformers' usual model."""

import dlviz.vision_operators  # noqa: F401, I001  (before transformers)

from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import torch
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    Pipeline,
    pipeline,
)

from dlviz import weights
from dlviz.encoders import NoEncoder, hub, packaged
from dlviz.encoders.reading import CHARACTERS, one_at_a_time
from dlviz.paths import WEIGHTS

FILE = "bert_sentiment"
CLASSES = ("negative", "positive")
USUAL = "distilbert/distilbert-base-uncased-finetuned-sst-2-english"


def attach_head(head: torch.nn.Linear) -> BertForSequenceClassification:
    """Put a head (hidden → classes) on the packaged encoder, which is shared, not copied.

    Raises: NoEncoder.
    """
    encoder = packaged.encoder()
    config = BertConfig.from_dict(
        encoder.model.config.to_dict()
        | {"id2label": dict(enumerate(CLASSES)), "label2id": {name: at for at, name in enumerate(CLASSES)}}
    )
    with torch.device("meta"):  # nothing is drawn or kept of what the next lines replace
        model = BertForSequenceClassification(config)
    model.bert, model.classifier = cast(BertModel, encoder.model), head
    return model.eval().requires_grad_(False)


@torch.inference_mode(False)
def head(folder: Path = WEIGHTS) -> torch.nn.Linear:
    """Load the trained head: a linear layer over the output of BERT's pooler.

    Raises: BadWeights if its file is missing, damaged or of another shape.
    """
    read = weights.read(folder / f"{FILE}.safetensors")
    layer = torch.nn.Linear(384, len(CLASSES))
    try:
        layer.load_state_dict(read.state)
    except RuntimeError as error:
        raise weights.BadWeights(f"{FILE}.safetensors is not a layer from 384 to 2 numbers.") from error
    return layer


@lru_cache(maxsize=1)
def classifier() -> BertForSequenceClassification:
    """Load the packaged BERT with the trained head, once for all sessions.

    Raises: NoEncoder; BadWeights.
    """
    return attach_head(head())


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
