"""Sentences of the Convolution lab's pictures, made from a forward pass."""

import numpy as np

from dlviz.convolution import output_size_formula
from dlviz.ui.labs.convolution.forward import ForwardPass
from dlviz.ui.labs.convolution.state import PADDINGS
from dlviz.ui.text_format.numbers import counted, number, percent

RESIDUE = 1e-6  # what rounding may leave of a 0; how much depends on the processor


def marks(passed: ForwardPass) -> str:
    """Meaning of the marks on the picture, as far as there are any."""
    sliding = passed.convolved.sliding
    rows, columns = passed.convolved.left_out
    parts = []
    if sliding.padding:
        parts.append(f"hatched: padding, {PADDINGS[sliding.padding_mode].lower()}")
    if rows or columns:
        sides = [counted(len(side), word) for side, word in ((rows, "row"), (columns, "column")) if side]
        parts.append(f"grey: {' and '.join(sides)} that no window reads")
    return "; ".join(parts)


def output_size(passed: ForwardPass) -> str:
    """Size of the result: the formula in words, then with the numbers of each side."""
    sliding, kernel = passed.convolved.sliding, passed.convolved.kernel
    sides = zip(passed.picture.pixels.shape[1:], kernel.shape, strict=True)
    height, width = (
        output_size_formula(pixels, taps, sliding.padding, sliding.stride, sliding.dilation)
        for pixels, taps in sides
    )
    filled = [f"height = width = {height}"] if height == width else [f"height = {height}", f"width = {width}"]
    formula = "⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1; ⌊ ⌋ rounds down"
    return "\n".join([formula, *filled])


def following_pictures(passed: ForwardPass) -> dict[str, dict[str, str]]:
    """Title, text and text alternative of the pictures that follow the result."""
    coloured = len(passed.relu) > 1
    share = float(np.mean(passed.relu < RESIDUE))
    zeros = f"{percent(share)} of {'the three channels' if coloured else 'it'} is 0"
    light = "0 is paper, 1 is ink" if passed.picture.ink else "0 is black, 1 is white"
    pooled = "of every 2×2 of the ReLU" if passed.max_pool.size else "too small for a 2×2 window"
    texts = {
        "picture": ("Seen as a picture", light),
        "relu": ("ReLU", zeros),
        "max_pool": ("Max pooling", f"the largest {pooled}" if passed.max_pool.size else pooled),
        "average_pool": ("Average pooling", f"the mean {pooled}" if passed.max_pool.size else pooled),
    }
    return {
        name: {"title": title, "text": text, "alt": f"{title} of the result: {text}."}
        for name, (title, text) in texts.items()
    }


def text_alternatives(passed: ForwardPass) -> dict[str, str]:
    """The picture and the result as they are now, in words."""
    _, height, width = passed.picture.pixels.shape
    output = passed.convolved.output
    source = f"{passed.picture.title}, {height}×{width} pixels"
    return {
        "source": f"{source}. {marks(passed)}".strip(),
        "result": (
            f"Result of {passed.kernel.title} on {source}: {output.shape[1]}×{output.shape[2]}, "
            f"from {number(output.min())} to {number(output.max())}."
        ),
    }
