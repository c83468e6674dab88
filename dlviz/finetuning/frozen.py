"""Frozen arms: every text through the encoder once, and then a head for each pooling, solved at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from time import perf_counter

import numpy as np
import torch
from torch import Tensor, nn

from dlviz.encoders.loading import Encoder
from dlviz.finetuning.learning import DECAY
from dlviz.finetuning.network import BATCH, tokenise
from dlviz.finetuning.pooling import POOLINGS, choose_layers, choose_pooling
from dlviz.finetuning.texts import pad, sort_by_length
from dlviz.transfer.heads import solve_head


@dataclass(frozen=True, eq=False)
class Pooled:
    """Texts as a frozen encoder has read them.

    Args:
        features: pooling -> (text, hidden) float32, as far as the encoder has such a pooling.
        tokens, seconds: of all that their reader has read so far, by which its pace is known.
    """

    features: Mapping[str, np.ndarray]
    tokens: int
    seconds: float


class Reader:
    """Reads texts with one frozen encoder, each once, and keeps those that were asked for last.

    Several threads may ask at once: they take turns, batch by batch, and none reads what another has read.

    Args:
        kept: number of texts that are kept at the most.
    """

    def __init__(self, encoder: Encoder, kept: int = 4_000) -> None:
        has_pooler = isinstance(getattr(encoder.model, "pooler", None), nn.Module)
        names = [name for name in POOLINGS if name != "pooler" or has_pooler]
        self.encoder, self.kept = encoder, kept
        self.pools = {name: choose_pooling(name, encoder.model) for name in names}
        self.tokens, self.seconds = 0, 0.0  # of all that was read
        self._read: dict[str, dict[str, np.ndarray]] = {}  # text -> pooling -> (hidden,)
        self._turn = Lock()

    def read(self, texts: Sequence[str], report: Callable[[float], object] = lambda share: None) -> Pooled:
        """Read texts, and pool each in every way.

        Args:
            report: told the share that is read, after each batch; if it raises, what is read stays.
        """
        found = {text: self._read[text] for text in set(texts) if text in self._read}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        numbers = tokenise(self.encoder, missing) if missing else []
        for done, rows in enumerate(batches := sort_by_length(numbers, BATCH) if missing else []):
            report(done / len(batches))
            found |= self._read_batch({missing[row]: numbers[row] for row in rows.tolist()})
        with self._turn:
            for text in dict.fromkeys(texts):  # those asked for last stand last
                self._read.pop(text, None)
                self._read[text] = found[text]
            for text in [*self._read][: -self.kept]:
                del self._read[text]
        features = {name: np.stack([found[text][name] for text in texts]) for name in self.pools}
        return Pooled(features, self.tokens, self.seconds)

    @torch.inference_mode()
    def _read_batch(self, batch: Mapping[str, Tensor]) -> dict[str, dict[str, np.ndarray]]:
        with self._turn:
            asked = {text: numbers for text, numbers in batch.items() if text not in self._read}
            if asked:
                began = perf_counter()
                ids, mask = pad([*asked.values()])
                said = self.encoder.model(input_ids=ids, attention_mask=mask, output_hidden_states=True)
                pooled = {
                    name: pool(choose_layers(name, said), mask).numpy() for name, pool in self.pools.items()
                }
                for row, text in enumerate(asked):
                    self._read[text] = {name: each[row] for name, each in pooled.items()}
                self.tokens += sum(map(len, asked.values()))
                self.seconds += perf_counter() - began
            return {text: self._read[text] for text in batch}


def read_pooled(encoder: Encoder, texts: Sequence[str]) -> Pooled:
    """Read texts once, and pool each in every way."""
    return Reader(encoder, max(1, len(texts))).read(texts)


def try_heads(
    learned: Pooled, labels: Sequence[int], tested: Pooled, wanted: Sequence[int], classes: int
) -> dict[str, np.ndarray]:
    """Solve a head for each pooling, and test it: pooling -> (text,) bool, texts named right.

    Args:
        labels, wanted: classes of the texts that are learned from, and of those tested on.
    """
    found = {}
    for name, features in learned.features.items():
        head = solve_head(features, np.array(labels), classes, DECAY)
        found[name] = head.logits(tested.features[name]).argmax(axis=1) == np.array(wanted)
    return found
