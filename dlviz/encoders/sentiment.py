"""Praise or blame by the packaged BERT, its encoder as it is, with a small head trained here."""

import dlviz.vision_operators  # noqa: F401, I001  (before transformers)

from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import torch
from transformers import BertConfig, BertForSequenceClassification, BertModel, Pipeline, pipeline

from dlviz import weights
from dlviz.encoders import packaged
from dlviz.paths import WEIGHTS

FILE = "bert_sentiment"
CLASSES = ("blame", "praise")


def assembled(head: torch.nn.Linear) -> BertForSequenceClassification:
    """The packaged encoder with a head (hidden → classes): the encoder is shared, not copied.

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


def head(folder: Path = WEIGHTS) -> torch.nn.Linear:
    """The trained head: a linear layer over what BERT's pooler makes of [CLS].

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
    """The packaged BERT with the trained head, one for all sessions.

    Raises: NoEncoder; BadWeights.
    """
    return assembled(head())


@lru_cache(maxsize=1)
def offline() -> Pipeline:
    """`pipeline("sentiment-analysis")` as everybody calls it, given our classifier: no network is needed.

    Raises: NoEncoder; BadWeights.
    """
    call: Any = pipeline  # its overloads know no such task, but it does
    return call("sentiment-analysis", model=classifier(), tokenizer=packaged.encoder().tokenizer)
