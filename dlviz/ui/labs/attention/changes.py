"""Changes to attention in the Self-attention lab: mask and scale, and a learner's interventions."""

from dataclasses import dataclass

import numpy as np

from dlviz.attention.interventions import causal, drop_heads, hide, set_weight, unscaled
from dlviz.trace import Edits, combined
from dlviz.ui.labs.attention.sequences import TokenSequence
from dlviz.ui.labs.attention.state import State


@dataclass(frozen=True)
class Changes:
    """A setting of attention, and interventions in it.

    Args:
        causal: no token looks at what comes later.
        scaled: scores are divided by √head_dim.
        off: heads that are switched off.
        hidden: tokens that no other may look at.
        weight: head, query, key and the value of one weight.
    """

    causal: bool = False
    scaled: bool = True
    off: tuple[int, ...] = ()
    hidden: tuple[int, ...] = ()
    weight: tuple[int, int, int, float] | None = None

    @property
    def intervened(self) -> bool:
        """True if anything is changed but the mask and the scale, which are settings."""
        return bool(self.off or self.hidden or self.weight)

    def visible(self, seq: int) -> np.ndarray:
        """(query, key) bool: the tokens that each may look at."""
        allowed = np.tril(np.ones((seq, seq), bool)) if self.causal else np.ones((seq, seq), bool)
        allowed[:, list(self.hidden)] = False
        return allowed

    def edits(self, name: str, head_dim: int, seq: int) -> Edits:
        """Edits for a trace, of the attention that records under `name`."""
        set_one: Edits = {}
        if self.weight:
            query = self.weight[1]
            keys = np.flatnonzero(self.visible(seq)[query]).tolist()
            set_one = set_weight(name, *self.weight, keys=keys)
        return combined(
            {} if self.scaled else unscaled(name, head_dim),
            causal(name) if self.causal else {},
            hide(name, self.hidden) if self.hidden else {},
            set_one,
            drop_heads(name, self.off) if self.off else {},
        )


def possible_changes(sequence: TokenSequence, heads: int, state: State) -> tuple[Changes, list[str]]:
    """The changes that a learner wants, as far as they can be made, and a sentence on each that cannot.

    Args:
        heads: of the attention that is changed.
    """
    seq, refusals = len(sequence), []
    off = tuple(head for head in state.off if head < heads)
    hidden = tuple(token for token in state.hidden if token < seq)
    changes = Changes(state.causal, state.scaled, off, hidden)
    blind = [at for at, row in enumerate(changes.visible(seq)) if not row.any()]
    if blind:
        who = sequence.name(blind[0])
        refusals.append(f"Nothing would be left for {who} to look at, so no token is masked.")
        changes = Changes(state.causal, state.scaled, off)
    query, key = state.query, state.key
    if not state.edit or max(query, key) >= seq or state.edit_head >= heads:
        return changes, refusals
    row = changes.visible(seq)[query]
    who, whom = sequence.name(query), sequence.name(key)
    if not row[key]:
        refusals.append(f"{who} may not look at {whom}: that weight is masked, and stays 0.")
    elif row.sum() == 1:
        refusals.append(f"{who} can look at one token alone: that weight stays 1.")
    else:
        weight = (state.edit_head, query, key, state.weight / 100)
        changes = Changes(changes.causal, changes.scaled, changes.off, changes.hidden, weight)
    return changes, refusals
