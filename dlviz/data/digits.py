"""From a drawing, a photograph or a link to a digit as MNIST has it, and on to what the networks read."""

import base64
import binascii
import re
import zlib

import numpy as np
from PIL import Image, ImageFilter
from torch import Tensor

from dlviz.data import pictures

SIDE = 28  # of the field
BOX = 20  # that the ink fills
PAD = 168  # of the drawing pad's bitmap
WORKING_SIDE = 168
# Of a picture's full range from black to white: what parts ink from its ground at the least.
CONTRAST = 0.1


class EmptyDrawing(ValueError):
    """There is no ink to be seen; the message invites the learner to draw."""


def normalise(pictures: Tensor) -> Tensor:
    """Normalise pictures as the lesson's networks read them: (pixel − 0.5) / 0.5.

    Args:
        pictures: (n, height, width), or (n, colours, height, width); uint8 in 0 … 255 or float in [0, 1].
    Returns: (n, colours, height, width) float32 in [-1, 1], with one colour where there was none.
    """
    pixels = pictures.float() if pictures.is_floating_point() else pictures.float() / 255
    if pixels.dim() == 3:
        pixels = pixels.unsqueeze(1)
    return (pixels - 0.5) / 0.5


def prepare(ink: np.ndarray) -> np.ndarray:
    """Make a drawing into a digit like MNIST's: (28, 28) float32, multiples of 1/255 in [0, 1].

    The ink is cut out, its longer side scaled to 20 pixels, antialiased, and its centre of mass laid on
    pixel (14, 14). The strongest pixel is 1, so that a stroke thinner than a pixel does not fade.

    Args:
        ink: (height, width), bilevel or grey, of any scale; 0 is the ground.
    Raises: EmptyDrawing if there is no ink.
    Source: LeCun et al. 1998, "Gradient-Based Learning Applied to Document Recognition", section III-A.
    """
    digit = pictures.resize(ink[inked_part(ink)].astype(np.float32), BOX)
    digit = np.rint(digit * (255 / digit.max()))
    field = np.zeros((SIDE, SIDE), np.float32)
    top, left = _offset(digit.sum(axis=1)), _offset(digit.sum(axis=0))
    field[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
    return field / 255


def inked_part(ink: np.ndarray) -> tuple[slice, slice]:
    """Find the rows and columns of a drawing (height, width) from its first ink to its last.

    Raises: EmptyDrawing if there is none.
    """
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        raise EmptyDrawing("There is no digit yet: draw one.")
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _offset(mass: np.ndarray) -> int:
    # Pixel 14 is the middle by MNIST's count: each of its digits has its centre of mass in 13.5 … 14.5.
    centre = float(mass @ np.arange(mass.size)) / float(mass.sum())
    return min(max(round(SIDE / 2 - centre), 0), SIDE - mass.size)


def from_picture(picture: np.ndarray) -> np.ndarray:
    """Find the digit in a photograph, dark on light or light on dark: (28, 28) float32, as by `prepare`.

    Args:
        picture: (height, width, 3) uint8, with one digit and some ground on every side of it.
    Raises: EmptyDrawing if nothing stands out from the ground.
    """
    grey = pictures.resize(pictures.grey(picture), WORKING_SIDE)
    # One grain of dust would count as ink, and so decide what is cut out.
    grey = np.array(Image.fromarray(grey).filter(ImageFilter.MedianFilter(3)))
    ink = _ground(grey) - grey
    if ink.mean() < 0:
        ink = -ink
    paper, threshold, stroke = _levels(ink)
    # A ramp, not a step: grey edges are what MNIST's digits have.
    faint, full = (paper + threshold) / 2, (threshold + stroke) / 2
    return prepare(np.clip((ink - faint) / (full - faint), 0, 1))


def _ground(grey: np.ndarray) -> np.ndarray:
    """Paper (height, width) without its ink: the parabola that fits the picture's rim best.

    It has the smallest sum of distances, not of squares: of a picture that was cut close to the digit the rim
    holds ink too, and has to be passed over.
    """
    height, width = grey.shape
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    rim = np.maximum(abs(y), abs(x)) >= 0.9
    # Light falls off to one side, and lenses darken the corners.
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)
    known, seen = terms[rim], grey[rim].astype(np.float64)
    fit = np.linalg.lstsq(known, seen, rcond=None)[0]
    for _ in range(20):  # iteratively reweighted least squares
        weighted = known / np.maximum(abs(known @ fit - seen), 0.01)[:, None]
        fit = np.linalg.lstsq(weighted.T @ known, weighted.T @ seen, rcond=None)[0]
    return terms @ fit


def _levels(ink: np.ndarray) -> tuple[float, float, float]:
    """Darkness of the paper, of the threshold, and of the strokes."""
    if np.ptp(ink) >= CONTRAST:
        threshold = otsu(ink)
        paper, stroke = float(ink[ink <= threshold].mean()), float(ink[ink > threshold].mean())
        if stroke - paper >= CONTRAST:
            return paper, threshold, stroke
    raise EmptyDrawing("No digit stands out in this picture: write one large and dark on plain paper.")


def otsu(values: np.ndarray) -> float:
    """Threshold that splits values into two groups, each as alike within itself as can be.

    Args:
        values: any shape, not all the same.
    Source: Otsu 1979, "A Threshold Selection Method from Gray-Level Histograms".
    """
    counts, edges = np.histogram(values, bins=256)
    levels = (edges[:-1] + edges[1:]) / 2
    below, mass = np.cumsum(counts)[:-1], np.cumsum(counts * levels)
    above = counts.sum() - below
    # Both groups have members: the smallest value is in the first bin, the largest in the last.
    between = below * above * (mass[:-1] / below - (mass[-1] - mass[:-1]) / above) ** 2
    return float(edges[1:-1][between.argmax()])


def to_text(pixels: np.ndarray) -> str:
    """Write a digit as a short text that may stand in an address.

    Args:
        pixels: (28, 28) float in [0, 1]; kept at eight bits, which is exact for what `prepare` gives.
    """
    packed = zlib.compress(np.rint(pixels * 255).astype(np.uint8).tobytes(), level=9)
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def from_text(text: str) -> np.ndarray:
    """Read the digit (28, 28) float32 in [0, 1] that `to_text` wrote.

    Raises: ValueError if the text is anything else.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,2000}", text):
        raise ValueError("A digit in a link is letters, digits, - and _ alone, 2,000 at most.")
    unpacker = zlib.decompressobj()
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        pixels = unpacker.decompress(packed, SIDE * SIDE + 1)
    except (binascii.Error, zlib.error) as error:
        raise ValueError("The digit in the link is damaged.") from error
    if len(pixels) != SIDE * SIDE or not unpacker.eof or unpacker.unused_data:
        raise ValueError(f"The digit in the link has not {SIDE}×{SIDE} pixels.")
    if not any(pixels):
        raise ValueError("The digit in the link is empty.")
    return np.frombuffer(pixels, np.uint8).reshape(SIDE, SIDE).astype(np.float32) / 255


def unpack_ink(text: str, size: int = PAD) -> np.ndarray:
    """Unpack the drawing pad's bitmap: (size, size) uint8, 1 where there is ink.

    Args:
        text: base64 of the bitmap's bits, row by row, the first pixel in a byte's highest bit.
        size: pixels on a side.
    Raises: ValueError if the text is of another length or no base64.
    """
    length = -(-size * size // 8)
    if len(text) != -(-length // 3) * 4:
        raise ValueError(f"The drawing has not {size}×{size} pixels.")
    try:
        packed = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise ValueError("The drawing is damaged.") from error
    if len(packed) != length:
        raise ValueError(f"The drawing has not {size}×{size} pixels.")
    return np.unpackbits(np.frombuffer(packed, np.uint8), count=size * size).reshape(size, size)
