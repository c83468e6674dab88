"""Forward pass of the Gradients lab: three networks read a sequence, the gradient goes back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from dlviz.ui.labs.gradients.state import State
from dlviz.ui.server import model_cache

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from torch import nn

    from dlviz.recurrence.gradients import Flow

KINDS = ("RNN", "LSTM", "GRU")


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """One sequence through three networks, and its loss's gradient back to the first step.

    Args:
        flows: RNN, LSTM and GRU -> their gradients.
    """

    flows: Mapping[str, Flow]

    @property
    def shares(self) -> dict[str, float]:
        """Share of the last step's gradient that arrives at the first step, in each network."""
        return {kind: _share(flow.hidden) for kind, flow in self.flows.items()}

    @property
    def ways(self) -> dict[str, float]:
        """Share that arrives by each way back: of ∂L/∂h in each network, and of ∂L/∂c in the LSTM’s cell."""
        ways = {}
        for kind, flow in self.flows.items():
            ways[kind] = _share(flow.hidden)
            if flow.cell is not None:
                ways[f"{kind}’s cell"] = _share(flow.cell)
        return ways

    @property
    def back(self) -> int:
        """Number of steps from the last to the first."""
        return len(self.flows[KINDS[0]].hidden) - 1


def _share(norms: np.ndarray) -> float:
    """First of the norms (steps,) as a share of the last."""
    return float(norms[0] / norms[-1]) if norms[-1] else 0.0


@lru_cache(maxsize=64)
def forward(state: State) -> ForwardPass:
    """Let the three networks read the same sequence of the memory task: one symbol, then noise.

    Raises: BadWeights if trained weights are missing or damaged.
    """
    from dlviz.data import memory
    from dlviz.recurrence.gradients import flow

    x, target = memory.sequences(1, state.steps - 1, state.seed)  # (1, steps, symbols)
    return ForwardPass({kind: flow(network(kind, state), x, int(target)) for kind in KINDS})


def network(kind: str, state: State) -> nn.Module:
    """One of the three networks: the RNN with its gain, the LSTM with its forget gates' bias.

    Raises: BadWeights if trained weights are missing or damaged.
    """
    from dlviz.recurrence.gradients import untrained, with_forget_bias, with_gain

    if state.weights == "trained":
        model = model_cache.trained(f"memory_{kind.lower()}")
    else:
        model = untrained(kind, state.hidden, state.seed)
    if kind == "LSTM" and state.bias is not None:
        model = with_forget_bias(model, state.bias)
    return with_gain(model, state.gain) if kind == "RNN" and state.gain != 1 else model
