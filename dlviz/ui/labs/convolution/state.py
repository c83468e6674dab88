"""What a learner has chosen in the Convolution lab; all of it is in the page's address."""

import streamlit as st

from dlviz import kernels
from dlviz.convolution import PADDING_MODES
from dlviz.data import digits
from dlviz.ui.components import address

LAB = "convolution"
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


def _digit(text: str) -> str:
    digits.from_text(text)
    return text


def _own(text: str) -> str:
    return kernels.to_text(kernels.from_text(text))


def _pixel(text: str) -> tuple[int, int]:
    row, _, column = text.partition("-")
    if not (row.isascii() and column.isascii() and row.isdigit() and column.isdigit()):
        raise ValueError(text)
    return checked_pixel([int(row), int(column)])


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


FIELDS: address.Fields = {
    "picture": address.choice(list(PICTURES), "photograph"),
    "photograph": address.choice(list(PHOTOGRAPHS), "camera"),
    "size": address.choice(SIZES, "24"),
    "colour": address.flag(),
    "channel": address.choice(CHANNELS, "red"),
    "drawing": address.Field("", _digit),
    "kernel": address.choice(list(KERNELS), "edge"),
    "seed": address.integer(0, 9999, 0),
    "map": address.integer(0, LEARNED - 1, 0),
    "own": address.Field(kernels.to_text(kernels.KERNELS["identity"]), _own),
    "padding": address.integer(0, 8, 0),
    "mode": address.choice(list(PADDING_MODES), "zero"),
    "stride": address.integer(1, 8, 1),
    "dilation": address.integer(1, 6, 1),
    "pixel": address.Field(None, _pixel, lambda place: f"{place[0]}-{place[1]}"),
}


def get(name: str):
    """A field's value."""
    return st.session_state[f"{LAB}.{name}"]


def put(name: str, value: object) -> None:
    """Change a field's value (before the widget that shows it has been drawn)."""
    st.session_state[f"{LAB}.{name}"] = value
