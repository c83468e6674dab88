"""A picture of the learner's own, uploaded or taken by the camera."""

from collections.abc import Callable
from urllib.parse import urlsplit

import numpy as np
import streamlit as st

from dlviz.data.digits import EmptyDrawing
from dlviz.data.pictures import BadPicture, read_picture, resize
from dlviz.ui.text_format.markdown import plain

LONGER_SIDE = 512  # of the pictures kept for a session

Receive = Callable[[np.ndarray], None]


def own(key: str) -> np.ndarray | None:
    """The picture (height, width, 3) uint8 last uploaded or taken, 512 pixels at most; None before the first.

    What is wrong with a file is said in a sentence; the picture before it stays.
    """

    def keep(picture: np.ndarray) -> None:
        st.session_state[key] = limited(picture)

    upload(key, keep)
    if camera_works():
        with st.popover("Take a picture", icon=":material/photo_camera:", width="stretch"):
            take(key, keep)
    else:
        no_camera()
    say_problem(key)
    return st.session_state.get(key)


def upload(key: str, receive: Receive) -> None:
    """A field for a picture file; `receive` gets its pixels once, when it arrives, not in every run.

    `receive` may refuse a picture by raising EmptyDrawing; `say_problem` tells the learner.
    """
    widget = f"{key}.upload"
    args = (key, widget, receive)
    # Of any name: phones save pictures as .jfif, or without an ending, and the content tells what it is.
    st.file_uploader("A picture from this computer", key=widget, on_change=_decode, args=args)


def take(key: str, receive: Receive) -> None:
    """The learner's camera; `receive` gets the pixels of each picture taken, as in `upload`."""
    widget = f"{key}.photo"
    st.camera_input("Your camera", key=widget, on_change=_decode, args=(key, widget, receive))


def camera_works() -> bool:
    """True if browsers give their camera to this page: over https, or on the learner's own computer."""
    address = urlsplit(st.context.url or "")
    return address.scheme == "https" or address.hostname in ("localhost", "127.0.0.1", "::1")


def no_camera() -> None:
    """Say why there is no camera."""
    st.caption("There is no camera here: browsers give it to pages on this computer or over https only.")


def say_problem(key: str) -> None:
    """One sentence on what was wrong with the last picture, if anything was."""
    if problem := st.session_state.get(f"{key}.problem"):
        st.error(plain(problem), icon=":material/broken_image:")


def _decode(key: str, widget: str, receive: Receive) -> None:
    st.session_state.pop(f"{key}.problem", None)
    file = st.session_state[widget]
    if file is None:
        return
    try:
        receive(read_picture(file.getvalue()))
    except (BadPicture, EmptyDrawing) as problem:
        st.session_state[f"{key}.problem"] = str(problem)


def limited(picture: np.ndarray) -> np.ndarray:
    """The picture (height, width, 3), with 512 pixels at most on its longer side."""
    return resize(picture, min(max(picture.shape[:2]), LONGER_SIDE))
