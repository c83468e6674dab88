"""Interventions on a recurrent network, as edits for a trace. `trace.combined` puts several together."""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from dlviz.trace import Edits


def hold(
    layer: str, gate: str, value: float, steps: Iterable[int], units: Sequence[int] | None = None
) -> Edits:
    """Hold a gate such as "forget_gate" at a value at these steps, for all units or some."""
    chosen = slice(None) if units is None else list(units)

    def edit(tensor: Tensor) -> Tensor:
        tensor = tensor.clone()
        tensor[:, chosen] = value
        return tensor

    return {f"{layer}.{gate}.{step}": edit for step in steps}


def zero_unit(layer: str, unit: int, steps: Iterable[int]) -> Edits:
    """Set one unit's hidden state to 0 at these steps."""
    return hold(layer, "hidden", 0.0, steps, [unit])


def cut(layer: str, step: int, has_cell: bool = True) -> Edits:
    """Set all that a layer carries over from a step to 0: its hidden and, if it has one, its cell state."""
    kinds = ("cell", "hidden") if has_cell else ("hidden",)
    return {f"{layer}.{kind}.{step}": torch.zeros_like for kind in kinds}
