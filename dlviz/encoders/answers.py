"""Answers of an encoder that attention might explain: positive or negative, and the likeness of two texts.

An answer is a function of the encoder's inputs, by name, each (batch, seq); it gives a number for each text.
"""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn import functional as F

from dlviz.encoders.eager_attention import number_layers
from dlviz.encoders.loading import Encoder
from dlviz.encoders.reading import Tokens, inputs
from dlviz.encoders.sentiment import classifier
from dlviz.trace import Edit, recording

Answer = Callable[..., Tensor]


def margin(**given: Tensor) -> Tensor:
    """Logit of “positive” minus that of “negative”, by the packaged BERT: (batch,) of inputs (batch, seq).

    Raises: NoEncoder; BadWeights.
    """
    logits = classifier()(**given).logits
    return logits[:, 1] - logits[:, 0]


def vector(encoder: Encoder, **given: Tensor) -> Tensor:
    """Vector of a text, the mean of its tokens' last vectors: (batch, hidden) of inputs (batch, seq)."""
    return encoder.model(**given).last_hidden_state.mean(dim=1)


@torch.inference_mode()
def value(answer: Answer, encoder: Encoder, read: Tokens, edits: Mapping[str, Edit] | None = None) -> float:
    """Answer to a text, with edits of the encoder's attention."""
    with number_layers(), recording(edits):
        return float(answer(**inputs(encoder, read))[0])


@torch.inference_mode()
def likeness_of_pair(
    encoder: Encoder, one: Tokens, other: Tokens, edits: Mapping[str, Edit] | None = None
) -> float:
    """Cosine of two texts' vectors, both read with edits of the encoder's attention."""
    vectors = []
    for read in (one, other):
        with number_layers(), recording(edits):
            vectors.append(vector(encoder, **inputs(encoder, read)))
    return float(F.cosine_similarity(*vectors))


def likeness(encoder: Encoder, other: Tokens) -> Answer:
    """Make an answer: the cosine of a text's vector with that of another, fixed text."""
    with torch.inference_mode():
        fixed = vector(encoder, **inputs(encoder, other))
    fixed = fixed.clone()  # no inference tensor: gradients pass by it

    def answer(**given: Tensor) -> Tensor:
        return F.cosine_similarity(vector(encoder, **given), fixed)

    return answer
