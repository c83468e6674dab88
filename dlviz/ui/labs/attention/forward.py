"""One pass of attention, as the learner has set it up, beside the same without what they have changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.labs.attention.inputs import Source, bert
from dlviz.ui.labs.attention.state import LAB, get
from dlviz.ui.runs import digit_transformer
from dlviz.ui.server import model_cache

if TYPE_CHECKING:
    from torch import Tensor, nn

    from dlviz.attention.steps import Steps
    from dlviz.models import SelfAttention
    from dlviz.trace import Edits
    from dlviz.ui.runs.loaded_network import LoadedNetwork


@dataclass(frozen=True)
class Changes:
    """What the learner does to attention, as far as it can be done.

    Args:
        causal: nobody looks at what comes later.
        scaled: scores are divided by √head_dim.
        off: heads that are switched off.
        hidden: tokens that nobody may look at.
        weight: head, query, key and the value of one weight.
    """

    causal: bool = False
    scaled: bool = True
    off: tuple[int, ...] = ()
    hidden: tuple[int, ...] = ()
    weight: tuple[int, int, int, float] | None = None

    def edits(self, name: str, head_dim: int, seq: int) -> Edits:
        """As the trace wants them."""
        from dlviz.attention.interventions import causal, drop_heads, hide, set_weight, unscaled
        from dlviz.trace import combined

        return combined(
            {} if self.scaled else unscaled(name, head_dim),
            causal(name) if self.causal else {},
            hide(name, self.hidden) if self.hidden else {},
            set_weight(name, *self.weight, keys=self._seen(seq)) if self.weight else {},
            drop_heads(name, self.off) if self.off else {},
        )

    def visible(self, seq: int) -> np.ndarray:
        """(query, key) bool: who may look at whom."""
        allowed = np.tril(np.ones((seq, seq), bool)) if self.causal else np.ones((seq, seq), bool)
        allowed[:, list(self.hidden)] = False
        return allowed

    def _seen(self, seq: int) -> list[int]:
        """Whom the query of the changed weight may look at."""
        assert self.weight
        return np.flatnonzero(self.visible(seq)[self.weight[1]]).tolist()

    @property
    def intervened(self) -> bool:
        """Whether anything is changed but the mask and the scale, which are settings."""
        return bool(self.off or self.hidden or self.weight)


@dataclass(frozen=True, eq=False)
class Run:
    """One pass.

    Args:
        attention: the layer that is looked into; name: of its records.
        steps: its steps; untouched: those without the intervention (the same if there is none).
        patterns: of all layers, (head, query, key) each.
        scales: (head, query, key) under the same mask with the division by √head_dim, and without (False).
        logits, logits_before: a digit's, with and without the intervention.
        head: the one that is looked at.
        network: all of it, where it reads a digit.
    """

    source: Source
    attention: SelfAttention
    changes: Changes
    steps: Steps
    untouched: Steps
    patterns: list[np.ndarray]
    scales: Mapping[bool, np.ndarray]
    head: int
    logits: np.ndarray | None = None
    logits_before: np.ndarray | None = None
    network: LoadedNetwork | None = None

    @property
    def pinned(self) -> int:
        """The token whose row is looked at, or −1."""
        return get("pin") if get("pin") < len(self.source) else -1

    @property
    def moves(self) -> np.ndarray:
        """(seq,): how far the intervention has moved each output, as a share of its length."""
        from dlviz.attention.steps import moved

        return moved(self.untouched.out, self.steps.out)


@dataclass(frozen=True, eq=False)
class Pass:
    """How attention is computed: the whole network, its input, and where in it the attention is."""

    source: Source
    network: nn.Module
    attention: SelfAttention
    x: Tensor
    name: str
    of: LoadedNetwork | None = None

    def __call__(self, changes: Changes) -> Run:
        """The pass with these changes, beside the one without the intervention."""
        setting = Changes(changes.causal, changes.scaled)
        output, record = self._traced(changes)
        before, plain = (output, record) if changes == setting else self._traced(setting)
        of_digit = self.source.digit is not None
        return Run(
            self.source,
            self.attention,
            changes,
            self._steps(record),
            self._steps(plain),
            [values[0] for name, values in record.items() if name.endswith("attention.pattern")],
            {scaled: self._pattern(changes, scaled) for scaled in (True, False)},
            min(get("head"), self.attention.heads - 1),
            output[0].numpy() if of_digit else None,
            before[0].numpy() if of_digit else None,
            self.of,
        )

    def _traced(self, changes: Changes) -> tuple[Tensor, Mapping[str, np.ndarray]]:
        from dlviz.trace import trace

        edits = changes.edits(self.name, self.attention.head_dim, len(self.source))
        return trace(self.network, self.x, edits)

    def _pattern(self, changes: Changes, scaled: bool) -> np.ndarray:
        masked = Changes(changes.causal, scaled, hidden=changes.hidden)
        return self._traced(masked)[1][f"{self.name}.pattern"][0]

    def _steps(self, record: Mapping[str, np.ndarray]) -> Steps:
        from dlviz.attention.steps import steps

        block = self.name.removesuffix(".attention")
        x = record[f"{block}.resid_pre"] if self.source.digit is not None else self.x.numpy()
        return steps(record, self.name, x)


def prepared(source: Source, size: int, heads: int) -> Pass:
    """The pass of words through one attention, or of a digit through all of DigitTransformer.

    Args:
        size, heads: of an attention with random weights.
    Raises: BadWeights.
    """
    return _of_digit(source) if source.digit is not None else _of_words(source, size, heads)


def _of_digit(source: Source) -> Pass:
    import torch

    from dlviz.data.digits import normalise
    from dlviz.models import SelfAttention

    assert source.digit is not None
    network, name = digit_transformer.load_network(LAB), f"blocks.{get('block') - 1}.attention"
    attention = network.model.get_submodule(name)
    assert isinstance(attention, SelfAttention)
    x = normalise(torch.from_numpy(np.ascontiguousarray(source.digit, np.float32))[None])
    return Pass(source, network.model, attention, x, name, network)


def _of_words(source: Source, size: int, heads: int) -> Pass:
    attention = _trained() if get("weights") == "bert" else _untrained(size, heads)
    return Pass(source, attention, attention, _vectors(source, size), "attention")


def _trained() -> SelfAttention:
    from dlviz.encoders.self_attention import self_attention

    return self_attention(bert(), get("layer") - 1)


def _untrained(size: int, heads: int) -> SelfAttention:
    from dlviz.models import SelfAttention

    model = model_cache.untrained("SelfAttention", get("seed"), embed_size=size, heads=heads)
    assert isinstance(model, SelfAttention)
    return model


def _vectors(source: Source, size: int) -> Tensor:
    """(1, seq, embed): what enters."""
    import torch

    from dlviz.attention.vectors import random_vectors

    if source.read is None:
        return random_vectors(source.tokens, size, get("seed"))
    from dlviz.encoders.self_attention import entering

    if get("weights") == "bert":
        return entering(bert(), source.read, get("layer") - 1)
    with torch.inference_mode():
        return bert().model.get_input_embeddings()(torch.tensor([source.read.ids[1:-1]]))
