"""Changes that fine-tuning has made inside an encoder: in weights, vectors, attention and answers."""

import dlviz.vision_operators  # noqa: F401, I001  (before transformers)

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from dlviz.encoders.answers import Answer
from dlviz.encoders.loading import Encoder
from dlviz.encoders.reading import Reading
from dlviz.finetuning.network import BATCH, tokenise
from dlviz.finetuning.pooling import choose_layers, choose_pooling, pool_mean
from dlviz.finetuning.texts import pad, sort_by_length
from dlviz.probes import fit_probe
from dlviz.transfer.changes import linear_cka


@dataclass(frozen=True)
class HeadChange:
    """A head, and how much of its attention has moved.

    Args:
        layer, head: counted from 0.
        moved: share of its attention that goes to other tokens than before, in [0, 1].
    """

    layer: int
    head: int
    moved: float


def name_layers(encoder: Encoder) -> tuple[str, ...]:
    """Names of what gives a token's vector, from the bottom: the embeddings, and each layer from 1 on."""
    return ("embeddings", *(f"layer {number}" for number in range(1, encoder.layers + 1)))


def measure_weights(before: Encoder, after: Encoder) -> np.ndarray:
    """Measure ‖ΔW‖ / ‖W‖ of the embeddings and of each layer, all their numbers together: (layer + 1,)."""
    old, new = before.model.state_dict(), after.model.state_dict()
    starts = ["embeddings.", *(f"encoder.layer.{at}." for at in range(before.layers))]
    found = []
    for start in starts:
        names = [name for name in old if name.startswith(start) and old[name].is_floating_point()]
        moved = sum(float((new[name].double() - old[name].double()).square().sum()) for name in names)
        found.append((moved / sum(float(old[name].double().square().sum()) for name in names)) ** 0.5)
    return np.array(found)


@torch.inference_mode()
def read_layers(encoder: Encoder, texts: Sequence[str]) -> np.ndarray:
    """Mean vector of each text's tokens below the first layer and after each: (layer + 1, text, hidden)."""
    numbers = tokenise(encoder, texts)
    vectors = np.empty((encoder.layers + 1, len(texts), encoder.hidden), np.float32)
    for rows in sort_by_length(numbers, BATCH):
        ids, mask = pad([numbers[row] for row in rows.tolist()])
        said = encoder.model(input_ids=ids, attention_mask=mask, output_hidden_states=True)
        for layer, tokens in enumerate(said.hidden_states):
            vectors[layer, rows.numpy()] = pool_mean(tokens, mask).numpy()
    return vectors


def compare_layers(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Compare the texts' vectors (layer + 1, text, hidden) of two encoders by linear CKA: (layer + 1,)."""
    return np.array([linear_cka(*pair) for pair in zip(before, after, strict=True)])


def probe_layers(
    vectors: np.ndarray, labels: np.ndarray, held: np.ndarray, held_labels: np.ndarray, classes: int
) -> np.ndarray:
    """Held-out texts that a linear probe of each layer names right: (layer + 1, text), bool.

    Args:
        vectors, held: (layer + 1, text, hidden), to fit to and to measure on.
        labels, held_labels: (text,) int64.
    """
    found = []
    for learned, measured in zip(vectors, held, strict=True):
        probe = fit_probe(torch.from_numpy(learned), torch.from_numpy(labels), classes)
        found.append(probe.classify(torch.from_numpy(measured)).numpy() == held_labels)
    return np.array(found)


def rank_heads(before: Reading, after: Reading) -> list[HeadChange]:
    """Rank the heads by how much their attention for the same tokens has moved, the most first.

    Moved is half the sum of the absolute differences of a query's weights, on average over the queries.
    """
    moved = np.abs(after.attention - before.attention).sum(axis=-1).mean(axis=-1) / 2  # (layer, head)
    order = np.argsort(-moved, axis=None, kind="stable")
    places = [divmod(int(at), moved.shape[1]) for at in order]
    return [HeadChange(layer, head, float(moved[layer, head])) for layer, head in places]


def answer_for(encoder: Encoder, head: nn.Linear, pooling: str, label: int) -> Answer:
    """Make an answer that tokens can be asked about: a class's logit minus the mean of the others."""
    pool = choose_pooling(pooling, encoder.model)

    def answer(**given: Tensor) -> Tensor:
        said = encoder.model(**given, output_hidden_states=True)
        logits = head(pool(choose_layers(pooling, said), given["attention_mask"]))
        others = (logits.sum(1) - logits[:, label]) / max(1, logits.shape[1] - 1)
        return logits[:, label] - others

    return answer
