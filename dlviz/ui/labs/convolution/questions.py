"""Questions of the Convolution lab, answered from the learner's own pass, and the code behind it."""

from collections.abc import Callable

import numpy as np

from dlviz.convolution import POOL, average_pool, convolve2d, max_pool, output_size, relu, slide
from dlviz.scripts.labs import convolution_script
from dlviz.ui.labs.convolution.forward import ForwardPass
from dlviz.ui.labs.convolution.state import CHANNELS, State
from dlviz.ui.lesson import Question
from dlviz.ui.text_format.numbers import counted, number

Size = tuple[int, int]  # rows and columns
FLAT = {"zero": "It becomes 0", "same": "It keeps its value", "other": "It becomes another value"}


def questions(passed: ForwardPass, _: State) -> list[Question]:
    """Questions to predict; a result too small for pooling leaves one out."""
    return [_size(passed), _flat(passed), *([_seen(passed)] if passed.max_pool.size else [])]


def _size(passed: ForwardPass) -> Question:
    sliding, (rows, columns) = passed.convolved.sliding, passed.convolved.padded.shape[1:]
    stride = 2 if sliding.stride == 1 else 1
    sides = list(zip((rows, columns), passed.convolved.kernel.shape, strict=True))
    height, width = (output_size(size, taps, 0, stride, sliding.dilation) for size, taps in sides)
    padded = _written((rows, columns))
    others = [
        (rows, columns),
        (height + 1, width + 1),
        (-(-rows // 2), -(-columns // 2)),
        (height + 2, width + 2),
    ]
    return Question(
        "size",
        f"What size is the result if the stride is {stride}, and all else stays?",
        _options((height, width), others),
        _written((height, width)),
        f"The padded picture has {padded} pixels. Count the places for the window's left edge.",
        f"The window then has {counted(height, 'place')} from top to bottom and {width} from left to right.",
    )


def _options(answer: Size, others: list[Size]) -> list[str]:
    """The answer among three other sizes, in the order of their numbers, which tells nothing."""
    sizes = [answer, *(other for other in dict.fromkeys(others) if other != answer)][:4]
    return list(map(_written, sorted(sizes)))


def _written(size: Size) -> str:
    return f"{size[0]}×{size[1]}"


def _flat(passed: ForwardPass) -> Question:
    total = float(passed.kernel.values.sum())
    shown = number(total)
    answer = (
        "zero" if np.isclose(total, 0, atol=1e-5) else "same" if np.isclose(total, 1, atol=1e-5) else "other"
    )
    return Question(
        "flat",
        "What does this kernel make of a part of the picture where all pixels are equal, such as plain sky?",
        list(FLAT.values()),
        FLAT[answer],
        "Each pixel is multiplied by a number of the kernel. Where all are equal, add up the kernel first.",
        f"The kernel's numbers add up to {shown}, so a flat part becomes {shown} times its value.",
    )


def _seen(passed: ForwardPass) -> Question:
    sliding, taps = passed.convolved.sliding, passed.convolved.kernel.shape
    reaches = [sliding.dilation * (n - 1) + 1 for n in taps]
    height, width = (reach + sliding.stride * (POOL - 1) for reach in reaches)
    answer, window = _written((height, width)), _written((reaches[0], reaches[1]))
    others = [
        (reaches[0], reaches[1]),
        (POOL, POOL),
        (POOL * reaches[0], POOL * reaches[1]),
        (height + 1, width + 1),
    ]
    return Question(
        "seen",
        "How large is the part of the picture that decides one pixel after max pooling?",
        _options((height, width), others),
        answer,
        f"One pixel of the result sees {window}. Pooling takes two neighbours in each direction.",
        f"Two windows of {window}, {sliding.stride} apart in each direction, reach over {answer}.",
    )


def shown_code(_: ForwardPass, __: State) -> list[Callable]:
    """The functions that made the numbers on screen."""
    return [convolve2d, slide, output_size, relu, max_pool, average_pool]


def script(passed: ForwardPass, state: State) -> str:
    """A script that computes the result again; of a colour picture, that of the channel looked at."""
    sliding, pixels = passed.convolved.sliding, passed.picture.pixels
    coloured = len(pixels) == len(CHANNELS)
    heading = f"# Of the picture's three channels this is the {state.channel} one.\n" if coloured else ""
    return heading + convolution_script(
        pixels[CHANNELS.index(state.channel) if coloured else 0],
        passed.convolved.kernel,
        sliding.padding,
        sliding.padding_mode,
        sliding.stride,
        sliding.dilation,
    )


def script_name(_: ForwardPass, __: State) -> str:
    """The name of the script's file."""
    return "convolution.py"
