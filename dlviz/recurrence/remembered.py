"""Which past steps still matter: the gradient of the present state, or answer, with respect to each input."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from dlviz.recurrence.reading import names, recurrent
from dlviz.trace import Edit, recording

Target = Literal["hidden", "answer"]


def remembered(
    model: nn.Module, x: Tensor, step: int, of: Target = "hidden", edits: Mapping[str, Edit] | None = None
) -> np.ndarray:
    """The Frobenius norm of the Jacobian of the state, or the answer, at a step by each input up to it.

    Args:
        x: (1, seq, input).
        of: the last layer's hidden state, or what the head says of it.
        edits: of the trace, such as `interventions` makes them.
    Returns: (step + 1,) float32.
    Raises: IndexError if the sequence has no such step.
    """
    if not 0 <= step < x.shape[1]:
        raise IndexError(f"the sequence has no step {step}")
    head = model.get_submodule("fc")
    size = recurrent(model)[1].hidden_size if of == "hidden" else head.get_parameter("weight").shape[0]
    # Every entry of the state is one sequence of a batch, so that one pass back gives them all.
    inputs = x[:, : step + 1].detach().repeat(size, 1, 1).requires_grad_()
    edits = {name: edit for name, edit in (edits or {}).items() if int(name.rsplit(".", 1)[1]) <= step}
    with torch.enable_grad():
        last = _last(model, inputs, edits)
        target = last if of == "hidden" else head(last)
        (jacobian,) = torch.autograd.grad(target.diagonal().sum(), inputs)  # (size, step + 1, input)
    return jacobian.square().sum(dim=(0, 2)).sqrt().numpy()


def _last(model: nn.Module, inputs: Tensor, edits: Mapping[str, Edit]) -> Tensor:
    """The last layer's last hidden state (batch, hidden), by the fused layers where nothing is edited."""
    if not edits:
        return recurrent(model)[1](inputs)[0][:, -1]
    with recording(edits) as kept:
        model(inputs)
    return kept[f"{names(model)[-1]}.hidden.{inputs.shape[1] - 1}"]
