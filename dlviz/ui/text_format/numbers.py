"""Numbers as a page writes them."""


def percent(share: float) -> str:
    """A share of a count: one decimal, but never 0 or 100 % for what is neither."""
    if 0.999 < share < 1:
        return "> 99.9 %"
    if 0 < share < 0.001:
        return "< 0.1 %"
    return f"{100 * share:.1f} %"


def probability(value: float) -> str:
    """A network's probability: one decimal, but never 0 or 100 %: only rounding makes a softmax that."""
    if value > 0.999:
        return "> 99.9 %"
    if value < 0.001:
        return "< 0.1 %"
    return f"{100 * value:.1f} %"


def number(value: float, spec: str = ".3g") -> str:
    """A number as Python's format specification writes it, with a true minus sign, but none before a 0."""
    written = f"{value:{spec}}"
    if set(written) <= set("+-0."):
        written = written.lstrip("+-")
    return written.replace("-", "−")


def counted(count: int, singular: str, plural: str = "") -> str:
    """A count with its noun: `1 row`, `2 rows`."""
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"
