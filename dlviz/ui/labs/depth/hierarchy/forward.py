"""Neighbours of a picture, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlviz.ui.labs.depth.hierarchy.networks import Measurement

NEIGHBOURS = 6


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The training pictures that are nearest to a picture by a layer's values, the nearest first.

    Args:
        layer: title.
        pictures: (NEIGHBOURS, 28, 28) uint8.
        labels: (NEIGHBOURS,) their classes.
        distances: (NEIGHBOURS,) Euclidean.
    """

    layer: str
    pictures: np.ndarray
    labels: np.ndarray
    distances: np.ndarray


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """A picture on its way through the trained network.

    Args:
        answer: class that the network gives.
        neighbours: by its pixels and by each layer but the last.
    """

    answer: int
    neighbours: list[Neighbours]


def forward(measured: Measurement, pixels: np.ndarray) -> ForwardPass:
    """Read a picture (28, 28) in [0, 1], and find its neighbours among the pictures that are measured."""
    import torch

    from dlviz.data.digits import normalise
    from dlviz.probes import find_nearest, read_layers

    probes = measured.trained
    picture = normalise(torch.from_numpy(np.asarray(pixels, np.float32))[None])
    read = read_layers(probes.network, picture, probes.layers)  # layer -> (1, size)
    *layers, last = read
    neighbours = []
    for layer in layers:
        distances, places = (
            each[0].numpy() for each in find_nearest(probes.features[layer], read[layer], NEIGHBOURS)
        )
        neighbours.append(Neighbours(layer, measured.pictures[places], measured.labels[places], distances))
    return ForwardPass(int(read[last].argmax()), neighbours)
