"""State of the Convolution lab: the picture, the kernel, how it slides, and the pixel that is looked at."""

from dataclasses import dataclass

from dlviz import kernels
from dlviz.convolution import PADDING_MODES
from dlviz.data import digits
from dlviz.ui import fields
from dlviz.ui.lab import Lab

PICTURES = {"photograph": "Photo", "drawing": "Draw", "own": "My own"}
PHOTOGRAPHS = {
    "astronaut": "Astronaut",
    "camera": "Photographer",
    "chelsea": "Cat",
    "coffee": "Coffee",
    "coins": "Coins",
    "rocket": "Rocket",
}
SIZES = ["10", "16", "24", "32", "48", "64", "full"]
KERNELS = {
    "identity": "Identity",
    "edge": "Edges",
    "sharpen": "Sharpen",
    "box": "Box blur",
    "gaussian": "Gaussian blur",
    "sobel_x": "Sobel x",
    "sobel_y": "Sobel y",
    "laplacian": "Laplacian",
    "emboss": "Emboss",
    "random": "Random",
    "learned": "Learned",
    "own": "My own",
}
PADDINGS = {"zero": "Zeros", "reflect": "Reflected", "replicate": "Replicated"}
CHANNELS = ["red", "green", "blue"]
LEARNED = 32
LARGEST_OUTPUT = 600  # rows or columns: more than any picture with its padding


def checked_pixel(place: object) -> tuple[int, int]:
    """(row, column), of whatever a browser or an address has sent.

    Raises: ValueError if it is no place in a result.
    """
    # A boolean is an integer to Python, but nobody's row.
    match place:
        case [int(row), int(column)] if not {bool} & {type(row), type(column)}:
            if 0 <= row < LARGEST_OUTPUT and 0 <= column < LARGEST_OUTPUT:
                return row, column
    raise ValueError("a place is a row and a column")


def _read_pixel(text: str) -> tuple[int, int]:
    row, _, column = text.partition("-")
    if not (row.isascii() and column.isascii() and row.isdigit() and column.isdigit()):
        raise ValueError(text)
    return checked_pixel([int(row), int(column)])


def _read_kernel(text: str) -> str:
    return kernels.to_text(kernels.from_text(text))


@dataclass(frozen=True)
class State:
    """A learner's choices.

    Args:
        size: pixels on the picture's longer side, or "full".
        channel: of a colour picture, the one that is looked at.
        drawing: a digit as text (`dlviz.data.digits.to_text`), or nothing.
        seed: of the random kernel.
        map: which of SimpleCNN's first kernels is the learned one.
        own: the learner's own kernel as text (`dlviz.kernels.to_text`).
        pixel: (row, column) of the result; None until one is chosen.
    """

    picture: str = fields.choice(PICTURES, "photograph")
    photograph: str = fields.choice(PHOTOGRAPHS, "camera")
    size: str = fields.choice(SIZES, "24")
    colour: bool = fields.flag()
    channel: str = fields.choice(CHANNELS, "red")
    drawing: str = fields.text("", digits.from_text)
    kernel: str = fields.choice(KERNELS, "edge")
    seed: int = fields.integer(0, 9999, 0)
    map: int = fields.integer(0, LEARNED - 1, 0)
    own: str = fields.coded(kernels.to_text(kernels.KERNELS["identity"]), _read_kernel)
    padding: int = fields.integer(0, 8, 0)
    mode: str = fields.choice(PADDING_MODES, "zero")
    stride: int = fields.integer(1, 8, 1)
    dilation: int = fields.integer(1, 6, 1)
    pixel: tuple[int, int] | None = fields.coded(None, _read_pixel, lambda place: f"{place[0]}-{place[1]}")


LAB = Lab("convolution", State)
