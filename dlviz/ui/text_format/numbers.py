"""Numbers as a page writes them."""

import re

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
EXPONENT = re.compile(r"e([+-]\d+)$")


def percent(share: float, decimals: int = 1) -> str:
    """A share of a count, but never 0 or 100 % for what is neither."""
    least = 10.0 ** -(decimals + 2)
    if 1 - least < share < 1:
        return f"> {100 * (1 - least):.{decimals}f} %"
    if 0 < share < least:
        return f"< {100 * least:.{decimals}f} %"
    return f"{100 * share:.{decimals}f} %"


def probability(value: float) -> str:
    """A network's probability: one decimal, but never 0 or 100 %: only rounding makes a softmax that."""
    if value > 0.999:
        return "> 99.9 %"
    if value < 0.001:
        return "< 0.1 %"
    return f"{100 * value:.1f} %"


def number(value: float, spec: str = ".3g") -> str:
    """A number as Python's format specification writes it, with a true minus sign, but none before a 0.

    What Python gives an exponent has a power of ten: 4 · 10⁻⁵.
    """
    written = f"{value:{spec}}"
    if value == 0:
        written = EXPONENT.sub("", written)
    if set(written) <= set("+-0."):
        written = written.lstrip("+-")
    return EXPONENT.sub(lambda found: times_power(int(found[1])), written).replace("-", "−")


def times_power(exponent: int) -> str:
    """A power of ten as it stands behind a number: “ · 10⁻⁵”, which no line breaks."""
    return f"\u00a0·\u00a010{str(exponent).translate(RAISED)}"


def counted(count: int, singular: str, plural: str = "") -> str:
    """A count with its noun: `1 row`, `2 rows`."""
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"
