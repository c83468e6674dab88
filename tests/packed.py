"""Reads in Python what dlviz.ui.payload packs for the browser."""

import json
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest


def unpack(message: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The header and the arrays of a message."""
    start = 4 + int.from_bytes(message[:4], "little")
    header = json.loads(message[4:start])
    arrays = {}
    for name, place in header.pop("arrays").items():
        count = int(np.prod(place["shape"]))
        offset = start + place["offset"]
        if source := place.get("positive_of"):
            values = np.maximum(arrays[source], 0).ravel()
        elif mask := place.get("mask"):
            bits = np.frombuffer(message, np.uint8, mask, offset)
            present = np.unpackbits(bits, count=count).astype(bool)
            values = np.zeros(count, place["dtype"])
            values[present] = np.frombuffer(message, place["dtype"], present.sum(), offset + mask)
        else:
            values = np.frombuffer(message, place["dtype"], count, offset)
        arrays[name] = values.reshape(place["shape"])
    return header, arrays


def messages(app: AppTest, component: str) -> list[tuple[dict[str, Any], dict[str, np.ndarray]]]:
    """What a page sends to each of its components of that name."""
    parts = [part.proto for part in app.get("bidi_component")]
    return [unpack(part.bytes) for part in parts if part.component_name == f"dlviz_{component}"]
