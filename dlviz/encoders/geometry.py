"""Geometry of tokens and texts: one plane for the vectors of all layers, and cosines between them."""

import warnings
from collections.abc import Sequence

import numpy as np


def fixed_plane(vectors: np.ndarray, places: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Project every layer's vectors (layer, count, size) on one plane, so that layers can be compared.

    The plane holds the two directions in which the vectors at some places differ most (PCA), all layers taken
    together; in each layer their mean is the origin.

    Args:
        places: of the vectors that decide, at least one.
    Returns: points (layer, count, 2), and the shares (layer,) of the deciding vectors' variance that the
        plane shows; 0 where they do not differ.
    """
    moved = vectors - vectors[:, places].mean(axis=1, keepdims=True)
    deciding = moved[:, places]
    _, _, directions = np.linalg.svd(deciding.reshape(-1, vectors.shape[-1]), full_matrices=False)
    points = np.zeros((*vectors.shape[:2], 2))
    points[..., : len(directions)] = moved @ directions[:2].T
    # A direction has no sign of its own: the farthest point lies on its positive side, so pictures repeat.
    flat = points.reshape(-1, 2)
    farthest = flat[np.abs(flat).argmax(axis=0), [0, 1]]
    points *= np.where(farthest < 0, -1, 1)
    whole = (deciding**2).sum(axis=(1, 2))
    return points, (points[:, places] ** 2).sum(axis=(1, 2)) / np.maximum(whole, 1e-12)


def mean_cosines(vectors: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean cosine of pairs of vectors (layer, count, size) within a group, and across two, in each layer.

    Args:
        groups: (count,), a number for each vector's group.
    Returns: within (layer,) and across (layer,); not a number where there is no such pair.
    """
    same = groups[:, None] == groups
    pair = np.triu(np.ones_like(same), 1)
    tables = np.stack([cosines(each) for each in vectors])  # (layer, count, count)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the mean of nothing
        return tables[:, pair & same].mean(axis=1), tables[:, pair & ~same].mean(axis=1)


def cosines(vectors: np.ndarray) -> np.ndarray:
    """Cosines of all pairs of vectors (count, size): (count, count)."""
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return unit @ unit.T


def cosine(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Cosines of the vectors of one (count, size) with the other's of the same place: (count,)."""
    sizes = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return (one * other).sum(axis=1) / np.maximum(sizes, 1e-12)
