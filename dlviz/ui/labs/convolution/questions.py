"""Questions of the Convolution lab, answered from the learner's own pass, and the code behind it."""

from collections.abc import Callable

import numpy as np

from dlviz import kernels
from dlviz.convolution import POOL, average_pool, convolve2d, max_pool, output_size, relu, slide
from dlviz.questions import Choice
from dlviz.scripts.labs import convolution_script
from dlviz.ui.labs.convolution.forward import ForwardPass
from dlviz.ui.labs.convolution.state import CHANNELS, KERNELS, State
from dlviz.ui.text_format.numbers import counted, number

Size = tuple[int, int]  # rows and columns
NUMBERS = {"edge": "8 in the middle, −1 in the eight places round it", "box": "nine times 1/9"}
LEFT = {
    "edge": "Only differences between neighbours are left: outlines.",
    "box": "Elsewhere each pixel becomes the mean of nine: the picture blurs.",
}
FLAT = {"zero": "It becomes 0", "same": "It keeps its value", "other": "It becomes another value"}


def questions(passed: ForwardPass, _: State) -> list[Choice]:
    """Questions to predict; a result too small for pooling leaves one out."""
    return [_size(passed), _flat(passed), *([_ask_seen_pixels(passed)] if passed.max_pool.size else [])]


def main_question(passed: ForwardPass, _: State) -> Choice:
    """Ask for another kernel's answer to a plain part of the picture, before it is laid on."""
    chosen = "edge" if np.isclose(passed.kernel.values.sum(), 1, atol=1e-5) else "box"
    title, values = KERNELS[chosen], kernels.KERNELS[chosen]
    total = float(values.sum())
    return Choice(
        name="main",
        text=(
            f"The kernel is about to become {title}: {NUMBERS[chosen]}. What will it make of a plain part of "
            "the picture, where all pixels are equal?"
        ),
        options=list(FLAT.values()),
        answer=FLAT[_becomes(total)],
        hints=[
            "Each of the nine pixels is multiplied by a number of the kernel, then all are added up.",
            "All nine pixels are equal: add up the kernel’s numbers first.",
        ],
        why="Why, do you think? And what will such a kernel do where the picture is not plain?",
        because=(
            f"The kernel’s numbers add up to {number(total)}, so a plain part becomes {number(total)} times "
            f"its value. {LEFT[chosen]}"
        ),
        shows={"kernel": chosen},
    )


def _size(passed: ForwardPass) -> Choice:
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
    return Choice(
        name="size",
        text=f"What size is the result if the stride is {stride}, and all else stays?",
        options=_options((height, width), others),
        answer=_written((height, width)),
        hints=[
            f"The padded picture has {padded} pixels. Count the places for the window's left edge.",
            "The window moves on by the stride as long as it fits. Do the same from top to bottom.",
        ],
        because=(
            f"The window then has {counted(height, 'place')} from top to bottom and {width} from left "
            "to right."
        ),
    )


def _options(answer: Size, others: list[Size]) -> list[str]:
    """The answer among three other sizes, in the order of their numbers, which tells nothing."""
    sizes = [answer, *(other for other in dict.fromkeys(others) if other != answer)][:4]
    return list(map(_written, sorted(sizes)))


def _written(size: Size) -> str:
    return f"{size[0]}×{size[1]}"


def _flat(passed: ForwardPass) -> Choice:
    total = float(passed.kernel.values.sum())
    shown = number(total)
    return Choice(
        name="flat",
        text=(
            "What does this kernel make of a part of the picture where all pixels are equal, such as "
            "plain sky?"
        ),
        options=list(FLAT.values()),
        answer=FLAT[_becomes(total)],
        hints=[
            "Each pixel is multiplied by a number of the kernel.",
            "Where all pixels are equal, the numbers of the kernel can be added up first.",
        ],
        because=f"The kernel's numbers add up to {shown}, so a flat part becomes {shown} times its value.",
    )


def _becomes(total: float) -> str:
    """A key of FLAT: what a kernel whose numbers add up to that makes of equal pixels."""
    if np.isclose(total, 0, atol=1e-5):
        return "zero"
    return "same" if np.isclose(total, 1, atol=1e-5) else "other"


def _ask_seen_pixels(passed: ForwardPass) -> Choice:
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
    return Choice(
        name="seen",
        text="How large is the part of the picture that decides one pixel after max pooling?",
        options=_options((height, width), others),
        answer=answer,
        hints=[
            f"One pixel of the result sees {window}. Pooling takes two neighbours in each direction.",
            (
                "The windows of two neighbours begin one stride apart. How far is it from the first "
                "one’s beginning to the second one’s end?"
            ),
        ],
        because=f"Two windows of {window}, {sliding.stride} apart in each direction, reach over {answer}.",
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
