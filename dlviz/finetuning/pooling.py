"""Pooling: one vector of a text from those of its tokens."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from dlviz.finetuning import NoFineTuning

Pooling = Callable[[Tensor, Tensor], Tensor]

LAST = 3  # layers that “mean-three” reads


def pool_cls(vectors: Tensor, mask: Tensor) -> Tensor:
    """Take the first token's vector, [CLS]: (batch, hidden).

    Args:
        vectors: (batch, token, hidden).
        mask: (batch, token), 1 for tokens, 0 for padding.
    """
    return vectors[:, 0]


def pool_mean(vectors: Tensor, mask: Tensor) -> Tensor:
    """Take the mean of all tokens' vectors, [CLS] and [SEP] among them, padding left out: (batch, hidden).

    Args:
        vectors: (batch, token, hidden).
        mask: (batch, token), 1 for tokens, 0 for padding.
    Source: Reimers and Gurevych 2019, "Sentence-BERT"; the library sentence-transformers pools so.
    """
    weight = mask.unsqueeze(-1).to(vectors.dtype)
    return (vectors * weight).sum(1) / weight.sum(1).clamp(min=1e-9)


def choose_layers(name: str, said: Any) -> Tensor:
    """Choose the vectors (batch, token, hidden) that a pooling reads.

    Those of the last layer, or for “mean-three” their mean over the last three.

    Args:
        said: by the encoder, the hidden states of its embeddings and layers (batch, token, hidden) with it.
    Source: Devlin et al. 2019, "BERT", table 7: frozen, the last four layers together serve better than the
        last alone.
    """
    if name != "mean-three":
        return said.last_hidden_state
    return torch.stack(said.hidden_states[1:][-LAST:]).mean(0)


POOLINGS = ("cls", "pooler", "mean", "mean-three")


def choose_pooling(name: str, model: nn.Module) -> Pooling:
    """Find the pooling of that name; “pooler” is the encoder's own layer over [CLS].

    They differ in the vectors that they read, too: `choose_layers`.

    Raises: NoFineTuning if the encoder has no pooler; ValueError if there is no such pooling.
    """
    match name:
        case "cls":
            return pool_cls
        case "mean" | "mean-three":
            return pool_mean
        case "pooler":
            pooler = getattr(model, "pooler", None)
            if pooler is None:
                raise NoFineTuning("This encoder has no pooler: choose [CLS] or the mean.")
            return lambda vectors, mask: pooler(vectors)
    raise ValueError(f"no such pooling: {name}")
