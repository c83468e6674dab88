"""Many maps as one picture."""

import numpy as np

from dlviz.figures.theme import colour

PAPER = 255


def montage(maps: np.ndarray, columns: int, scale: str, zoom: int = 1, gap: int = 2) -> np.ndarray:
    """Lay maps side by side, row by row, on one colour scale: (height, width, 3) uint8.

    Args:
        maps: (count, height, width).
        columns: maps in a row.
        scale: sequential, diverging or ink.
        zoom: pixels a value, each way.
        gap: pixels between maps.
    """
    count, height, width = maps.shape
    pixels = colour(maps, scale, float(np.abs(maps).max())).repeat(zoom, axis=1).repeat(zoom, axis=2)
    rows = -(-count // columns)
    step_y, step_x = height * zoom + gap, width * zoom + gap
    picture = np.full((rows * step_y - gap, columns * step_x - gap, 3), PAPER, np.uint8)
    for index in range(count):
        top, left = index // columns * step_y, index % columns * step_x
        picture[top : top + height * zoom, left : left + width * zoom] = pixels[index]
    return picture
