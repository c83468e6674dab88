"""The Convolution lab's questions, answered from the learner's own run."""

import numpy as np

from dlviz.convolution import POOL, output_size
from dlviz.ui.convolution.run import Run
from dlviz.ui.lesson import Question

FLAT = {"zero": "It becomes 0", "same": "It keeps its value", "other": "It becomes another value"}


def questions(run: Run) -> list[Question]:
    """What to predict of this run; a result too small for pooling leaves one question out."""
    return [_size(run), _flat(run), *([_seen(run)] if run.max_pool.size else [])]


def _size(run: Run) -> Question:
    sliding, shape = run.convolved.sliding, run.convolved.padded.shape[1:]
    stride = 2 if sliding.stride == 1 else 1
    sides = list(zip(shape, run.convolved.kernel.shape, strict=True))
    height, width = (output_size(size, taps, 0, stride, sliding.dilation) for size, taps in sides)
    answer, padded = f"{height}×{width}", f"{shape[0]}×{shape[1]}"
    others = [
        padded,
        f"{height + 1}×{width + 1}",
        f"{-(-shape[0] // 2)}×{-(-shape[1] // 2)}",
        f"{height + 2}×{width + 2}",
    ]
    return Question(
        "size",
        f"What size is the result if the stride is {stride}, and all else stays?",
        _shuffled(answer, others),
        answer,
        f"The padded picture has {padded} pixels. Count the places for the window's left edge.",
        f"The window then has {height} places from top to bottom and {width} from left to right.",
    )


def _shuffled(answer: str, others: list[str]) -> list[str]:
    """The answer among three others of its kind, in the order of their numbers, which tells nothing."""
    options = [answer, *(other for other in dict.fromkeys(others) if other != answer)][:4]
    return sorted(options, key=lambda text: [int(side) for side in text.split("×")])


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
    answer, window = f"{height}×{width}", f"{reaches[0]}×{reaches[1]}"
    others = [
        window,
        f"{POOL}×{POOL}",
        f"{POOL * reaches[0]}×{POOL * reaches[1]}",
        f"{height + 1}×{width + 1}",
    ]
    return Question(
        "seen",
        "How large is the part of the picture that decides one pixel after max pooling?",
        _shuffled(answer, others),
        answer,
        f"One pixel of the result sees {window}. Pooling takes two neighbours in each direction.",
        f"Two windows of {window}, {sliding.stride} apart in each direction, reach over {answer}.",
    )
