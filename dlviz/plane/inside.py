"""Every hidden unit of a network over points of the plane, with weights changed and units switched off."""

from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from dlviz.plane.networks import PlaneNetwork


@dataclass(frozen=True, eq=False)
class Hidden:
    """Sums and outputs of all hidden units at some points.

    Args:
        sums: (points, units) float32, before the activation.
        made: (points, units) float32, what they pass on: 0 of a unit that is off.
        logits: (points,) float32 of class 1.
    """

    sums: np.ndarray
    made: np.ndarray
    logits: np.ndarray


def count_units(network: PlaneNetwork) -> int:
    """Count the units of each hidden layer."""
    return next(layer.out_features for layer in network if isinstance(layer, nn.Linear))


def change_weights(network: PlaneNetwork, weights: Mapping[int, float]) -> PlaneNetwork:
    """Copy a network with some parameters changed.

    Args:
        weights: place among the parameters, in PyTorch's order -> value; other places are left out.
    """
    changed = deepcopy(network)
    values = parameters_to_vector(network.parameters()).detach().clone()
    for place, value in weights.items():
        if place < len(values):
            values[place] = value
    vector_to_parameters(values, changed.parameters())
    return changed


def switch_off(network: PlaneNetwork, off: Collection[int]) -> PlaneNetwork:
    """Copy a network in which some units do nothing: neither their own weights nor what reads them count.

    Args:
        off: units, counted through all hidden layers from 0.
    """
    changed = deepcopy(network)
    linear = [layer for layer in changed if isinstance(layer, nn.Linear)]
    width = count_units(network)
    with torch.no_grad():
        for unit in off:
            layer, own = divmod(unit, width)
            if layer < len(linear) - 1:
                linear[layer].weight[own] = 0
                linear[layer].bias[own] = 0
                linear[layer + 1].weight[:, own] = 0
    return changed


@torch.inference_mode()
def trace_units(network: PlaneNetwork, xy: np.ndarray, off: Collection[int] = ()) -> Hidden:
    """Compute all hidden units at points (count, 2) float32, some of them switched off."""
    x = torch.from_numpy(xy)
    sums: list[Tensor] = []
    made: list[Tensor] = []
    for layer in network:
        if isinstance(layer, nn.Linear):
            sums.append(layer(x))
            x = sums[-1]
        else:
            first = sum(each.shape[1] for each in made)
            x = layer(x).clone()
            x[:, [unit - first for unit in off if first <= unit < first + x.shape[1]]] = 0
            made.append(x)
    return Hidden(torch.cat(sums[:-1], 1).numpy(), torch.cat(made, 1).numpy(), sums[-1][:, 0].numpy())
