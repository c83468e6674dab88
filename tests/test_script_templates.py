import base64
import zlib

import numpy as np
import pytest

from dlviz.scripts.templates import fill, literal, pack


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.5, "0.5"),
        (None, "None"),
        ("it's", '"it\'s"'),
        ([(1, True), {"a": [2.0]}], "[(1, True), {'a': [2.0]}]"),
    ],
)
def test_plain_values_are_written_as_python_reads_them(value: object, written: str) -> None:
    assert literal(value) == written


@pytest.mark.parametrize("value", [np.int64(3), [np.float64(0.5)], {1, 2}, {"a": range(3)}, print])
def test_a_value_of_another_type_has_no_literal(value: object) -> None:
    with pytest.raises(TypeError, match="a script has no literal for a "):
        literal(value)


def test_a_template_takes_code_as_it_is_and_values_as_literals() -> None:
    code, sizes = {"norm": "# none ", "class_name": "MLP"}, {"input_size": 784, "hidden_size": 8, "depth": 2}
    script = fill("networks/mlp", code, dropout=0.25, **sizes)
    assert "# none" in script
    assert "0.25" in script
    with pytest.raises(KeyError, match="dropout"):
        fill("networks/mlp", code, **sizes)


def test_packed_values_come_back() -> None:
    values = np.array([[1.5, -2.0], [0.0, 7.25]])
    unpacked = zlib.decompress(base64.b64decode(pack(values)))
    np.testing.assert_array_equal(np.frombuffer(unpacked, "<f4").reshape(2, 2), values)
    assert zlib.decompress(base64.b64decode(pack(np.array([3.0, 255.0]), "u1"))) == b"\x03\xff"
