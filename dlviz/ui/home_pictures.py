"""Pictures of the labs as files that a browser asks for: the start page waits for none of them."""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    import numpy as np

log = logging.getLogger(__name__)
FOLDER = "lab-pictures"
AN_HOUR = {"Cache-Control": "public, max-age=3600"}
_one = threading.Lock()


def picture_address(lab: str) -> str:
    """The address of a lab's picture, relative to that of the app."""
    return f"{FOLDER}/{lab}.png"


async def send_picture(request: Request) -> Response:
    """Answer with a lab's picture, made by its own code when it is asked for the first time."""
    lab = request.path_params["lab"]
    try:
        return Response(await run_in_threadpool(make_picture, lab), media_type="image/png", headers=AN_HOUR)
    except KeyError:
        return PlainTextResponse("not found", 404)
    except Exception:  # it lacks weights or data, or whatever: the page tells of the lab without it
        log.warning("the picture of %s could not be made", lab, exc_info=True)
        return PlainTextResponse("This picture could not be made.", 404)


def make_picture(lab: str) -> bytes:
    """The file of a lab's picture: one is made at a time, and each once.

    Raises: KeyError if there is no such lab; else whatever hinders its picture.
    """
    # Late: the server starts without numpy and the labs.
    from dlviz.ui.labs import LABS

    picture = {each.name: each.picture for each in LABS}[lab]
    with _one:
        return _png(picture)


@lru_cache(maxsize=64)
def _png(picture: Callable[[], np.ndarray]) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(picture()).save(file, "PNG")
    return file.getvalue()


# `base` as for the components' scripts.
PICTURES_ROUTE = Route(f"/{{base:path}}{FOLDER}/{{lab}}.png", send_picture)
