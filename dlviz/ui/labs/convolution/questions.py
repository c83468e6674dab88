"""The Convolution lab's questions, answered from the learner's own run."""

import numpy as np

from dlviz.convolution import POOL, output_size
from dlviz.ui.labs.convolution.forward import Run
from dlviz.ui.lesson import Question

Size = tuple[int, int]  # rows and columns
FLAT = {"zero": "It becomes 0", "same": "It keeps its value", "other": "It becomes another value"}


def questions(run: Run) -> list[Question]:
    """What to predict of this run; a result too small for pooling leaves one question out."""
    return [_size(run), _flat(run), *([_seen(run)] if run.max_pool.size else [])]


def _size(run: Run) -> Question:
    sliding, (rows, columns) = run.convolved.sliding, run.convolved.padded.shape[1:]
    stride = 2 if sliding.stride == 1 else 1
    sides = list(zip((rows, columns), run.convolved.kernel.shape, strict=True))
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
        f"The window then has {height} places from top to bottom and {width} from left to right.",
    )


def _options(answer: Size, others: list[Size]) -> list[str]:
    """The answer among three other sizes, in the order of their numbers, which tells nothing."""
    sizes = [answer, *(other for other in dict.fromkeys(others) if other != answer)][:4]
    return list(map(_written, sorted(sizes)))


def _written(size: Size) -> str:
    return f"{size[0]}×{size[1]}"


def _flat(run: Run) -> Question:
    total = float(run.kernel.values.sum())
    answer = (
        "zero" if np.isclose(total, 0, atol=1e-5) else "same" if np.isclose(total, 1, atol=1e-5) else "other"
    )
    return Question(
        "flat",
        "What does this kernel make of a part of the picture where all pixels are equal, such as plain sky?",
        list(FLAT.values()),
        FLAT[answer],
        "Each pixel is multiplied by a number of the kernel. Where all are equal, add up the kernel first.",
        f"The kernel's numbers add up to {total:.3g}, so a flat part becomes {total:.3g} times its value.",
    )


def _seen(run: Run) -> Question:
    sliding, taps = run.convolved.sliding, run.convolved.kernel.shape
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
