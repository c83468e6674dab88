"""The digit on a lab's pad: drawn, one of MNIST's test digits, or a picture's.

A lab that shows it has the fields `sample` and `digit` in its address: a test digit by number, or (with −1) a
digit as text, or nothing.
"""

import random
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dlviz.data import digits, mnist
from dlviz.ui import fields
from dlviz.ui.components.pad import Drawing, Placed, last_version, pad, surprise_asked
from dlviz.ui.inputs import picture as pictures
from dlviz.ui.lab import Lab
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.widget_key import key_showing, read_fired

TEST_DIGITS = 10_000


@dataclass(frozen=True)
class DigitFields:
    """Content of a lab's pad.

    Args:
        sample: a test digit by its number, or −1.
        digit: with −1, a digit as text (`dlviz.data.digits.to_text`), or nothing.
    """

    sample: int = fields.integer(0, TEST_DIGITS - 1, -1)
    digit: str = fields.text("", digits.from_text)


def forget(lab: Lab) -> None:
    """Let the pad be told anew, since the lab has just been opened."""
    for name in ("told", "after"):
        st.session_state.pop(_key(lab, name), None)


def _key(lab: Lab, name: str) -> str:
    """A key of what is noted here, which is no field of the lab's."""
    return f"{lab}.digit.{name}"


def test_digit(index: int) -> tuple[np.ndarray, int]:
    """A test digit's pixels (28, 28) in [0, 1], and its label."""
    images, labels = mnist.digits("test")
    return images[index].numpy().astype(np.float32) / 255, int(labels[index])


def digit_input(
    lab: Lab, invitation: str = "Draw a digit", surprises: bool = True, example: str = ""
) -> Drawing:
    """The pad, and the digit that is on it.

    The fields `sample` and `digit` say what the paper holds. Where another control has changed them, the pad
    is told; where the learner has drawn, they follow the pad.

    Args:
        invitation, surprises: as of `pad`.
        example: a picture as text, shown in place of a test digit where test digits do not suit.
    """
    key, placed, told = f"{lab}.pad", _key(lab, "placed"), _key(lab, "told")
    if lab.just_opened():
        forget(lab)
    after = surprise_asked(key)
    if after is not None:
        choose(lab, random.randrange(TEST_DIGITS), "", after)
    if st.session_state.get(told) != (*_wanted(lab), example):
        try:
            st.session_state[placed] = _placed(lab, *_wanted(lab), example)
        except mnist.MissingData as problem:
            st.error(plain(str(problem)), icon=":material/database_off:")
            st.session_state.setdefault(placed, None)
        st.session_state[told] = (*_wanted(lab), example)
    drawing = pad(key, st.session_state[placed], invitation, surprises)
    st.session_state[_key(lab, "version")] = last_version(key)
    if drawing.final:
        choose(lab, *_fields(drawing))
        st.session_state[told] = (*_wanted(lab), example)
    return drawing


def choose(lab: Lab, sample: int, digit: str, after: int | None = None) -> None:
    """Say what the paper is to hold: a test digit by number, or (with −1) a digit as text, or nothing.

    Args:
        after: number of the pad's report after which it was asked for; what is drawn later stays.
    """
    lab.update(sample=sample, digit=digit)
    st.session_state[_key(lab, "after")] = after


def _wanted(lab: Lab) -> tuple[int, str]:
    return st.session_state[f"{lab}.sample"], st.session_state[f"{lab}.digit"]


def _placed(lab: Lab, sample: int, digit: str, example: str) -> Placed | None:
    """The digit that the pad is told; its name holds the fields, and a count that makes it new each time."""
    if sample < 0 and not digit:
        return None
    key = _key(lab, "count")
    count = st.session_state[key] = st.session_state.get(key, 0) + 1
    name, after = f"{count}.{sample}.{digit}", st.session_state.get(_key(lab, "after"))
    if sample < 0:
        return Placed(name, digits.from_text(digit), "your drawing", after)
    if example:
        return Placed(name, digits.from_text(example), "one of the run’s pictures", after)
    pixels, label = test_digit(sample)
    return Placed(name, pixels, f"test digit {sample:,}, labelled {label}", after)


def _fields(drawing: Drawing) -> tuple[int, str]:
    if drawing.placed:
        _, sample, digit = drawing.placed.id.split(".")
        return int(sample), digit
    return -1, "" if drawing.pixels is None else digits.to_text(drawing.pixels)


def offer_other_digits(lab: Lab) -> None:
    """Ways to put something else on the pad: a test digit by number, or a picture."""
    picture = f"{lab}.picture"
    sample, _ = _wanted(lab)
    # The number of what is on the paper, so that any other number is a change.
    number = key_showing(f"{lab}.number", sample if sample >= 0 else None)
    with st.popover("Test digit", icon=":material/format_list_numbered:"):
        st.number_input(
            f"Its number, 0 to {TEST_DIGITS - 1:,}",
            min_value=0,
            max_value=TEST_DIGITS - 1,
            value=None,
            key=number,
            on_change=_take_number,
            args=(lab, number),
            help="The network has never been trained on these 10,000 digits.",
        )
    with st.popover("Picture", icon=":material/image:"):
        st.caption("Of one digit, dark on light or light on dark.")
        pictures.upload(picture, lambda taken: _take_picture(lab, taken))
        if not pictures.camera_works():
            pictures.no_camera()
        elif st.toggle("Use the camera", key=f"{picture}.camera"):
            pictures.take(picture, lambda taken: _take_picture(lab, taken))
    pictures.say_problem(picture)


def _take_number(lab: Lab, key: str) -> None:
    if (number := read_fired(key)) is not None:
        choose(lab, number, "", _shown_version(lab))


def _take_picture(lab: Lab, picture: np.ndarray) -> None:
    """Put the digit of a picture on the pad; raises EmptyDrawing if there is none."""
    choose(lab, -1, digits.to_text(digits.from_picture(picture)), _shown_version(lab))


def _shown_version(lab: Lab) -> int:
    """Number of the pad's report that the last run has shown."""
    return st.session_state.get(_key(lab, "version"), 0)
