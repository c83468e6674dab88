"""Pictures of the start page, made in the background: its links work before the first network is there."""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st
from PIL import Image

from dlviz.ui.server import model_cache

Picture = Callable[[], np.ndarray]

log = logging.getLogger(__name__)
ARRIVED = "home.arrived"
PACE = 0.5  # seconds between two looks for pictures that have been made meanwhile

_once = threading.Lock()
_begun: set[Picture] = set()
_made: dict[Picture, bytes | str] = {}


def begin_pictures(pictures: Sequence[Picture]) -> None:
    """Begin to make in the background those that no page has asked for yet.

    A learner's first call only notes that his page is on its way to him: the second one, by the page's clock,
    shows that it has arrived, and that the processor is free.
    """
    if not st.session_state.get(ARRIVED):
        st.session_state[ARRIVED] = True
        return
    with _once:
        missing = [picture for picture in pictures if picture not in _begun]
        _begun.update(missing)
    if missing:
        threading.Thread(target=make_pictures, args=(missing,), name="home pictures", daemon=True).start()


def make_pictures(pictures: Sequence[Picture]) -> None:
    """Make one picture after another, when the warm-up no longer needs the processor.

    Args:
        pictures: each returns (height, width, 3) uint8; one that lacks weights or data says so by an error.
    """
    model_cache.wait_for_warm_up()
    for picture in pictures:
        _made[picture] = _png(picture)


def _png(picture: Picture) -> bytes | str:
    """The picture's file, or one sentence on what it lacks; whatever happens, the page waits no longer."""
    # Late: they bring torch, and the start page shall not wait for it.
    from dlviz.data.mnist import MissingData
    from dlviz.encoders import NoEncoder
    from dlviz.weights import BadWeights

    file = io.BytesIO()
    try:
        Image.fromarray(picture()).save(file, "PNG")
    except (BadWeights, MissingData, NoEncoder) as problem:
        return str(problem)
    except Exception:
        log.exception("a picture of the start page failed")
        return "This picture could not be made."
    return file.getvalue()


def all_made(pictures: Sequence[Picture]) -> bool:
    """True once every picture is there, or has said what it lacks."""
    return all(picture in _made for picture in pictures)


def show_picture(picture: Picture, caption: str) -> None:
    """Draw a picture if it has been made, or say what it lacks; else leave its place empty."""
    place = st.empty()
    match _made.get(picture):
        case bytes(file):
            place.image(file, caption=caption, alt=caption, width="stretch")
        case str(problem):
            place.caption(problem)
