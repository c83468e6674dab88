"""Arrays for a browser component as bytes: half or single precision, no JSON numbers."""

import json
import zlib
from collections.abc import Mapping

import numpy as np

DTYPES = {"float16", "float32", "uint8"}


def pack(header: Mapping[str, object], arrays: Mapping[str, np.ndarray]) -> bytes:
    """A header and arrays of any shape in one message, which `unpack` in shared/payload.js reads.

    Four bytes of header length (little-endian), the header as UTF-8 JSON, then the arrays, each starting at
    a multiple of four bytes; all of it deflated, quickly: feature maps are mostly background. The header
    gains `arrays`: name -> dtype, shape, offset from the first array.

    Raises: ValueError if an array is of no dtype that the browser side reads.
    """
    places: dict[str, object] = {}
    parts: list[bytes] = []
    offset = 0
    for name, array in arrays.items():
        if array.dtype.name not in DTYPES:
            raise ValueError(f"array {name!r} is {array.dtype}, but only {', '.join(sorted(DTYPES))} travel")
        places[name] = {"dtype": array.dtype.name, "shape": array.shape, "offset": offset}
        part = np.ascontiguousarray(array).tobytes()
        part += b"\0" * (-len(part) % 4)
        parts.append(part)
        offset += len(part)
    text = json.dumps({**header, "arrays": places}, allow_nan=False).encode()
    text += b" " * (-len(text) % 4)
    return zlib.compress(b"".join([len(text).to_bytes(4, "little"), text, *parts]), level=1)


def half(array: np.ndarray) -> np.ndarray:
    """An array of any shape in half precision; in single where a value is too large for that."""
    fits = not array.size or np.abs(array).max() <= np.finfo(np.float16).max
    return array.astype(np.float16 if fits else np.float32)
