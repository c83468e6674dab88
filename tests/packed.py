"""Reads in Python what dlviz.ui.components.wire_format packs for the browser."""

import json
import zlib
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest


def unpack(message: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The header and the arrays of a message."""
    content = zlib.decompress(message)
    start = 4 + int.from_bytes(content[:4], "little")
    header = json.loads(content[4:start])
    arrays = {}
    for name, place in header.pop("arrays").items():
        count = int(np.prod(place["shape"]))
        values = np.frombuffer(content, place["dtype"], count, start + place["offset"])
        arrays[name] = values.reshape(place["shape"])
    return header, arrays


def messages(app: AppTest, component: str) -> list[tuple[dict[str, Any], dict[str, np.ndarray]]]:
    """What a page sends to each of its components of that name."""
    parts = [part.proto for part in app.get("bidi_component")]
    return [unpack(part.bytes) for part in parts if part.component_name == f"dlviz_{component}"]
