"""Numbers as people type them: with a decimal point or a decimal comma, and with any minus sign."""

import re

NUMBER = re.compile(r"[-+−–]?(\d+([.,]\d*)?|[.,]\d+)(e[-+−–]?\d{1,3})?", re.IGNORECASE)
THOUSANDS = re.compile(r"[-+−–]?[1-9]\d{0,2},\d{3}")  # or a decimal comma
GROUPED = re.compile(r"[-+−–]?\d{1,3}((,\d{3})+\.|(\.\d{3})+,)\d+")  # thousands and decimals by two marks
INNER_COMMA = re.compile(r"(?<=\d),(?=\d)")


class BadNumber(ValueError):
    """A text that is no number, or could be two; the message says so in a sentence for the learner."""


def read_number(text: str) -> float:
    """Read one number, such as `0.01`, `0,01`, `1e-3` or `−.5`.

    Raises: BadNumber, also for `1,500`, which some people read as 1.5 and others as 1500.
    """
    text = text.strip()
    if not NUMBER.fullmatch(text):
        raise BadNumber(f"“{text[:20]}” is no number")
    if THOUSANDS.fullmatch(text):
        raise _ambiguous(text, text.replace(",", "."), text.replace(",", ""))
    return float(re.sub("[−–]", "-", text.replace(",", ".")))


def read_numbers(text: str) -> list[float]:
    """Read numbers with spaces, lines, semicolons or commas between them, such as `0,1 0,3` or `0.1, 0.3`.

    A comma between two digits is a decimal comma where most numbers have one and none has a point.

    Raises: BadNumber for what is no number, or could be read in two ways.
    """
    parts = [part for part in re.split(r"[\s;]+|(?<!\d),|,(?!\d)", text) if part]
    commas = [len(INNER_COMMA.findall(part)) for part in parts]
    if "." not in text and max(commas, default=0) == 1:
        if 2 * sum(commas) > len(parts):
            return [read_number(part) for part in parts]
        if ";" not in text and len(parts) > 1:
            first = parts[commas.index(1)]
            raise _ambiguous(first, first.replace(",", "."), " and ".join(first.split(",")))
    for part, count in zip(parts, commas, strict=True):
        mixed = count == 1 and "." not in part and 0 in commas and "." in text
        if mixed or (len(parts) > 1 and GROUPED.fullmatch(part)):
            raise _ambiguous(part, "one number", "several")
    return [read_number(part) for joined in parts for part in joined.split(",") if part]


def _ambiguous(text: str, one: str, other: str) -> BadNumber:
    return BadNumber(f"“{text[:20]}” can be read as {one[:20]} or as {other[:20]}: write which one you mean")
