"""Controls of the Convolution lab: the kernel, and how it slides."""

import numpy as np
import streamlit as st

from dlviz import kernels
from dlviz.convolution import Sliding
from dlviz.ui.labs.convolution.forward import Kernel
from dlviz.ui.labs.convolution.state import KERNELS, LAB, LEARNED, PADDINGS, State
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.widget_key import key_showing, read_fired
from dlviz.weights import BadWeights

PROBLEM, LAST_KERNEL = f"{LAB}.kernel.problem", f"{LAB}.last.kernel"


def choose_kernel(state: State) -> Kernel | None:
    """The kernel that is chosen, and the controls to choose it.

    Where the learned ones are missing, the kernel before stays; None if there was none.
    """
    key = key_showing(f"{LAB}.kernels", state.kernel)  # typing into the picture chooses one too
    st.pills(
        "Kernel",
        list(KERNELS),
        format_func=KERNELS.__getitem__,
        required=True,
        key=key,
        wrap=True,
        on_change=_take_kernel,
        args=(key,),
    )
    title = KERNELS[state.kernel]
    match state.kernel:
        case "random":
            _number("Seed", 0, 9999, "seed", "Another seed, another kernel.")
            kernel = Kernel(title, kernels.random(state.seed))
        case "learned":
            _number("Which of the 32", 0, LEARNED - 1, "map", "The kernels of SimpleCNN's first layer.")
            kernel = _learned(state.map) or st.session_state.get(LAST_KERNEL)
        case "own":
            _choose_sides(kernels.from_text(state.own))
            kernel = Kernel(title, kernels.from_text(state.own))
        case name:
            kernel = Kernel(title, kernels.KERNELS[name])
    if kernel:
        st.session_state[LAST_KERNEL] = kernel
    return kernel


def find_kernel(state: State) -> Kernel:
    """The kernel that a link opens, without a page.

    Raises: BadWeights if the learned ones are missing.
    """
    match state.kernel:
        case "random":
            values = kernels.random(state.seed)
        case "learned":
            values = kernels.learned(model_cache.trained("simple_cnn"))[state.map]
        case "own":
            values = kernels.from_text(state.own)
        case name:
            values = kernels.KERNELS[name]
    return Kernel(KERNELS[state.kernel], values)


def _take_kernel(key: str) -> None:
    forget_problem()
    if (kernel := read_fired(key)) is not None:
        LAB.update(kernel=kernel)


def _number(label: str, low: int, high: int, name: str, help: str) -> None:
    st.number_input(
        label, low, high, key=LAB.key(name), help=help, on_change=forget_problem, persist_state="page"
    )


def _learned(index: int) -> Kernel | None:
    try:
        values = kernels.learned(model_cache.trained("simple_cnn"))[index]
        st.caption(f"From SimpleCNN, trained on MNIST: {model_cache.result('simple_cnn')}.")
    except BadWeights as problem:
        st.error(plain(str(problem)), icon=":material/scale:")
        return None
    return Kernel(f"Learned {index}", values)


def _choose_sides(own: np.ndarray) -> None:
    """Rows and columns of the learner's own kernel; its numbers are typed into the picture."""
    sides = dict(zip(("rows", "columns"), own.shape, strict=True))
    for column, (name, size) in zip(st.columns(2), sides.items(), strict=True):
        st.session_state[f"{LAB}.{name}"] = size
        column.number_input(name.capitalize(), 1, kernels.LARGEST, key=f"{LAB}.{name}", on_change=_resize)


def _resize() -> None:
    forget_problem()
    rows, columns = (int(st.session_state[f"{LAB}.{name}"]) for name in ("rows", "columns"))
    own = kernels.resized(kernels.from_text(LAB.read().own), rows, columns)
    LAB.update(own=kernels.to_text(own))


def take_cells(cells: object) -> None:
    """Make what was typed into the cells the learner's own kernel, or remember what is wrong with it."""
    forget_problem()
    try:
        LAB.update(own=kernels.to_text(kernels.read(checked_cells(cells))), kernel="own")
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


def has_problem() -> bool:
    """True if the numbers last typed into the kernel were refused."""
    return PROBLEM in st.session_state


def show_problem() -> None:
    """One sentence on what was wrong with the numbers last typed into the kernel."""
    if has_problem():
        st.error(plain(st.session_state[PROBLEM]), icon=":material/grid_off:")


def forget_problem() -> None:
    """Forget what was wrong with a kernel: it no longer matters."""
    st.session_state.pop(PROBLEM, None)


def choose_sliding() -> Sliding:
    """Padding, stride and dilation, and the controls for them."""
    with st.container(horizontal=True):
        padding = st.number_input(
            "Padding", 0, 8, key=LAB.key("padding"), help="Pixels put round the picture."
        )
        mode = st.selectbox(
            "Padded with",
            list(PADDINGS),
            format_func=PADDINGS.__getitem__,
            key=LAB.key("mode"),
            help="Zeros, the picture mirrored at its edge, or its edge repeated.",
        )
    with st.container(horizontal=True):
        stride = st.number_input(
            "Stride", 1, 8, key=LAB.key("stride"), help="How far the kernel moves at a time."
        )
        dilation = st.number_input(
            "Dilation", 1, 6, key=LAB.key("dilation"), help="How far the kernel's numbers stand apart."
        )
    return Sliding(padding, mode, stride, dilation)
