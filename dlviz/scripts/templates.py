"""Templates of scripts, and the one way by which values enter them: as literals of plain Python."""

import base64
import zlib
from collections.abc import Mapping
from string import Template
from types import NoneType

import numpy as np

from dlviz.paths import ASSETS

PLAIN = (bool, int, float, str, NoneType)


def fill(name: str, code: Mapping[str, str] | None = None, **values: object) -> str:
    """Fill a template of `assets/scripts`.

    Args:
        name: of its file, without the ending.
        code: lines of the project's own, put in as they are.
        values: put in as `literal` writes them.
    """
    template = (ASSETS / "scripts" / f"{name}.py.txt").read_text(encoding="utf-8")
    literals = {slot: literal(value) for slot, value in values.items()}
    return Template(template).substitute({**(code or {}), **literals})


def literal(value: object) -> str:
    """Write a value as Python reads it.

    Raises: TypeError if it is anything but numbers, texts, None, and lists, tuples and dictionaries of these:
        of other types, NumPy's numbers among them, no one knows what they would write.
    """
    _check_plain(value)
    return repr(value)


def _check_plain(value: object) -> None:
    if type(value) is dict:
        value = [*value, *value.values()]
    if type(value) in (list, tuple):
        for part in value:  # pyright: ignore[reportGeneralTypeIssues]
            _check_plain(part)
    elif type(value) not in PLAIN:
        raise TypeError(f"a script has no literal for a {type(value).__name__}")


def pack(values: np.ndarray, dtype: str = "<f4") -> str:
    """Pack values as text: their bytes in a type, compressed, in base64.

    Args:
        values: of any shape, row by row; float32 unless another type is named.
    """
    return base64.b64encode(zlib.compress(values.astype(dtype).tobytes(), level=9)).decode()
