"""One fixed plane for texts' vectors while a network learns."""

from dataclasses import dataclass, replace

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
    return _lay_plane(features, np.zeros((0, features.shape[-1])))


def find_deciding_plane(features: np.ndarray, head: np.ndarray) -> Plane:
    """Find the plane in which a head's logits differ most for a step of the same length.

    Two classes have one such direction, which leads to the second class; the other one is then that in which
    the vectors differ most beside it.

    Args:
        features: (frames, texts, size); the first and the last frame decide, together.
        head: (classes, size), its weight.
    """
    contrasts = head.astype(np.float64) - head.mean(axis=0)
    _, _, found = np.linalg.svd(contrasts, full_matrices=False)
    found = found[: min(2, len(head) - 1)]
    plane = _lay_plane(features, found)
    return replace(plane, directions=_point_at_last_class(plane.directions, contrasts, len(found)))


def _point_at_last_class(directions: np.ndarray, contrasts: np.ndarray, count: int) -> np.ndarray:
    """Turn the first directions (2, size) round where they lead away from the last class."""
    signs = np.ones((2, 1))
    signs[:count, 0] = np.where(directions[:count] @ contrasts[-1] < 0, -1, 1)
    return directions * signs


def _lay_plane(features: np.ndarray, given: np.ndarray) -> Plane:
    """Lay a plane along given directions (0 to 2, size), and along those in which the vectors differ most."""
    deciding = features[[0, -1]].reshape(-1, features.shape[-1]).astype(np.float64)
    middle = deciding.mean(axis=0)
    beside = (deciding - middle) - (deciding - middle) @ given.T @ given
    _, _, found = np.linalg.svd(beside, full_matrices=False)
    directions = np.zeros((2, features.shape[-1]))
    rows = np.concatenate([given, found])[:2]
    directions[: len(rows)] = rows
    # A direction has no sign of its own: the farthest point lies on its positive side, so pictures repeat.
    points = ((features - middle) @ directions.T).reshape(-1, 2)
    signs = np.where(points[np.abs(points).argmax(axis=0), [0, 1]] < 0, -1, 1)
    whole = float(((deciding - middle) ** 2).sum())
    shown = float((((deciding - middle) @ directions.T) ** 2).sum())
    return Plane(middle, directions * signs[:, None], shown / whole if whole else 0.0)
