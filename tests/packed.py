"""Reads in Python what dlviz.ui.payload packs for the browser."""

import json
from typing import Any

import numpy as np


def unpack(message: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The header and the arrays of a message."""
    start = 4 + int.from_bytes(message[:4], "little")
    header = json.loads(message[4:start])
    arrays = {}
    for name, place in header.pop("arrays").items():
        count = int(np.prod(place["shape"]))
        values = np.frombuffer(message, place["dtype"], count, start + place["offset"])
        arrays[name] = values.reshape(place["shape"])
    return header, arrays
