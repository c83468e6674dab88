"""Forward pass of the Self-attention lab, beside the same one without the learner's interventions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from dlviz.attention.steps import Steps, moved, steps
from dlviz.attention.vectors import random_vectors
from dlviz.data.digits import normalise
from dlviz.trace import trace
from dlviz.ui.labs.attention.changes import Changes
from dlviz.ui.labs.attention.networks import AttentionNetwork
from dlviz.ui.labs.attention.sequences import TokenSequence, load_bert
from dlviz.ui.labs.attention.state import State


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """A sequence through self-attention.

    Args:
        steps: of the attention, in order; `untouched`: those without the intervention.
        patterns: (head, query, key) of each layer of the network.
        scales: (head, query, key) under the same mask with the division by √head_dim (True), and without.
        head: the one that is looked at.
        pinned: the token whose row is looked at, or −1.
        logits, logits_before: (classes,) of a digit, with and without the intervention; None for words.
    """

    network: AttentionNetwork
    sequence: TokenSequence
    changes: Changes
    steps: Steps
    untouched: Steps
    patterns: list[np.ndarray]
    scales: Mapping[bool, np.ndarray]
    head: int
    pinned: int
    logits: np.ndarray | None = None
    logits_before: np.ndarray | None = None

    @property
    def moves(self) -> np.ndarray:
        """(seq,): how far the intervention has moved each output, as a share of its length."""
        return moved(self.untouched.out, self.steps.out)


def forward(
    network: AttentionNetwork, sequence: TokenSequence, changes: Changes, state: State
) -> ForwardPass:
    """A pass of words through one attention, or of a digit through all of DigitTransformer."""
    x = network_input(network, sequence, state)
    attention, name = network.attention, network.name

    def trace_with(changes: Changes) -> tuple[np.ndarray, Mapping[str, np.ndarray]]:
        output, record = trace(network.model, x, changes.edits(name, attention.head_dim, len(sequence)))
        return output[0].numpy(), record

    def steps_of(record: Mapping[str, np.ndarray]) -> Steps:
        if sequence.digit is None:
            return steps(record, name, x.numpy())
        return steps(record, name, record[f"{name.removesuffix('.attention')}.resid_pre"])

    setting = Changes(changes.causal, changes.scaled)
    output, record = trace_with(changes)
    output_before, record_before = (output, record) if changes == setting else trace_with(setting)
    masked = replace(changes, off=(), weight=None)
    return ForwardPass(
        network,
        sequence,
        changes,
        steps_of(record),
        steps_of(record_before),
        [values[0] for key, values in record.items() if key.endswith("attention.pattern")],
        {
            scaled: trace_with(replace(masked, scaled=scaled))[1][f"{name}.pattern"][0]
            for scaled in (True, False)
        },
        min(state.head, attention.heads - 1),
        state.pin if state.pin < len(sequence) else -1,
        None if sequence.digit is None else output,
        None if sequence.digit is None else output_before,
    )


def network_input(network: AttentionNetwork, sequence: TokenSequence, state: State) -> Tensor:
    """A digit (1, 1, 28, 28), normalised; else the vectors (1, seq, embed) that enter the attention."""
    if sequence.digit is not None:
        return normalise(torch.from_numpy(np.ascontiguousarray(sequence.digit, np.float32))[None])
    if sequence.encoded is None:
        return random_vectors(sequence.tokens, network.attention.queries.in_features, state.seed)
    if network.trained:
        from dlviz.encoders.self_attention import entering

        return entering(load_bert(), sequence.encoded, state.layer - 1)
    with torch.inference_mode():
        return load_bert().model.get_input_embeddings()(torch.tensor([sequence.encoded.ids[1:-1]]))
