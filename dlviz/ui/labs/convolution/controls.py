"""The kernel, and how it slides."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dlviz import kernels
from dlviz.convolution import Sliding
from dlviz.ui.labs.convolution.state import KERNELS, LAB, LEARNED, PADDINGS, get, put
from dlviz.ui.server import model_cache
from dlviz.weights import BadWeights

PROBLEM = f"{LAB}.kernel.problem"


@dataclass(frozen=True, eq=False)
class Kernel:
    """A kernel (height, width), and what it is called."""

    title: str
    values: np.ndarray


def kernel() -> Kernel | None:
    """The kernel that is chosen, and the controls to choose it; None if the learned ones are missing."""
    st.pills(
        "Kernel",
        list(KERNELS),
        format_func=KERNELS.__getitem__,
        required=True,
        key=f"{LAB}.kernel",
        wrap=True,
        on_change=forget_problem,
    )
    name = get("kernel")
    title = KERNELS[name]
    match name:
        case "random":
            return Kernel(
                title, kernels.random(_number("Seed", 0, 9999, "seed", "Another seed, another kernel."))
            )
        case "learned":
            return _learned()
        case "own":
            _sizes()
            return Kernel(title, kernels.from_text(get("own")))
    return Kernel(title, kernels.KERNELS[name])


def edit(cells: object) -> None:
    """Make what was typed into the cells the learner's own kernel, or remember what is wrong with it."""
    forget_problem()
    try:
        put("own", kernels.to_text(kernels.read(checked_cells(cells))))
        put("kernel", "own")
    except kernels.BadKernel as problem:
        st.session_state[PROBLEM] = str(problem)


def checked_cells(cells: object) -> list[list[str]]:
    """Rows of texts, of whatever a browser has sent.

    Raises: BadKernel if it is anything else.
    """
    match cells:
        case [*rows] if rows and all(
            isinstance(row, list) and all(isinstance(text, str) for text in row) for row in rows
        ):
            return rows
    raise kernels.BadKernel("The kernel could not be read: type its numbers again.")


def forget_problem() -> None:
    """What was wrong with a kernel no longer matters."""
    st.session_state.pop(PROBLEM, None)


def _number(label: str, low: int, high: int, name: str, help: str) -> int:
    return st.number_input(
        label, low, high, key=f"{LAB}.{name}", help=help, on_change=forget_problem, persist_state="page"
    )


def _learned() -> Kernel | None:
    index = _number("Which of the 32", 0, LEARNED - 1, "map", "The kernels of SimpleCNN's first layer.")
    try:
        values = kernels.learned(model_cache.trained("simple_cnn"))[index]
        st.caption(f"From SimpleCNN, trained on MNIST: {model_cache.result('simple_cnn')}.")
    except BadWeights as problem:
        st.error(str(problem), icon=":material/scale:")
        return None
    return Kernel(f"Learned {index}", values)


def _sizes() -> None:
    """Rows and columns of the learner's own kernel; its numbers are typed into the picture."""
    sides = dict(zip(("rows", "columns"), kernels.from_text(get("own")).shape, strict=True))
    for column, (name, size) in zip(st.columns(2), sides.items(), strict=True):
        st.session_state[f"{LAB}.{name}"] = size
        column.number_input(name.capitalize(), 1, kernels.LARGEST, key=f"{LAB}.{name}", on_change=_resize)


def _resize() -> None:
    forget_problem()
    rows, columns = (int(st.session_state[f"{LAB}.{name}"]) for name in ("rows", "columns"))
    put("own", kernels.to_text(kernels.resized(kernels.from_text(get("own")), rows, columns)))


def sliding() -> Sliding:
    """Padding, stride and dilation, and the controls for them."""
    with st.container(horizontal=True):
        padding = st.number_input("Padding", 0, 8, key=f"{LAB}.padding", help="Pixels put round the picture.")
        mode = st.selectbox(
            "Padded with",
            list(PADDINGS),
            format_func=PADDINGS.__getitem__,
            key=f"{LAB}.mode",
            help="Zeros, the picture mirrored at its edge, or its edge repeated.",
        )
    with st.container(horizontal=True):
        stride = st.number_input(
            "Stride", 1, 8, key=f"{LAB}.stride", help="How far the kernel moves at a time."
        )
        dilation = st.number_input(
            "Dilation", 1, 6, key=f"{LAB}.dilation", help="How far the kernel's numbers stand apart."
        )
    return Sliding(padding, mode, stride, dilation)
