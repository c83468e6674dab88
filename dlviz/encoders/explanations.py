"""Does attention explain? Three attributions of an answer, beside where the heads attend.

All effects are losses of the answer: its value minus its value without the part.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dlviz.attention.patterns import rollout
from dlviz.encoders.answers import Answer
from dlviz.encoders.eager_attention import layer, number_layers
from dlviz.encoders.loading import Encoder
from dlviz.encoders.reading import Reading, Tokens, inputs
from dlviz.trace import Edit, recording

BATCH = 16  # texts at once, between two reports of progress

Progress = Callable[[float], object]


@dataclass(frozen=True, eq=False)
class Effects:
    """Effects of each token of a text, and of each head, on an answer.

    Args:
        value: the answer.
        masked: (token,), lost when the token is replaced by the mask token.
        gradient: (token,), gradient times input.
        heads: (layer, head), lost when the head's output is 0; None where the encoder is not editable.
    """

    value: float
    masked: np.ndarray
    gradient: np.ndarray
    heads: np.ndarray | None


def effects(answer: Answer, encoder: Encoder, read: Tokens, progress: Progress) -> Effects:
    """Compute all three attributions of an answer.

    Args:
        progress: called with the share of the work that is done.
    """
    with torch.inference_mode():
        value = float(answer(**inputs(encoder, read))[0])
    parts = 0.5 if encoder.editable else 1.0
    masked = without_tokens(answer, encoder, read, lambda share: progress(parts * share))
    heads = None
    if encoder.editable:
        heads = without_heads(answer, encoder, read, lambda share: progress(0.5 + 0.5 * share))
    return Effects(
        value,
        value - masked,
        gradient_times_input(answer, encoder, read),
        None if heads is None else value - heads,
    )


@torch.inference_mode()
def without_tokens(answer: Answer, encoder: Encoder, read: Tokens, progress: Progress) -> np.ndarray:
    """Answers with each token in turn replaced by the mask token: (token,)."""
    given, count = inputs(encoder, read), len(read)
    ids = given["input_ids"].repeat(count, 1)
    mask: Any = encoder.tokenizer.mask_token_id
    ids.fill_diagonal_(mask)
    found = []
    for batch in ids.split(BATCH):
        same = {name: values.expand(len(batch), -1) for name, values in given.items()}
        found.append(answer(**(same | {"input_ids": batch})))
        progress(sum(map(len, found)) / count)
    return torch.cat(found).numpy()


@torch.inference_mode()
def without_heads(answer: Answer, encoder: Encoder, read: Tokens, progress: Progress) -> np.ndarray:
    """Answers with each head in turn switched off, a batch of copies for each layer: (layer, head)."""
    copies = {name: values.repeat(encoder.heads, 1) for name, values in inputs(encoder, read).items()}
    found = []
    for index in range(encoder.layers):
        with number_layers(), recording({f"{layer(index)}.heads": _drop_one_head_each()}):
            found.append(answer(**copies))
        progress((index + 1) / encoder.layers)
    return torch.stack(found).numpy()


def _drop_one_head_each() -> Edit:
    """Make an edit by which each text of a batch loses the head of its own number."""

    def edit(tensor: Tensor) -> Tensor:
        tensor = tensor.clone()
        each = torch.arange(len(tensor))
        tensor[each, each] = 0.0
        return tensor

    return edit


def gradient_times_input(answer: Answer, encoder: Encoder, read: Tokens) -> np.ndarray:
    """Gradient times input: each embedding times the answer's gradient by it, summed: (token,)."""
    given = inputs(encoder, read)
    with torch.enable_grad():
        vectors = encoder.model.get_input_embeddings()(given.pop("input_ids")).detach().requires_grad_()
        (slope,) = torch.autograd.grad(answer(inputs_embeds=vectors, **given).sum(), vectors)
    return (slope * vectors).sum(dim=2)[0].detach().numpy()


def looked_at(reading: Reading) -> dict[str, np.ndarray]:
    """Attention that each token gets, by three measures, each (token,).

    Returns: "received", on average over layers, heads and queries; "first", by the first token in the last
        layer; and "rollout" into the first token through all layers.
    """
    return {
        "received": reading.attention.mean(axis=(0, 1, 2)),
        "first": reading.attention[-1].mean(axis=0)[0],
        "rollout": rollout(list(reading.attention))[0],
    }


def sureness(reading: Reading) -> np.ndarray:
    """Sharpness of each head: its largest weight, on average over queries: (layer, head)."""
    return reading.attention.max(axis=-1).mean(axis=-1)
