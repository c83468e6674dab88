"""Arrays for a browser component as bytes: half or single precision, no JSON numbers."""

import json
from collections.abc import Mapping

import numpy as np

DTYPES = {"float16", "float32", "uint8"}


def pack(header: Mapping[str, object], arrays: Mapping[str, np.ndarray]) -> bytes:
    """A header and arrays in one message, which `unpack` in shared/payload.js reads.

    Four bytes of header length (little-endian), the header as UTF-8 JSON, then the arrays, each starting at
    a multiple of four bytes. The header gains `arrays`: name -> dtype, shape, offset from the first array.

    An array in half precision may travel in fewer bytes, none of its values changed. Where it is the positive
    part of the array before it, as after ReLU, no values follow, and `positive_of` names that array. Where it
    is mostly zeros, as after pooling, `mask` is how many bytes tell by a bit which values are not zero,
    before those values alone.

    Raises: ValueError if an array is of no dtype that the browser side reads.
    """
    places: dict[str, object] = {}
    parts: list[bytes] = []
    offset = 0
    before, bits_before = "", np.empty(0, np.uint16)
    for name, array in arrays.items():
        if array.dtype.name not in DTYPES:
            raise ValueError(f"array {name!r} is {array.dtype}, but only {', '.join(sorted(DTYPES))} travel")
        place: dict[str, object] = {"dtype": array.dtype.name, "shape": array.shape, "offset": offset}
        part = array.tobytes()
        if array.dtype == np.float16:
            # As whole numbers, for half precision itself is slow to compare: the highest bit is the sign.
            bits = np.frombuffer(part, np.uint16)
            present = bits & 0x7FFF != 0
            if np.array_equal(bits, np.where(bits_before < 0x8000, bits_before, 0)) and array.size:
                place["positive_of"], part = before, b""
            elif 2 * np.count_nonzero(present) < array.size:
                mask = _padded(np.packbits(present).tobytes())
                place["mask"] = len(mask)
                part = mask + bits[present].tobytes()
            before, bits_before = name, bits
        places[name] = place
        part = _padded(part)
        parts.append(part)
        offset += len(part)
    text = json.dumps({**header, "arrays": places}, allow_nan=False).encode()
    text += b" " * (-len(text) % 4)
    return b"".join([len(text).to_bytes(4, "little"), text, *parts])


def half(array: np.ndarray) -> np.ndarray:
    """An array in half precision; in single where a value is too large for that."""
    fits = not array.size or np.abs(array).max() <= np.finfo(np.float16).max
    return array.astype(np.float16 if fits else np.float32)


def _padded(part: bytes) -> bytes:
    """The bytes, with zeros up to a multiple of four."""
    return part + b"\0" * (-len(part) % 4)
