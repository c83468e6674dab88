"""From a run's checkpoint to all that its fine-tuning has changed; never reads the session."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from dlviz.encoders import answers
from dlviz.encoders.explanations import without_tokens
from dlviz.encoders.loading import Encoder
from dlviz.encoders.reading import Reading, Tokens, read, tokens
from dlviz.finetuning.changes import (
    HeadChange,
    answer_for,
    compare_layers,
    measure_weights,
    name_layers,
    probe_layers,
    rank_heads,
    read_layers,
)
from dlviz.finetuning.delta import Delta
from dlviz.finetuning.forgetting import UNRELATED, Likenesses, measure_likenesses
from dlviz.finetuning.network import merge
from dlviz.training.fine_tuning import Sentence, Sentences
from dlviz.transfer.heads import Head

PROBED = 200  # sentences that probes are fitted to, and measured on, at the most


@dataclass(frozen=True, eq=False)
class Tuned:
    """An encoder before and after, each with its head.

    Args:
        heads: of both, from a text's vector to the classes.
        delta: what has learned.
    """

    before: Encoder
    after: Encoder
    heads: tuple[nn.Linear, nn.Linear]
    delta: Delta


@dataclass(frozen=True, eq=False)
class Change:
    """Changes of every layer, the embeddings first.

    Args:
        layers: names.
        weights: ‖ΔW‖ / ‖W‖, (layer + 1,).
        alike: CKA of the sentences' mean vectors, (layer + 1,).
        probes: sentences that a linear probe of each layer names right, (layer + 1, text) bool, before and
            after.
        unlearned: what it says of texts that have nothing to do with what was learned, before and after.
    """

    layers: tuple[str, ...]
    weights: np.ndarray
    alike: np.ndarray
    probes: tuple[np.ndarray, np.ndarray]
    unlearned: tuple[Likenesses, Likenesses]


@dataclass(frozen=True, eq=False)
class Read:
    """One sentence, read by both encoders.

    Args:
        readings: of both.
        heads: ranked by how much their attention has moved, the most first.
        probabilities: of the classes, by both, each (classes,).
        answer: class that the tuned one gives.
        contributions: of each token to that class's margin, by both, each (token,): what is lost when it is
            masked.
    """

    tokens: Tokens
    readings: tuple[Reading, Reading]
    heads: list[HeadChange]
    probabilities: tuple[np.ndarray, np.ndarray]
    answer: int
    contributions: tuple[np.ndarray, np.ndarray]


def load_tuned(checkpoint: Path, encoder: Encoder, began: Head) -> Tuned:
    """Load a fine-tuned encoder beside the one that it began as.

    Args:
        began: head that training began with.
    Raises: NoFineTuning if the checkpoint is gone, damaged, or of another encoder.
    """
    delta = Delta.from_checkpoint(checkpoint)
    network = delta.apply(encoder)
    first = nn.Linear(encoder.hidden, len(delta.classes))
    with torch.no_grad():
        first.weight.copy_(torch.from_numpy(began.weight))
        first.bias.copy_(torch.from_numpy(began.bias))
    for head in (first, network.head):
        head.requires_grad_(False)
    return Tuned(encoder, merge(network), (first, network.head), delta)


@dataclass(frozen=True, eq=False)
class Layers:
    """Sentences as an encoder reads them, layer by layer, and what it says of unrelated texts.

    Args:
        learned, asked: (layer + 1, text, hidden), of the first sentences of both parts.
    """

    learned: np.ndarray
    asked: np.ndarray
    unlearned: Likenesses


def read_parts(encoder: Encoder, sentences: Sentences) -> Layers:
    """Read the first sentences of both parts, layer by layer."""
    learned, asked = ([text for text, _ in part] for part in _parts(sentences))
    return Layers(read_layers(encoder, learned), read_layers(encoder, asked), measure_likenesses(encoder))


def _parts(sentences: Sentences) -> tuple[tuple[Sentence, ...], tuple[Sentence, ...]]:
    return sentences.learned[:PROBED], (sentences.tested or sentences.held)[:PROBED]


def measure_change(tuned: Tuned, sentences: Sentences, before: Layers, after: Layers) -> Change:
    """Measure what has changed of each layer, on the first sentences of both parts.

    Args:
        before, after: those sentences, as both encoders read them.
    """
    known, true = (np.array([label for _, label in part]) for part in _parts(sentences))
    probes = [
        probe_layers(each.learned, known, each.asked, true, len(sentences.classes))
        for each in (before, after)
    ]
    return Change(
        name_layers(tuned.before),
        measure_weights(tuned.before, tuned.after),
        compare_layers(before.asked, after.asked),
        (probes[0], probes[1]),
        (before.unlearned, after.unlearned),
    )


def read_sentence(tuned: Tuned, text: str) -> Read:
    """Read a sentence with both encoders, and see how attention, answer and contributions differ."""
    given = tokens(tuned.before, text)
    encoders = (tuned.before, tuned.after)
    one, other = (read(each, given) for each in encoders)
    probabilities = [
        torch.softmax(head(torch.from_numpy(reading.hidden[-1].mean(0))), 0).numpy()
        for head, reading in zip(tuned.heads, (one, other), strict=True)
    ]
    answer = int(probabilities[1].argmax())
    contributions = []
    for encoder, head in zip(encoders, tuned.heads, strict=True):
        asked = answer_for(encoder, head, "mean", answer)
        value = answers.value(asked, encoder, given)
        contributions.append(value - without_tokens(asked, encoder, given, lambda share: None))
    return Read(
        given,
        (one, other),
        rank_heads(one, other),
        (probabilities[0], probabilities[1]),
        answer,
        (contributions[0], contributions[1]),
    )


def likeness_rows(unlearned: tuple[Likenesses, Likenesses]) -> list[tuple[str, float, float]]:
    """Likenesses before and after: of “bank” in one sense, in two, and of each unrelated pair."""
    before, after = unlearned
    rows = [
        ("“bank” in the same sense", before.same_sense, after.same_sense),
        ("“bank” of a river and “bank” with the money", before.other_sense, after.other_sense),
    ]
    pairs = zip(UNRELATED, before.unrelated, after.unrelated, strict=True)
    return rows + [(f"{one} · {other}", float(old), float(new)) for (one, other), old, new in pairs]
