"""Answers of an encoder that attention might explain: praise or blame, and the likeness of two texts.

An answer is a function of the encoder's inputs, by name, a batch of them; it gives a number for each.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from dlviz.encoders.loading import Encoder
from dlviz.encoders.reading import Tokens, inputs
from dlviz.encoders.sentiment import classifier

Answer = Callable[..., Tensor]


def margin(**given: Tensor) -> Tensor:
    """(batch,) the packaged BERT's logit of praise minus that of blame.

    Raises: NoEncoder; BadWeights.
    """
    logits = classifier()(**given).logits
    return logits[:, 1] - logits[:, 0]


def vector(encoder: Encoder, **given: Tensor) -> Tensor:
    """(batch, hidden) a text's vector: the mean of its tokens' last vectors."""
    return encoder.model(**given).last_hidden_state.mean(dim=1)


def likeness(encoder: Encoder, other: Tokens) -> Answer:
    """How like another text (the cosine of the two vectors) a text is, the other one fixed."""
    with torch.inference_mode():
        fixed = vector(encoder, **inputs(encoder, other))
    fixed = fixed.clone()  # no inference tensor: gradients pass by it

    def answer(**given: Tensor) -> Tensor:
        return F.cosine_similarity(vector(encoder, **given), fixed)

    return answer
