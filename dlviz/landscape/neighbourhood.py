"""Random directions that fit the size of a network's weights, and the same network in another size."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from dlviz.batch_norm import norms
from dlviz.landscape.surface import Plane, flatten_weights

SPREAD = 0.05  # of each number of a direction that is not normalised, whatever the network
# Layers that give twice as much for twice as much.
HOMOGENEOUS = (nn.ReLU, nn.MaxPool2d, nn.Flatten, nn.Dropout, nn.Identity)


def draw_directions(network: nn.Module, seed: int, count: int = 2, *, normalised: bool = True) -> Tensor:
    """Draw random directions in the space of a network's weights.

    Every number comes from a normal distribution. Normalised, each filter of a direction (the numbers for the
    weights that lead to one channel or unit) is then as long as that filter of the network. Biases, and
    factors and shifts of norms, stay as they are: their numbers are 0.

    Args:
        normalised: false for numbers of spread `SPREAD`, whatever the network.
    Returns: (count, weights) float32, in the order of the network's parameters.
    Source: Li et al. 2018, "Visualizing the Loss Landscape of Neural Nets", section 4.
    """
    generator = torch.Generator().manual_seed(seed)
    directions = []
    for _ in range(count):
        parts = []
        for weight in network.parameters():
            if weight.dim() < 2:
                parts.append(torch.zeros(weight.numel()))
                continue
            own = weight.detach().flatten(1)  # (filters, weights of each)
            drawn = torch.randn(own.shape, generator=generator)
            length = own.norm(dim=1, keepdim=True) / drawn.norm(dim=1, keepdim=True) if normalised else SPREAD
            parts.append((drawn * length).flatten())
        directions.append(torch.cat(parts))
    return torch.stack(directions)


def random_plane(network: nn.Module, seed: int, *, normalised: bool = True) -> Plane:
    """The plane of two random directions around a network, as `draw_directions` draws them."""
    return Plane(flatten_weights(network), draw_directions(network, seed, normalised=normalised))


def draw_lines(network: nn.Module, seeds: Sequence[int], *, normalised: bool = True) -> Plane:
    """One random direction of each draw, the first of its plane: directions (draws, weights)."""
    lines = [draw_directions(network, seed, 1, normalised=normalised) for seed in seeds]
    return Plane(flatten_weights(network), torch.cat(lines))


def mean_by_distance(along: np.ndarray, losses: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take the mean of the losses at the same distance to both sides of a network.

    Args:
        along: (2 n + 1,) places along each line, even about 0 in the middle.
        losses: (draws, 2 n + 1).
    Returns: (n,) distances, the nearest first, and (draws, n) mean losses.
    """
    middle = len(along) // 2
    ahead, behind = losses[:, middle + 1 :], losses[:, middle - 1 :: -1]
    return along[middle + 1 :], (ahead + behind) / 2


def scalable_layers(model: nn.Module) -> dict[str, str | None]:
    """Find layers whose weights can grow without a change of what the network computes.

    A layer behind it can take the factor back, if between them are only layers that give twice as much for
    twice as much, such as ReLU. A batch norm takes any factor back by itself.

    Returns: name of each such layer -> name of that behind it; None where a batch norm follows.
    """
    found: dict[str, str | None] = {}
    for prefix, chain in model.named_modules():
        if not isinstance(chain, nn.Sequential):
            continue
        layers = [(f"{prefix}.{name}".lstrip("."), layer) for name, layer in chain.named_children()]
        deciding = [each for each in layers if not isinstance(each[1], HOMOGENEOUS)]
        for (name, layer), (after, following) in pairwise(deciding):
            if isinstance(layer, nn.Conv2d | nn.Linear):
                if isinstance(following, _BatchNorm):
                    found[name] = None
                elif isinstance(following, nn.Conv2d | nn.Linear):
                    found[name] = after
    return found


def rescale(model: nn.Module, factor: float) -> nn.Module:
    """Copy a network, other weights in it, that gives the very same answers.

    Each of its `scalable_layers` is multiplied by the factor, and the layer behind it divided by it. A factor
    that is a power of 2 changes no answer by a single bit, but for what batch norm adds to each variance.
    """
    twin, scaled = copy.deepcopy(model), scalable_layers(model)
    with torch.no_grad():
        for name, after in scaled.items():
            for part in twin.get_submodule(name).parameters():
                part.mul_(factor)
            if after:
                twin.get_submodule(after).get_parameter("weight").div_(factor)
        for norm, before in norms(twin).items():
            if before in scaled:
                twin.get_submodule(norm).get_buffer("running_mean").mul_(factor)
                twin.get_submodule(norm).get_buffer("running_var").mul_(factor**2)
    return twin
