"""Sizes of networks that have one number of weights, whatever their depth."""

DEPTHS = (1, 2, 3, 4, 5, 6)  # hidden layers
LEAST_WIDTH = 2


def count_weights(depth: int, width: int) -> int:
    """Count all weights and biases from two inputs through `depth` hidden layers of `width` to one output."""
    return (2 + 1) * width + (depth - 1) * (width + 1) * width + (width + 1)


def choose_width(depth: int, budget: int) -> int | None:
    """Choose the greatest width whose network has no more weights than the budget.

    Returns None where even layers of two units would have more.
    """
    width = LEAST_WIDTH
    if count_weights(depth, width) > budget:
        return None
    while count_weights(depth, width + 1) <= budget:
        width += 1
    return width
