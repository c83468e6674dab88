"""Does attention explain? Attributions of an answer, beside where the heads attend.

All effects are losses of the answer: its value minus its value without the part.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dlviz.attention.patterns import rollout
from dlviz.encoders import answers
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
        left_out: (token,), lost when the token is left out.
        mask_alone: (token − 1,), lost when a mask token is put between two tokens, and nothing is taken
            away; (0,) where the text fills the encoder.
        gradient: (token,), gradient times input.
        heads: (layer, head), lost when the head's output is 0; None where the encoder is not editable.
    """

    value: float
    masked: np.ndarray
    left_out: np.ndarray
    mask_alone: np.ndarray
    gradient: np.ndarray
    heads: np.ndarray | None


def effects(answer: Answer, encoder: Encoder, read: Tokens, progress: Progress) -> Effects:
    """Compute all attributions of an answer, and what a mask token costs by itself.

    Args:
        progress: called with the share of the work that is done.
    """
    value = answers.value(answer, encoder, read)
    parts = 4 if encoder.editable else 3

    def part(number: int) -> Progress:
        return lambda share: progress((number + share) / parts)

    masked = without_tokens(answer, encoder, read, part(0))
    left_out = leaving_out_tokens(answer, encoder, read, part(1))
    mask_alone = with_mask_between(answer, encoder, read, part(2))
    heads = without_heads(answer, encoder, read, part(3)) if encoder.editable else None
    return Effects(
        value,
        value - masked,
        value - left_out,
        value - mask_alone,
        gradient_times_input(answer, encoder, read),
        None if heads is None else value - heads,
    )


def without_tokens(answer: Answer, encoder: Encoder, read: Tokens, progress: Progress) -> np.ndarray:
    """Answers with each token in turn replaced by the mask token: (token,)."""
    mask: Any = encoder.tokenizer.mask_token_id
    changed = [replace(read, ids=(*read.ids[:at], mask, *read.ids[at + 1 :])) for at in range(len(read))]
    return _answers(answer, encoder, changed, progress)


def leaving_out_tokens(answer: Answer, encoder: Encoder, read: Tokens, progress: Progress) -> np.ndarray:
    """Answers with each token in turn left out: (token,)."""
    changed = [
        replace(
            read,
            ids=(*read.ids[:at], *read.ids[at + 1 :]),
            segments=(*read.segments[:at], *read.segments[at + 1 :]),
        )
        for at in range(len(read))
    ]
    return _answers(answer, encoder, changed, progress)


def with_mask_between(answer: Answer, encoder: Encoder, read: Tokens, progress: Progress) -> np.ndarray:
    """Answers with a mask token more, between each two neighbours in turn: (token − 1,), or (0,) if full."""
    if len(read) >= encoder.limit:
        return np.zeros(0)
    mask: Any = encoder.tokenizer.mask_token_id
    changed = [
        replace(
            read,
            ids=(*read.ids[:at], mask, *read.ids[at:]),
            segments=(*read.segments[:at], read.segments[at], *read.segments[at:]),
        )
        for at in range(1, len(read))
    ]
    return _answers(answer, encoder, changed, progress)


@torch.inference_mode()
def _answers(answer: Answer, encoder: Encoder, changed: Sequence[Tokens], progress: Progress) -> np.ndarray:
    """Answers to texts of the same number of tokens: (text,)."""
    found: list[Tensor] = []
    for start in range(0, len(changed), BATCH):
        given = [inputs(encoder, each) for each in changed[start : start + BATCH]]
        batch = {name: torch.cat([each[name] for each in given]) for name in given[0]}
        found.append(answer(**batch))
        progress(min(1.0, (start + BATCH) / len(changed)))
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
