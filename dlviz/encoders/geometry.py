"""Geometry of tokens and texts: two directions of a cloud of vectors, and cosines between them."""

import warnings

import numpy as np


def flattened(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Project vectors (count, size) on the two directions in which they differ most (PCA).

    Returns: points (count, 2), and the two shares (2,) of all variance that these directions show.
    """
    from sklearn.decomposition import PCA  # late: a second

    kept = min(2, *vectors.shape)
    if kept < 2 or not np.ptp(vectors, axis=0).any():
        return np.zeros((len(vectors), 2)), np.zeros(2)
    found = PCA(kept, svd_solver="full")
    points = found.fit_transform(vectors)
    # A direction has no sign of its own: the farthest point lies on its positive side, so pictures repeat.
    farthest = np.abs(points).argmax(axis=0)
    return points * np.sign(points[farthest, np.arange(kept)]), found.explained_variance_ratio_


def fixed_plane(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Project every layer's vectors (layer, count, size) on one plane, so that layers can be compared.

    The plane holds the two directions in which the vectors differ most, all layers taken together; each layer
    is first moved to its own mean and scaled to the same total variance, else the largest layer would decide.

    Returns: points (layer, count, 2), and the share (layer,) of each layer's variance that the plane shows.
    """
    moved = vectors - vectors.mean(axis=1, keepdims=True)
    sizes = np.sqrt((moved**2).sum(axis=(1, 2), keepdims=True))
    scaled = moved / np.maximum(sizes, 1e-12)
    layers, count, size = scaled.shape
    points, _ = flattened(scaled.reshape(layers * count, size))
    points = points.reshape(layers, count, 2)
    return points, (points**2).sum(axis=(1, 2))


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
