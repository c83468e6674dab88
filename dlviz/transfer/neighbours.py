"""Likeness of pictures, by their raw pixels and by a backbone's features."""

from collections.abc import Sequence

import numpy as np
import torch

from dlviz.data.pictures import crop_square
from dlviz.encoders.geometry import fixed_plane

SMALL = 32  # pixels: finer detail only moves the same picture away from itself


def compute_pixels(pictures: Sequence[np.ndarray], side: int = SMALL) -> np.ndarray:
    """Raw colours (count, side · side · 3) float32 in [0, 1] of pictures (height, width, 3), made small."""
    small = [crop_square(picture, side).ravel() for picture in pictures]
    return np.array(small, np.float32).reshape(len(small), side * side * 3) / 255


def find_nearest(vectors: np.ndarray, place: int, count: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Find the vectors (n, size) nearest to one of them: their places (count,), and distances (count,).

    The nearest comes first, of equals the first; with fewer than `count` others there are fewer.
    """
    distances = np.linalg.norm(vectors - vectors[place], axis=1)
    order = np.argsort(distances, kind="stable")
    order = order[order != place][:count]
    return order, distances[order]


def find_all_nearest(vectors: np.ndarray, bursts: np.ndarray, count: int = 5) -> np.ndarray:
    """Find the vectors nearest to each (n, size): their places (n, count), −1 where there are fewer.

    A vector of the same burst is no neighbour: it is of a near copy.

    Args:
        bursts: (n,) the burst of each.
    """
    x = torch.from_numpy(vectors).double()  # PyTorch keeps to the threads that it was given
    distances = torch.cdist(x, x).numpy()
    distances[bursts[:, None] == bursts] = np.inf
    order = np.argsort(distances, axis=1, kind="stable")[:, :count]
    found = np.full((len(vectors), count), -1)
    near = np.take_along_axis(distances, order, axis=1)
    found[:, : order.shape[1]] = np.where(np.isfinite(near), order, -1)
    return found


def project_on_plane(vectors: np.ndarray) -> tuple[np.ndarray, float]:
    """Project vectors (count, size) on the plane in which they differ most (PCA).

    Returns: points (count, 2), and the share of the variance that the plane shows.
    """
    points, shares = fixed_plane(vectors[None].astype(np.float64), range(len(vectors)))
    return points[0], float(shares[0])
