"""Points that a learner has placed in the plane, as a text: three characters each, in the order of placing.

Eighteen bits: eight of the place from left to right, eight from bottom to top, one of the class, and one that
is 0. The browser's script `cohort.js` writes the same.
"""

import re
import string

import numpy as np

from dlviz.plane.points import Points

EDGE = 1.25  # of the plane that is shown: from −EDGE to EDGE along both axes
PLACES = 256  # along each axis
DIGITS = string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_"
LENGTH = 3  # characters of a point
MOST_OWN = 2000
MOST_LINKED = 300  # that a link holds


def read_points(text: str) -> Points:
    """Read points from their text, those beyond the first `MOST_OWN` left out.

    Raises: ValueError if it is no such text.
    """
    if not re.fullmatch(r"([A-Za-z0-9_-]{3})*", text, re.ASCII):
        raise ValueError(text)
    places = np.array([DIGITS.index(sign) for sign in text[: LENGTH * MOST_OWN]], np.int64).reshape(
        -1, LENGTH
    )
    numbers = places @ np.array([64 * 64, 64, 1])
    if (numbers & 1).any():
        raise ValueError(text)
    xy = np.stack([numbers >> 10, (numbers >> 2) & 255], 1) / (PLACES - 1) * 2 * EDGE - EDGE
    return Points(xy.astype(np.float32), ((numbers >> 1) & 1).astype(np.float32))


def write_points(points: Points) -> str:
    """Write points as text; those outside the plane that is shown lie on its edge."""
    places = np.clip(np.rint((points.xy + EDGE) / (2 * EDGE) * (PLACES - 1)), 0, PLACES - 1).astype(int)
    numbers = [
        (int(x) << 10) + (int(y) << 2) + (int(label) << 1)
        for (x, y), label in zip(places, points.labels, strict=True)
    ]
    return "".join(DIGITS[n >> 12] + DIGITS[n >> 6 & 63] + DIGITS[n & 63] for n in numbers)


def read_link(text: str) -> str:
    """Check the text of points that a link holds.

    Raises: ValueError if it is none.
    """
    read_points(text)
    return text


def write_link(text: str) -> str:
    """The text for a link; empty where it holds too many points."""
    return text if len(text) <= LENGTH * MOST_LINKED else ""
