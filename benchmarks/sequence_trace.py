"""A full trace of an LSTM, 28 steps, 2 layers of 128, against PyTorch's plain one, on one thread.

python -m benchmarks.sequence_trace
"""

import torch

from benchmarks import report
from benchmarks.trace_overhead import milliseconds
from dlviz import weights
from dlviz.data import digits, mnist
from dlviz.recurrence.reading import read

PAIRS, WARM_UP = 600, 40


def main() -> None:
    """Measure in turns, so that what slows one slows the other, and print."""
    pairs = PAIRS // 10 if report.quick(__doc__) else PAIRS
    torch.set_num_threads(1)
    model, x = weights.load("digit_rows_lstm"), digits.normalise(mnist.digits("test")[0][:1])[:, 0]
    plain = model.get_submodule("lstm")
    with torch.inference_mode():
        turns = [
            (milliseconds(lambda: plain(x)), milliseconds(lambda: read(model, x)))
            for _ in range(WARM_UP + pairs)
        ]
    alone, traced = (report.percentile(times, 50) for times in zip(*turns[WARM_UP:], strict=True))
    report.figure(f"plain nn.LSTM, median of {pairs}", alone, "ms")
    report.figure("every gate and state of every step, median", traced, "ms", at_most=8)
    report.figure("ratio", traced / alone, "×", at_most=4.5)


if __name__ == "__main__":
    main()
