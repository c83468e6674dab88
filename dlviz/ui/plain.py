"""What others wrote, as Markdown shows it unchanged: no formatting, no links, and no pictures to load."""

import re

_MARKS = re.compile(r"[\\`*_$~\[\]]|:(?=\w)")


def plain(text: str) -> str:
    """A text for a place where Markdown is read, its marks escaped."""
    return _MARKS.sub(r"\\\g<0>", text)
