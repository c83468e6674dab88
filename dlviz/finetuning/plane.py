"""One fixed plane for texts' vectors while a network learns."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Plane:
    """A plane in the space of texts' vectors.

    Args:
        middle: (size,), a point of the plane.
        directions: (2, size), perpendicular and of length one; zeros where nothing differs.
        share: of the variance of the vectors that it was laid through, in [0, 1]; 0 where nothing differs.
    """

    middle: np.ndarray
    directions: np.ndarray
    share: float

    def project(self, features: np.ndarray) -> np.ndarray:
        """Project vectors (…, size) on the plane: points (…, 2)."""
        return (features - self.middle) @ self.directions.T


def find_fixed_plane(features: np.ndarray) -> Plane:
    """Find the plane in which the vectors before and after differ most (PCA).

    Args:
        features: (frames, texts, size); the first and the last frame decide, together.
    """
    deciding = features[[0, -1]].reshape(-1, features.shape[-1]).astype(np.float64)
    middle = deciding.mean(axis=0)
    _, _, found = np.linalg.svd(deciding - middle, full_matrices=False)
    directions = np.zeros((2, features.shape[-1]))
    directions[: len(found)] = found[:2]
    # A direction has no sign of its own: the farthest point lies on its positive side, so pictures repeat.
    points = ((features - middle) @ directions.T).reshape(-1, 2)
    signs = np.where(points[np.abs(points).argmax(axis=0), [0, 1]] < 0, -1, 1)
    whole = float(((deciding - middle) ** 2).sum())
    shown = float((((deciding - middle) @ directions.T) ** 2).sum())
    return Plane(middle, directions * signs[:, None], shown / whole if whole else 0.0)
