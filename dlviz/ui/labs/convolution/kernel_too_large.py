"""A kernel that has no place on the picture: said in a sentence, and shown."""

import numpy as np
import streamlit as st

from dlviz.convolution import NoPosition, Sliding
from dlviz.figures import theme
from dlviz.ui.labs.convolution.forward import ForwardPass, Kernel, Picture, forward
from dlviz.ui.labs.convolution.state import LAB
from dlviz.ui.text_format.markdown import plain

LAST = f"{LAB}.last.pass"
SIDE = 400  # pixels of the screen
OUTSIDE, FRAME = (
    np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.uint8)
    for colour in (theme.WEAK, theme.ACCENT)
)


def forward_or_last(picture: Picture, kernel: Kernel, sliding: Sliding) -> ForwardPass | None:
    """The forward pass; where the kernel has no place a sentence says why, and the last pass stays.

    If there was none, the picture is shown with the kernel laid over it.
    """
    try:
        passed = forward(picture, kernel, sliding)
    except NoPosition as problem:
        st.error(plain(str(problem)), icon=":material/block:")
        if last := st.session_state.get(LAST):
            return forward(*last)
        _show(picture, kernel, sliding)
        return None
    st.session_state[LAST] = picture, kernel, sliding
    return passed


def _show(picture: Picture, kernel: Kernel, sliding: Sliding) -> None:
    height, width = picture.pixels.shape[1:]
    rows, columns = (sliding.dilation * (taps - 1) + 1 for taps in kernel.values.shape)
    image = lay_over(picture, kernel.values, sliding)
    st.image(
        image,
        f"{picture.title}, {height}×{width} pixels. The kernel’s framed numbers reach over {rows}×{columns}; "
        "what lies outside the picture is grey.",
        width=image.shape[1],
        alt=f"{picture.title} under a kernel that is larger than the picture",
    )


def lay_over(picture: Picture, kernel: np.ndarray, sliding: Sliding) -> np.ndarray:
    """The picture in its padding, and over it the kernel from the corner: (height, width, 3) uint8.

    It is as large as both together, every pixel a square.
    """
    padding, dilation = sliding.padding, sliding.dilation
    height, width = picture.pixels.shape[1:]
    reach = [dilation * (taps - 1) + 1 for taps in kernel.shape]
    shape = [max(size + 2 * padding, far) for size, far in zip((height, width), reach, strict=True)]
    image = np.tile(OUTSIDE, (*shape, 1))
    image[padding : padding + height, padding : padding + width] = _rgb(picture)
    cell = max(1, SIDE // max(shape))
    image = image.repeat(cell, axis=0).repeat(cell, axis=1)
    colours = theme.colour(kernel, "diverging", float(np.abs(kernel).max()))
    rim = cell // 12 + 1
    for row, column in np.ndindex(kernel.shape):
        top, left = row * dilation * cell, column * dilation * cell
        image[top : top + cell, left : left + cell] = FRAME
        image[top + rim : top + cell - rim, left + rim : left + cell - rim] = colours[row, column]
    return image


def _rgb(picture: Picture) -> np.ndarray:
    if picture.ink:
        return theme.colour(picture.pixels[0], "ink", 1)
    return (np.broadcast_to(picture.pixels, (3, *picture.pixels.shape[1:])) * 255).transpose(1, 2, 0)
