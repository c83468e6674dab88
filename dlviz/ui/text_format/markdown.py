"""Texts that others wrote, shown by Markdown unchanged: no formatting, links, icons or pictures."""

import re

_MARKS = re.compile(r"[\\`*_$~&\[\]]|:(?=\u2060)")
# Links, emojis and icons are still found where their marks are escaped: nothing but a joiner parts them.
_FOUND = re.compile(r"(?<=:)(?=[\w+-])|(?=://)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
JOINER = "\N{WORD JOINER}"  # without width


def plain(text: str) -> str:
    """A text for a place where Markdown is read, its marks escaped."""
    return _MARKS.sub(r"\\\g<0>", _FOUND.sub(JOINER, text))
