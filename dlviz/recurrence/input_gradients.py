"""Gradients of the present hidden state, or answer, with respect to each past input."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from dlviz.recurrence.reading import names
from dlviz.trace import Edit, recording

Target = Literal["hidden", "answer"]


def remembered(
    model: nn.Module,
    x: Tensor,
    step: int,
    of: Target = "hidden",
    edits: Mapping[str, Edit] | None = None,
    back: int | None = None,
) -> np.ndarray:
    """Frobenius norm of the Jacobian of the hidden state, or the answer, at a step by each input up to it.

    Args:
        x: (1, seq, input) float32.
        of: the last layer's hidden state, or the head's answer to it.
        edits: of the trace, such as `interventions` makes them.
        back: number of steps that are looked at, up to this one; None looks at all.
    Returns: (steps,) float32; the last is the step itself.
    Raises: IndexError if the sequence has no such step.
    """
    if not 0 <= step < x.shape[1]:
        raise IndexError(f"the sequence has no step {step}")
    first = 0 if back is None else max(0, step + 1 - back)
    inputs = x[:, first : step + 1].detach().requires_grad_()
    edits = {name: edit for name, edit in (edits or {}).items() if int(name.rsplit(".", 1)[1]) <= step}
    with torch.enable_grad(), recording(edits) as kept:
        model(torch.cat([x[:, :first], inputs], dim=1))
        hidden = kept[f"{names(model)[-1]}.hidden.{step}"]
        target = (hidden if of == "hidden" else model.get_submodule("fc")(hidden))[0]
        # All rows of the Jacobian in one pass back: (size, 1, steps, input).
        each = torch.eye(len(target))
        (jacobian,) = torch.autograd.grad(target, inputs, each, is_grads_batched=True)
    return jacobian.square().sum(dim=(0, 1, 3)).sqrt().numpy()
