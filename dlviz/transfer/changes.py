"""Changes that fine-tuning has made: of each layer's weights, and of its values for the same pictures."""

from collections.abc import Collection, Mapping

import numpy as np
import torch
from torch import Tensor, nn

from dlviz.trace import trace


def measure_weight_changes(before: Mapping[str, Tensor], after: Mapping[str, Tensor]) -> dict[str, float]:
    """Measure ‖ΔW‖ / ‖W‖ of each layer with a matrix or kernels of weights, by its name.

    Args:
        before, after: `state_dict`s of one network. Layers of another shape, as a new head is, are left out.
    """
    changes = {}
    for name, old in before.items():
        new = after.get(name)
        if name.endswith(".weight") and old.ndim > 1 and new is not None and new.shape == old.shape:
            change = torch.linalg.vector_norm(new.double() - old.double())
            changes[name.removesuffix(".weight")] = float(change / torch.linalg.vector_norm(old.double()))
    return changes


def have_equal_weights(before: Mapping[str, Tensor], after: Mapping[str, Tensor], layer: str) -> bool:
    """True if all parameters of a layer are the same, bit for bit."""
    own = [name for name in before if name.startswith(f"{layer}.")]
    return all(torch.equal(before[name], after[name]) for name in own)


def compare_layers(
    before: nn.Module, after: nn.Module, x: Tensor, names: Collection[str] = ()
) -> dict[str, float]:
    """Compare what two networks record of the same inputs (batch, …) by linear CKA, name by name.

    Args:
        names: that are compared; all that both record where it is empty.
    """
    (_, old), (_, new) = trace(before, x), trace(after, x)
    return {name: linear_cka(old[name], new[name]) for name in names or old if name in old and name in new}


def linear_cka(one: np.ndarray, other: np.ndarray) -> float:
    """Compare two layers' values (count, …) for the same inputs by linear CKA: 1 if alike but for a rotation.

    Not a number where a layer says the same of all inputs.

    Source: Kornblith et al. 2019, "Similarity of Neural Network Representations Revisited", section 3.
    """
    first, second = (_compare_inputs(values) for values in (one, other))
    sizes = np.linalg.norm(first) * np.linalg.norm(second)
    return float((first * second).sum() / sizes) if sizes > 0 else float("nan")


def _compare_inputs(values: np.ndarray) -> np.ndarray:
    """Products (count, count) of the inputs' values, each value less its mean over the inputs."""
    flat = values.reshape(len(values), -1).astype(np.float64)
    centred = flat - flat.mean(axis=0)
    return centred @ centred.T
