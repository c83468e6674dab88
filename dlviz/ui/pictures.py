"""A picture of the learner's own, uploaded or taken by the camera."""

from urllib.parse import urlsplit

import numpy as np
import streamlit as st

from dlviz.data.pictures import FORMATS, BadPicture, read_picture, resize

LONGER_SIDE = 512  # of the pictures kept for a session
TYPES = [*(name.lower() for name in FORMATS), "jpg", "tif"]


def own(key: str) -> np.ndarray | None:
    """The picture (height, width, 3) uint8 last uploaded or taken, 512 pixels at most; None before the first.

    What is wrong with a file is said in a sentence; the picture before it stays.
    """
    upload, photo = f"{key}.upload", f"{key}.photo"
    st.file_uploader("A picture from this computer", TYPES, key=upload, on_change=_take, args=(key, upload))
    if camera_works():
        with st.popover("Take a picture", icon=":material/photo_camera:", width="stretch"):
            st.camera_input("Your camera", key=photo, on_change=_take, args=(key, photo))
    else:
        st.caption("There is no camera here: browsers give it to pages on this computer or over https only.")
    if problem := st.session_state.get(f"{key}.problem"):
        st.error(problem, icon=":material/broken_image:")
    return st.session_state.get(key)


def camera_works() -> bool:
    """Whether browsers give their camera to this page: over https, or on the learner's own computer."""
    address = urlsplit(st.context.url or "")
    return address.scheme == "https" or address.hostname in ("localhost", "127.0.0.1", "::1")


def _take(key: str, widget: str) -> None:
    """Decode a new file once, when it arrives, not in every run."""
    st.session_state.pop(f"{key}.problem", None)
    file = st.session_state[widget]
    if file is None:
        return
    try:
        st.session_state[key] = limited(read_picture(file.getvalue()))
    except BadPicture as problem:
        st.session_state[f"{key}.problem"] = str(problem)


def limited(picture: np.ndarray) -> np.ndarray:
    """The picture (height, width, 3), with 512 pixels at most on its longer side."""
    return resize(picture, min(max(picture.shape[:2]), LONGER_SIDE))
