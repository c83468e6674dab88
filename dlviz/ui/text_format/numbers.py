"""Probabilities as a page writes them."""


def percent(share: float) -> str:
    """One decimal, but never 0 or 100 % for what is neither."""
    if 0.999 < share < 1:
        return "> 99.9 %"
    if 0 < share < 0.001:
        return "< 0.1 %"
    return f"{100 * share:.1f} %"
