"""Picture of the Convolution lab: a photograph, a drawing, or the learner's own picture."""

import random
from functools import lru_cache

import numpy as np
import streamlit as st

from dlviz.data import digits, mnist
from dlviz.data import pictures as data
from dlviz.ui.components.pad import Placed, pad, surprise_asked
from dlviz.ui.inputs import picture as pictures
from dlviz.ui.labs.convolution.forward import Picture
from dlviz.ui.labs.convolution.state import LAB, PHOTOGRAPHS, PICTURES, SIZES, State
from dlviz.ui.text_format.markdown import plain

PAD, PLACED, TOLD, COUNT, LAST, OWN = (
    f"{LAB}.{name}" for name in ("pad", "placed", "told", "count", "last", "own_picture")
)


def choose_picture(state: State) -> Picture | None:
    """The picture that is chosen, and the controls to choose it; None while the paper is empty."""
    st.segmented_control(
        "Picture",
        list(PICTURES),
        format_func=PICTURES.__getitem__,
        required=True,
        key=LAB.key("picture"),
        wrap=True,
        width="stretch",
    )
    if state.picture == "drawing":
        return _drawing(state)
    title, pixels = _find(state)
    if state.picture == "own":
        _say_links_hold_none(title)
    size = st.select_slider(
        "Pixels on the longer side",
        SIZES,
        key=LAB.key("size"),
        persist_state="page",
        help="With few pixels every number can be read. The full picture has 512 at most and no numbers.",
    )
    coloured = _is_coloured(pixels)
    colour = st.toggle(
        "In colour",
        key=LAB.key("colour"),
        persist_state="page",
        disabled=not coloured,
        help="The same kernel then slides over red, green and blue, each by itself."
        if coloured
        else f"{title} is grey: its three channels are the same.",
    )
    return _resized(title, pixels, size, colour)


def _is_coloured(picture: np.ndarray) -> bool:
    return bool((picture != picture[..., :1]).any())


def find_picture(state: State) -> Picture | None:
    """The picture that a link opens, without a page; None for an empty paper, or a picture of one's own."""
    if state.picture == "drawing" and state.drawing:
        return _name_drawing(digits.from_text(state.drawing))
    if state.picture != "photograph":
        return None
    return _resized(PHOTOGRAPHS[state.photograph], _decoded(state.photograph), state.size, state.colour)


def _find(state: State) -> tuple[str, np.ndarray]:
    """A title and (height, width, 3) uint8; while there is nothing new, the last picture that was there."""
    title, picture = _photograph() if state.picture == "photograph" else ("Your picture", pictures.own(OWN))
    if picture is not None:
        st.session_state[LAST] = title, picture
    if LAST not in st.session_state:
        name = State.photograph
        st.session_state[LAST] = PHOTOGRAPHS[name], _decoded(name)
    return st.session_state[LAST]


def _say_links_hold_none(title: str) -> None:
    if OWN in st.session_state:
        st.caption("A link to this lab cannot hold this picture.")
    else:
        st.info(
            f"A link cannot hold a picture of one’s own: choose yours here. Until then {title} stays.",
            icon=":material/add_photo_alternate:",
        )


def _photograph() -> tuple[str, np.ndarray]:
    name = st.selectbox(
        "Photograph",
        list(PHOTOGRAPHS),
        format_func=PHOTOGRAPHS.__getitem__,
        key=LAB.key("photograph"),
        label_visibility="collapsed",
        persist_state="page",
    )
    return PHOTOGRAPHS[name], _decoded(name)


@lru_cache(maxsize=8)
def _decoded(name: str) -> np.ndarray:
    return pictures.limited(data.photograph(name))


def _resized(title: str, picture: np.ndarray, size: str, colour: bool) -> Picture:
    longer = max(picture.shape[:2])
    # Pixels are put together, never made up: a small picture stays as small as it is.
    picture = data.resize(picture, longer if size == "full" else min(longer, int(size)))
    coloured = colour and _is_coloured(picture)
    pixels = picture.transpose(2, 0, 1).astype(np.float32) / 255 if coloured else data.grey(picture)[None]
    return Picture(title, pixels, whole=max(picture.shape[:2]) > int(SIZES[-2]))


def _drawing(state: State) -> Picture | None:
    """The pad, told anew when the field no longer says what is on it."""
    if LAB.just_opened():
        st.session_state.pop(TOLD, None)
    after = surprise_asked(PAD)
    if after is not None:
        state = _surprise(state)
    if st.session_state.get(TOLD) != state.drawing:
        st.session_state[PLACED], st.session_state[TOLD] = _placed(state.drawing, after), state.drawing
    with st.container(key="paper"):
        drawing = pad(PAD, st.session_state[PLACED], "Draw something")
    st.caption("A drawing has 28×28 pixels and no colours, and is moved to the middle.")
    if drawing.final:
        state = LAB.update(drawing="" if drawing.pixels is None else digits.to_text(drawing.pixels))
        st.session_state[TOLD] = state.drawing
    if drawing.pixels is None:
        return None
    return _name_drawing(drawing.pixels)


def _name_drawing(pixels: np.ndarray) -> Picture:
    return Picture("Your drawing", pixels[None].astype(np.float32), ink=True)


def _surprise(state: State) -> State:
    """Put any of MNIST's test digits on the paper."""
    try:
        images, _ = mnist.digits("test")
    except mnist.MissingData as problem:
        st.error(plain(str(problem)), icon=":material/database_off:")
        return state
    return LAB.update(drawing=digits.to_text(images[random.randrange(len(images))].numpy() / 255))


def _placed(text: str, after: int | None) -> Placed | None:
    if not text:
        return None
    count = st.session_state[COUNT] = st.session_state.get(COUNT, 0) + 1
    return Placed(f"{count}.{text}", digits.from_text(text), "the digit that was put here", after)
