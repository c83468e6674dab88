"""Networks that are fine-tuned: an encoder whose parts that learn are its own, and a network from scratch."""

import dlviz.vision_operators  # noqa: F401, I001  (before transformers)

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from dlviz.data.typography import make_plain
from dlviz.encoders.loading import Encoder
from dlviz.encoders.reading import CHARACTERS, one_at_a_time
from dlviz.finetuning import NoFineTuning, low_rank
from dlviz.finetuning.arms import Arm
from dlviz.finetuning.pooling import choose_layers, choose_pooling
from dlviz.finetuning.texts import LONGEST, Texts, pad, sort_by_length

BATCH = 32  # texts that are read at once


class Network(Protocol):
    """Network that tells texts' classes, as `learning.learn` trains it."""

    head: nn.Linear

    def read(self, texts: Sequence[str], labels: Sequence[int]) -> Texts:
        """Do once for each text what no training changes."""
        ...

    def features(self, entering: Sequence[Tensor]) -> Tensor:
        """Vectors (batch, size) that the head reads, of what enters the part that learns."""
        ...

    def learning(self) -> dict[str, nn.Parameter]:
        """Parameters that learn, the head's among them, by their names."""
        ...


class FineTuned(nn.Module):
    """An encoder with a new head. What learns is copied; all else is shared with the encoder, which stays.

    Args:
        encoder: built like BERT.
        arm: what learns.
        classes: number of them.
        seed: of the random numbers in LoRA's matrices.
    Raises: NoFineTuning if layers are to learn and the encoder is built in another way.
    """

    def __init__(self, encoder: Encoder, arm: Arm, classes: int, seed: int = 0) -> None:
        super().__init__()
        self.encoder, self.arm = encoder, arm
        self.fixed = arm.count_fixed(encoder.layers)
        self.model: Any = _share(encoder.model, _name_learning(encoder, arm))
        if arm.rank:
            low_rank.add_matrices(self.model, arm.rank, seed)
        self.pool = choose_pooling(arm.pooling, self.model)
        self.head = nn.Linear(encoder.hidden, classes)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)
        self.eval()  # no dropout: few texts are learned from for a few epochs, and a film must not flicker

    def learning(self) -> dict[str, nn.Parameter]:
        """Parameters that learn, the head's among them, by their names."""
        return {name: each for name, each in self.named_parameters() if each.requires_grad}

    @torch.no_grad()
    def read(self, texts: Sequence[str], labels: Sequence[int]) -> Texts:
        """Compute once for each text what enters the first layer that learns.

        Args:
            labels: class of each text.
        """
        numbers = tokenise(self.encoder, texts)
        entering: list[Tensor] = list(numbers)
        if not self.arm.words:
            for rows in sort_by_length(numbers, BATCH):
                ids, mask = pad([numbers[row] for row in rows.tolist()])
                for row, vectors, kept in zip(rows.tolist(), self._enter(ids, mask), mask, strict=True):
                    entering[row] = vectors[: int(kept.sum())].clone()
        return Texts(entering, torch.tensor(list(labels)))

    def _enter(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Vectors (batch, token, hidden) below the first layer that learns, of ids (batch, token)."""
        if self.arm.is_frozen:  # of whatever kind the encoder is: it is run as it comes
            said: Any = self.model(input_ids=ids, attention_mask=mask, output_hidden_states=True)
            return choose_layers(self.arm.pooling, said)
        vectors = self.model.embeddings(input_ids=ids)
        for layer in self.model.encoder.layer[: self.fixed]:
            vectors = layer(vectors, _hide_padding(mask))
        return vectors

    def features(self, entering: Sequence[Tensor]) -> Tensor:
        """Pooled vectors (batch, hidden) of texts, of what enters the first layer that learns."""
        vectors, mask = pad(entering)
        if self.arm.words:
            vectors = self.model.embeddings(input_ids=vectors)
        for layer in self.model.encoder.layer[self.fixed :] if not self.arm.is_frozen else ():
            vectors = layer(vectors, _hide_padding(mask))
        return self.pool(vectors, mask)

    def forward(self, entering: Sequence[Tensor]) -> Tensor:
        """Logits (batch, classes) of texts."""
        return self.head(self.features(entering))


def merge(network: FineTuned, name: str = "") -> Encoder:
    """Make a plain encoder of what was fine-tuned, matrices of LoRA added to their weights.

    Args:
        name: by which the learner knows it; without one that of the encoder before.
    """
    learning = {name for name, each in network.model.named_parameters() if each.requires_grad}
    model = _share(network.model, learning)  # a copy of these: the network may learn on
    low_rank.merge_matrices(model)
    merged: Any = model.eval().requires_grad_(False)
    return replace(network.encoder, name=name or network.encoder.name, model=merged)


def tokenise(encoder: Encoder, texts: Sequence[str]) -> list[Tensor]:
    """Numbers (token,) int64 of each text's tokens, cut at what is read of a text."""
    return [torch.tensor(ids) for ids in _cut(encoder, texts, min(LONGEST, encoder.limit))]


def _cut(encoder: Encoder, texts: Sequence[str], limit: int) -> list[list[int]]:
    """Numbers of each text's tokens, so many at the most."""
    plain = [make_plain(text[:CHARACTERS]) for text in texts]
    with one_at_a_time:
        read: Any = encoder.tokenizer(plain, truncation=True, max_length=limit, verbose=False)
    return read["input_ids"]


@dataclass(frozen=True)
class Unread:
    """Numbers of texts that an encoder does not read whole.

    Args:
        longer: of those with more tokens than are read.
        unknown: of those with a piece that stands in no vocabulary of the encoder.
        limit: tokens that are read.
    """

    longer: int
    unknown: int
    limit: int


def count_unread(encoder: Encoder, texts: Sequence[str]) -> Unread:
    """Count the texts that an encoder does not read whole."""
    limit = min(LONGEST, encoder.limit)
    found = _cut(encoder, texts, limit + 1)
    unknown = encoder.tokenizer.unk_token_id
    return Unread(sum(len(ids) > limit for ids in found), sum(unknown in ids[:limit] for ids in found), limit)


def _hide_padding(mask: Tensor) -> Tensor | None:
    """Number (batch, 1, 1, token) to add to the scores: so low for padding that nothing attends to it."""
    if bool(mask.all()):
        return None
    return (1.0 - mask[:, None, None, :].float()) * torch.finfo(torch.float32).min


def _name_learning(encoder: Encoder, arm: Arm) -> set[str]:
    """Names of the encoder's parameters that an arm trains.

    Raises: NoFineTuning if the encoder is built in another way than BERT.
    """
    if arm.is_frozen:
        return set()
    layers = getattr(getattr(encoder.model, "encoder", None), "layer", None)
    if not isinstance(layers, nn.ModuleList) or not low_rank.find_places(layers):
        kind = encoder.model.config.model_type
        raise NoFineTuning(
            f"{encoder.name} is of the kind {kind}, whose layers are not named as BERT’s are: they cannot be "
            "trained here. Frozen, with a new head, it works."
        )
    first = arm.count_fixed(encoder.layers)
    names = {f"encoder.layer.{at}." for at in range(first, encoder.layers) if arm.layers}
    names |= {"embeddings."} if arm.words else set()
    return {
        name for name, _ in encoder.model.named_parameters() if any(name.startswith(each) for each in names)
    }


def _share(model: nn.Module, learning: set[str]) -> nn.Module:
    """Copy a model's structure and the parameters that learn; the others are the model's own, frozen."""
    shared = {id(each): each for name, each in model.named_parameters() if name not in learning}
    shared |= {id(each): each for each in model.buffers()}
    copied = copy.deepcopy(model, shared)
    for name, each in copied.named_parameters():
        if name in learning:
            each.requires_grad_(True)
    return copied
