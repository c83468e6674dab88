"""Fields of a lab's state: a default, and how a value is read from and written into an address."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class Codec:
    """A field's way into an address and back.

    `read` raises ValueError for a text that stands for no allowed value.
    """

    read: Callable[[str], Any]
    write: Callable[[Any], str] = str


def coded(default: Any, read: Callable[[str], Any], write: Callable[[Any], str] = str) -> Any:
    """A field of a state's dataclass with a codec of its own, such as `pixel: Pixel = coded(None, read)`."""
    codec = {"codec": Codec(read, write)}
    if isinstance(default, dict | list):  # each state gets one of its own
        return field(default_factory=default.copy, metadata=codec)
    return field(default=default, metadata=codec)


def choice(options: Collection[str], default: str) -> Any:
    """One of a few words; of a mapping, one of its keys."""

    def read(text: str) -> str:
        if text not in options:
            raise ValueError(text)
        return text

    return coded(default, read)


def integer(low: int, high: int, default: int | None) -> Any:
    """A whole number from low to high."""

    def read(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise ValueError(text)
        return value

    return coded(default, read)


def flag(default: bool = False) -> Any:
    """On or off."""
    words = {"on": True, "off": False}

    def read(text: str) -> bool:
        if text not in words:
            raise ValueError(text)
        return words[text]

    return coded(default, read, lambda value: "on" if value else "off")


def text(default: str | None, check: Callable[[str], object] = str) -> Any:
    """A text as it is; `check` raises ValueError for one that is not allowed."""

    def read(text: str) -> str:
        check(text)
        return text

    return coded(default, read)


def read_ranges(text: str, count: int) -> list[int]:
    """Numbers below `count` in their order, from a text such as `0-6,9`.

    Raises: ValueError if the text is no such list, or a number is too large.
    """
    if not re.fullmatch(r"\d{1,5}(-\d{1,5})?(,\d{1,5}(-\d{1,5})?)*", text, re.ASCII):
        raise ValueError(text)
    numbers: set[int] = set()
    for item in text.split(","):
        first, _, last = item.partition("-")
        numbers.update(range(int(first), int(last or first) + 1))
    if not numbers or max(numbers) >= count:
        raise ValueError(text)
    return sorted(numbers)


def write_ranges(numbers: Collection[int]) -> str:
    """The text that `read_ranges` reads, neighbouring numbers joined to ranges."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)


def codecs(state: type) -> dict[str, Codec]:
    """The codecs of a state's fields, by their names."""
    return {each.name: each.metadata["codec"] for each in fields(state)}
