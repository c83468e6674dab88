"""Geometry of tokens and texts: two directions of a cloud of vectors, and cosines between them."""

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


def cosines(vectors: np.ndarray) -> np.ndarray:
    """Cosines of all pairs of vectors (count, size): (count, count)."""
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return unit @ unit.T


def cosine(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Cosines of the vectors of one (count, size) with the other's of the same place: (count,)."""
    sizes = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return (one * other).sum(axis=1) / np.maximum(sizes, 1e-12)
