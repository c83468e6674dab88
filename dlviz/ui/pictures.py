"""A picture of the learner's own, uploaded or taken by the camera."""

from urllib.parse import urlsplit

import numpy as np
import streamlit as st

from dlviz.data.pictures import FORMATS, BadPicture, read_picture, resize

LONGER_SIDE = 512  # of the pictures kept for a session
TYPES = [*(name.lower() for name in FORMATS), "jpg", "tif"]


def upload(key: str, label: str) -> np.ndarray | None:
    """The picture (height, width, 3) uint8 last uploaded; None before the first.

    What is wrong with a file is said in a sentence; the picture before it stays.
    """
    st.file_uploader(label, TYPES, key=key, on_change=_take, args=(key,))
    return _taken(key)


def camera(key: str, label: str) -> np.ndarray | None:
    """The picture (height, width, 3) uint8 last taken; None before the first, or where there is no camera."""
    if camera_works():
        st.camera_input(label, key=key, on_change=_take, args=(key,))
    else:
        st.info(
            "The browser gives its camera to pages on this computer or over https only: upload a picture.",
            icon=":material/no_photography:",
        )
    return _taken(key)


def camera_works() -> bool:
    """Whether browsers give their camera to this page: over https, or on the learner's own computer."""
    address = urlsplit(st.context.url or "")
    return address.scheme == "https" or address.hostname in ("localhost", "127.0.0.1", "::1")


def _take(key: str) -> None:
    """Decode a new file once, when it arrives, not in every run."""
    st.session_state.pop(f"{key}.problem", None)
    file = st.session_state[key]
    if file is None:
        return
    try:
        picture = read_picture(file.getvalue())
    except BadPicture as problem:
        st.session_state[f"{key}.problem"] = str(problem)
        return
    st.session_state[f"{key}.picture"] = limited(picture)


def limited(picture: np.ndarray) -> np.ndarray:
    """The picture (height, width, 3), with 512 pixels at most on its longer side."""
    return resize(picture, min(max(picture.shape), LONGER_SIDE))


def _taken(key: str) -> np.ndarray | None:
    if problem := st.session_state.get(f"{key}.problem"):
        st.error(problem, icon=":material/broken_image:")
    return st.session_state.get(f"{key}.picture")
