"""A forward pass of SimpleCNN with a trace against one without, for one digit, on one thread.

python -m benchmarks.trace_overhead
"""

import time
from collections.abc import Callable

import torch

from benchmarks import report
from dlviz import weights
from dlviz.data import digits, mnist
from dlviz.trace import trace

PAIRS, WARM_UP = 3000, 100


def milliseconds(action: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    """Measure in turns, so that what slows one slows the other, and print."""
    pairs = PAIRS // 10 if report.quick(__doc__) else PAIRS
    torch.set_num_threads(1)
    model, x = weights.load("simple_cnn"), digits.normalise(mnist.digits("test")[0][:1])
    with torch.inference_mode():
        turns = [
            (milliseconds(lambda: model(x)), milliseconds(lambda: trace(model, x)))
            for _ in range(WARM_UP + pairs)
        ]
    plain, traced = (report.percentile(times, 50) for times in zip(*turns[WARM_UP:], strict=True))
    report.figure(f"plain forward, median of {pairs}", plain, "ms")
    report.figure("with trace, median", traced, "ms")
    report.figure("ratio", traced / plain, "×", at_most=1.3)


if __name__ == "__main__":
    main()
