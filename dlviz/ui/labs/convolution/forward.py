"""One run of the Convolution lab: a picture, a kernel laid over it, and all that comes of it."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dlviz.convolution import Convolved, NoPosition, Sliding, average_pool, max_pool, relu, slide
from dlviz.ui.labs.convolution.controls import Kernel
from dlviz.ui.labs.convolution.inputs import Picture
from dlviz.ui.labs.convolution.state import LAB

LAST, LAST_KERNEL = f"{LAB}.last.run", f"{LAB}.last.kernel"


@dataclass(frozen=True, eq=False)
class Run:
    """What was chosen, and the pictures that follow one from another, each (channel, height, width)."""

    picture: Picture
    kernel: Kernel
    convolved: Convolved
    relu: np.ndarray
    max_pool: np.ndarray
    average_pool: np.ndarray


def run(picture: Picture, kernel: Kernel, sliding: Sliding) -> Run:
    """Lay the kernel over the picture, then ReLU, then pooling.

    Raises: NoPosition if there is no place for the kernel.
    """
    convolved = slide(picture.pixels, kernel.values, sliding)
    rectified = relu(convolved.output)
    return Run(picture, kernel, convolved, rectified, max_pool(rectified), average_pool(rectified))


def latest(picture: Picture, kernel: Kernel | None, sliding: Sliding) -> Run | None:
    """The run of what is chosen; where that is impossible a sentence says why, and the last run stays."""
    kernel = kernel or st.session_state.get(LAST_KERNEL)
    if kernel is None:
        return None
    st.session_state[LAST_KERNEL] = kernel
    try:
        result = run(picture, kernel, sliding)
    except NoPosition as problem:
        st.error(str(problem), icon=":material/block:")
        last = st.session_state.get(LAST)
        return last and run(*last)
    st.session_state[LAST] = picture, kernel, sliding
    return result
