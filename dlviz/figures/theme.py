"""The app's one palette, safe for the colour-blind. Colours are (red, green, blue) in 0 … 255.

Zero is white, positive is blue, negative is orange, in every picture but a photograph. The sequential scale
is the diverging scale's positive half, so a value keeps its colour when ReLU has cut the negative ones away.
"""

import numpy as np

POSITIVE = ["#ffffff", "#d3e5f4", "#8fbfe3", "#3d8dc9", "#12609f", "#08305c"]
NEGATIVE = ["#ffffff", "#fde3c8", "#f8bd80", "#e8892b", "#b95a06", "#6e3000"]
INK = ["#ffffff", "#16181d"]
LIGHT = ["#000000", "#ffffff"]  # of a colour of a photograph

# Paul Tol's "muted" scheme with a tenth, dark colour: one a digit, the same on every page.
CLASSES = [
    "#332288",
    "#88ccee",
    "#44aa99",
    "#117733",
    "#999933",
    "#ddcc77",
    "#cc6677",
    "#882255",
    "#aa4499",
    "#555555",
]
ACCENT = "#c2185b"
# Curves laid over each other: each can be read on a light and on a dark page, and the first, which are used
# most, are the furthest from each other to every eye. Dashes and markers differ too.
RUNS = ["#3d8dc9", "#b8860b", ACCENT, "#aa4499", "#cc6677", "#b95a06"]
STRONG, WEAK, OPPOSED = POSITIVE[3], "#b8c2cc", NEGATIVE[3]


def _table(stops: list[str], size: int) -> np.ndarray:
    rgb = np.array([[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in stops], float)
    positions = np.linspace(0, len(stops) - 1, size)
    channels = [np.interp(positions, np.arange(len(stops)), rgb[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=1).round().astype(np.uint8)


SEQUENTIAL_TABLE = _table(POSITIVE, 256)
DIVERGING_TABLE = np.concatenate([_table(NEGATIVE, 128)[::-1], _table(POSITIVE, 128)])
INK_TABLE = _table(INK, 256)
TABLES = {
    "sequential": SEQUENTIAL_TABLE,
    "diverging": DIVERGING_TABLE,
    "ink": INK_TABLE,
    "light": _table(LIGHT, 256),
}


def colour(values: np.ndarray, scale: str, limit: float) -> np.ndarray:
    """Colour values (…) as pixels (…, 3) uint8 on a scale: 0 … limit, or −limit … limit if diverging."""
    limit = max(limit, 1e-12)
    low = -limit if scale == "diverging" else 0.0
    position = (values - low) / (limit - low)
    return TABLES[scale][(np.clip(position, 0, 1) * 255).round().astype(np.intp)]


def plotly_scale(scale: str) -> list[tuple[float, str]]:
    """Stops of a scale as Plotly wants them."""
    stops = {
        "sequential": POSITIVE,
        "ink": INK,
        "light": LIGHT,
        "diverging": [*NEGATIVE[::-1], *POSITIVE[1:]],
    }[scale]
    return [(index / (len(stops) - 1), stop) for index, stop in enumerate(stops)]
