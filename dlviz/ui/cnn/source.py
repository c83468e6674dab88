"""Where the CNN lab's digit comes from: the pad, MNIST's test digits, or a picture."""

import random

import numpy as np
import streamlit as st

from dlviz.data import digits, mnist
from dlviz.ui import pictures
from dlviz.ui.cnn.state import LAB, TEST_DIGITS, get, put
from dlviz.ui.pad import Drawing, Placed, pad, surprised

PAD, PLACED, TOLD, COUNT, PICTURE = (f"{LAB}.{n}" for n in ("pad", "placed", "told", "count", "picture"))


def forget() -> None:
    """Let the pad be told anew, since the lab has just been opened."""
    st.session_state.pop(TOLD, None)


def test_digit(index: int) -> tuple[np.ndarray, int]:
    """A test digit's pixels (28, 28) in [0, 1], and its label."""
    images, labels = mnist.digits("test")
    return images[index].numpy().astype(np.float32) / 255, int(labels[index])


def current() -> Drawing:
    """The pad, and the digit that is on it.

    The fields `sample` and `digit` say what the paper holds. Where another control has changed them, the pad
    is told; where the learner has drawn, they follow the pad.
    """
    if surprised(PAD):
        choose(random.randrange(TEST_DIGITS), "")
    wanted = (get("sample"), get("digit"))
    if st.session_state.get(TOLD) != wanted:
        try:
            st.session_state[PLACED] = _placed(*wanted)
        except mnist.MissingData as problem:
            st.error(str(problem), icon=":material/database_off:")
            st.session_state.setdefault(PLACED, None)
        st.session_state[TOLD] = wanted
    drawing = pad(PAD, st.session_state[PLACED])
    if drawing.final:
        choose(*_fields(drawing))
        st.session_state[TOLD] = (get("sample"), get("digit"))
    return drawing


def choose(sample: int, digit: str) -> None:
    """Say what the paper is to hold: a test digit by number, or (with −1) a digit as text, or nothing."""
    put("sample", sample)
    put("digit", digit)


def _placed(sample: int, digit: str) -> Placed | None:
    """What the pad is told; its name holds the fields, and a count that makes it new each time."""
    if sample < 0 and not digit:
        return None
    count = st.session_state[COUNT] = st.session_state.get(COUNT, 0) + 1
    name = f"{count}.{sample}.{digit}"
    if sample < 0:
        return Placed(name, digits.from_text(digit), "the digit of the link or picture")
    pixels, label = test_digit(sample)
    return Placed(name, pixels, f"test digit {sample:,}, labelled {label}")


def _fields(drawing: Drawing) -> tuple[int, str]:
    if drawing.placed:
        _, sample, digit = drawing.placed.id.split(".")
        return int(sample), digit
    return -1, "" if drawing.pixels is None else digits.to_text(drawing.pixels)


def others() -> None:
    """Ways to put something else on the pad: a test digit by number, or a picture."""
    number = f"{LAB}.number"
    # The number of what is on the paper, so that any other number is a change.
    st.session_state[number] = get("sample") if get("sample") >= 0 else None
    with st.popover("Test digit", icon=":material/format_list_numbered:"):
        st.number_input(
            f"Its number, 0 to {TEST_DIGITS - 1:,}",
            min_value=0,
            max_value=TEST_DIGITS - 1,
            value=None,
            key=number,
            on_change=_take_number,
            help="The network has never been trained on these 10,000 digits.",
        )
    with st.popover("Picture", icon=":material/image:"):
        st.caption("Of one digit, dark on light or light on dark.")
        pictures.upload(PICTURE, _take_picture)
        if not pictures.camera_works():
            pictures.no_camera()
        elif st.toggle("Use the camera", key=f"{PICTURE}.camera"):
            pictures.take(PICTURE, _take_picture)
    pictures.say_problem(PICTURE)


def _take_number() -> None:
    if (number := st.session_state[f"{LAB}.number"]) is not None:
        choose(number, "")


def _take_picture(picture: np.ndarray) -> None:
    """Put the digit of a picture on the pad; raises EmptyDrawing if there is none."""
    choose(-1, digits.to_text(digits.from_picture(picture)))
