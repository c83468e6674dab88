"""Networks whose numbers have outgrown single precision: noticed in the forward pass, told in a sentence."""

import torch
from torch import Tensor, nn

from dlviz.weights import BadWeights

LARGEST = 1e15  # squares of such numbers, and sums of these, still fit in single precision
GROWN = "grow so large, beyond 10¹⁵, that its answers no longer mean anything"


def problem(model: nn.Module) -> str:
    """Say what is wrong with some of a network's weights; empty if all can be computed with."""
    if not all(bool(values.isfinite().all()) for values in model.state_dict().values()):
        return "no longer numbers"
    if not all(_fits(values) for values in model.parameters()):
        return "beyond 10¹⁵, too large to compute with"
    return ""


def noticed(model: nn.Module) -> nn.Module:
    """Make a network raise BadWeights wherever the output of a layer is too large, and return it.

    That depends on the input. Every layer with weights is looked at, not the answer alone: after an
    overflow a ReLU or a norm may well give numbers again. One network still serves many threads.
    """
    for layer in model.modules():
        if next(layer.parameters(recurse=False), None) is not None:
            layer.register_forward_hook(_look)
    return model


def _look(_layer: nn.Module, _given: tuple, output: Tensor | tuple[Tensor, ...]) -> None:
    if not _fits(output if isinstance(output, Tensor) else output[0]):
        raise BadWeights(f"Inside this network numbers {GROWN}.")


def _fits(values: Tensor) -> bool:
    # What is no number is not below anything either.
    return bool(torch.all(values.detach().abs() <= LARGEST))
