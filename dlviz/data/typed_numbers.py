"""Numbers as people type and paste them: decimal commas, any minus sign, thousands, fractions, powers."""

import re
import unicodedata
from fractions import Fraction

from dlviz.data.typography import HYPHENS, SPACES, make_plain

DECIMAL = r"(?:\d{1,99}(?:[.,]\d{0,99})?|[.,]\d{1,99})"
NUMBER = re.compile(rf"[-+]?{DECIMAL}(?:e[-+]?\d{{1,3}})?", re.IGNORECASE)
FRACTION = re.compile(rf"([-+]?{DECIMAL})\s*/\s*({DECIMAL})")
THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")  # or a decimal comma
GROUPED = re.compile(r"[-+]?\d{1,3}((,\d{3})+\.|(\.\d{3})+,)\d+")  # thousands and decimals by two marks
INNER_COMMA = re.compile(r"(?<=\d),(?=\d)")
SWISS, NARROW, NO_BREAK = "'’", "\u2009\u202f", "\u00a0"  # between thousands; the last between numbers, too
# One number of four digits or more, or two: 000 is no number of its own, and 1 500 2 500 goes on in this way.
SPACED = re.compile(
    r"(?<![\d.,/])(?:[1-9]\d{0,2}(?:\x20\d{3}){0,4}?\x200\d\d"
    r"|([1-9]\d?\x20\d{3})(?:\x20\d{3}){0,4}\x20[1-9]\d?\x20\d{3})(?!\d)"
)
MIXED = re.compile(r"(?<!\d)(\d{0,9})([\u00bc-\u00be\u2150-\u215e\u2189])")  # 1½
SUPERSCRIPT = f"[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,3}}|\\^[-+{HYPHENS}]?\\d{{1,3}}"
POWER = re.compile(rf"(?:({DECIMAL})\s*[·∙⋅×x*]\s*)?(?<![\d.,])10({SUPERSCRIPT})")
KEYBOARD = str.maketrans("⁄∕٫،؛", "//.,;")


class BadNumber(ValueError):
    """A text that is no number, or could be two; the message says so in a sentence for the learner."""


def read_number(text: str) -> float:
    """Read one number, such as `0.01`, `0,01`, `1e-3`, `10⁻³`, `−.5`, `1 000`, `1/9` or `½`.

    Raises: BadNumber, also for `1,500`, which some people read as 1.5 and others as 1500.
    """
    written, text = text.strip(), _as_typed(text, between_thousands=SPACES).strip()
    if THOUSANDS.fullmatch(text):
        raise _ambiguous(written, text.replace(",", "."), text.replace(",", ""))
    if GROUPED.fullmatch(text):
        *thousands, decimals = re.split("[.,]", text)
        text = f"{''.join(thousands)}.{decimals}"
    if fraction := FRACTION.fullmatch(text):
        above, below = (Fraction(part.replace(",", ".")) for part in fraction.groups())
        if not below:
            raise BadNumber(f"“{written[:20]}” divides by zero")
        return float(above / below)
    if not NUMBER.fullmatch(text):
        raise BadNumber(f"“{written[:20]}” is no number")
    return float(text.replace(",", "."))


def read_numbers(text: str) -> list[float]:
    """Read numbers with spaces, lines, semicolons or commas between them, such as `0,1 0,3` or `[0.1, 0.3]`.

    A comma between two digits is a decimal comma where most numbers have one and none has a point.

    Raises: BadNumber for what is no number, or could be read in two ways.
    """
    text = text.strip().strip("[](){}").replace("\t", "\n")
    inside = NARROW + NO_BREAK if re.search(r"[\x20\n;]", text) else NARROW
    text = _as_typed(text, between_thousands=inside)
    if found := SPACED.search(text):
        *first, last = (found[1] or found[0]).split(" ")
        raise _ambiguous(found[1] or found[0], "".join([*first, last]), f"{' '.join(first)} and {last}")
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


def read_whole_numbers(text: str) -> list[int]:
    """Read whole numbers from 0 on, with spaces, semicolons or commas between them, such as `2, 4` or `2;4`.

    Raises: BadNumber for what is no such number.
    """
    parts = re.split(r"[\s;,]+", _as_typed(text.strip().strip("[](){}"), between_thousands=NARROW))
    for part in filter(None, parts):
        if not re.fullmatch(r"\d{1,9}", part):
            raise BadNumber(f"“{part[:20]}” is no whole number")
    return [int(part) for part in parts if part]


def _as_typed(text: str, between_thousands: str) -> str:
    """Write numbers as a keyboard does: without marks between thousands, fractions with /, powers with e."""
    grouped = rf"(?<![\d.,])[1-9]\d{{0,2}}(?:[{SWISS}{between_thousands}]\d{{3}})+(?!\d)"
    text = re.sub(grouped, lambda found: re.sub(r"\D", "", found[0]), text)
    text = MIXED.sub(_improper, text)
    text = POWER.sub(lambda found: f"{found[1] or 1}e{found[2].lstrip('^')}", text)
    return make_plain(unicodedata.normalize("NFKC", text)).translate(KEYBOARD)


def _improper(found: re.Match[str]) -> str:
    """Write a whole number and a sign such as ½ as one fraction: 1½ is 3/2."""
    above, below = unicodedata.normalize("NFKC", found[2]).split("⁄")
    return f"{int(found[1] or 0) * int(below) + int(above)}/{below}"


def _ambiguous(text: str, one: str, other: str) -> BadNumber:
    return BadNumber(f"“{text[:20]}” can be read as {one[:20]} or as {other[:20]}: write which one you mean")
