import json

import numpy as np
import pytest

from dlviz.ui.payload import half, pack
from tests.packed import unpack


def test_a_message_is_length_header_and_arrays_at_multiples_of_four() -> None:
    message = pack({"n": 1}, {"a": np.array([1, 2, 3], np.uint8), "b": np.array([[1.0, -2.0]], np.float16)})
    header = (
        b'{"n": 1, "arrays": {"a": {"dtype": "uint8", "shape": [3], "offset": 0}, '
        b'"b": {"dtype": "float16", "shape": [1, 2], "offset": 4}}}'
    )
    header += b" " * (-len(header) % 4)
    # Half precision is a sign, five bits of exponent and ten of fraction: 1 is 0x3C00, −2 is 0xC000.
    assert message == len(header).to_bytes(4, "little") + header + b"\x01\x02\x03\x00" + b"\x00\x3c\x00\xc0"


def test_of_an_array_that_is_mostly_zeros_only_the_others_travel_behind_a_bit_for_each() -> None:
    array = np.zeros(10, np.float16)
    array[[1, 8]] = 1.0, -2.0
    message = pack({}, {"a": array})
    # Bits from the left: 01000000 10, padded to four bytes; then 1 and −2.
    assert message.endswith(b"\x40\x80\x00\x00" + b"\x00\x3c\x00\xc0")
    _, read = unpack(message)
    np.testing.assert_array_equal(read["a"], array, strict=True)


def test_the_positive_part_of_the_array_before_is_only_named() -> None:
    before = np.array([[1.5, -2.0, 0.0, 0.25, -0.125, 3.0]], np.float16)
    arrays = {"before": before, "relu": np.maximum(before, 0), "other": np.abs(before)}
    message = pack({}, arrays)
    places = json.loads(message[4 : 4 + int.from_bytes(message[:4], "little")])["arrays"]
    assert places["relu"] == {"dtype": "float16", "shape": [1, 6], "offset": 12, "positive_of": "before"}
    assert places["other"]["offset"] == 12
    assert "positive_of" not in places["other"]
    _, read = unpack(message)
    for name, array in arrays.items():
        np.testing.assert_array_equal(read[name], array, strict=True)


@pytest.mark.parametrize("length", range(5))
@pytest.mark.parametrize("text", ["", "é", "map", "×𝟙"])
def test_every_array_is_aligned_whatever_stands_before_it(length: int, text: str) -> None:
    arrays = {
        "bytes": np.arange(length, dtype=np.uint8),
        "halves": np.arange(length, dtype=np.float16),
        "singles": np.arange(length, dtype=np.float32) / 3,
    }
    message = pack({"text": text}, arrays)
    start = 4 + int.from_bytes(message[:4], "little")
    places = json.loads(message[4:start])["arrays"]
    assert all((start + place["offset"]) % 4 == 0 for place in places.values())
    header, read = unpack(message)
    assert header == {"text": text}
    for name, array in arrays.items():
        np.testing.assert_array_equal(read[name], array, strict=True)


def test_an_array_of_any_layout_travels_row_by_row() -> None:
    array = np.arange(24, dtype=np.float32).reshape(2, 3, 4).transpose(2, 0, 1)[::2]
    _, read = unpack(pack({}, {"a": array}))
    np.testing.assert_array_equal(read["a"], array, strict=True)


@pytest.mark.parametrize("dtype", [np.float64, np.int64, np.int8, bool, complex])
def test_a_dtype_that_the_browser_does_not_read_is_refused_by_name(dtype: type) -> None:
    with pytest.raises(ValueError, match=r"array 'weights' is .* but only float16, float32, uint8 travel"):
        pack({}, {"weights": np.zeros(3, dtype)})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [1.0, float("-inf")]])
def test_a_header_that_is_no_json_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        pack({"limit": value}, {})


@pytest.mark.parametrize(
    ("values", "precision"),
    [([], "float16"), ([65504.0, -1.0], "float16"), ([-1e9, 1.0], "float32"), ([np.nan], "float32")],
)
def test_what_half_precision_cannot_hold_stays_in_single(values: list[float], precision: str) -> None:
    array = np.array(values, np.float32)
    found = half(array)
    assert found.dtype == precision
    np.testing.assert_array_equal(found, array)
