"""convolve2d on 512×512 with a 3×3 kernel against scipy.signal.correlate2d, in turns.

python -m benchmarks.convolve2d
"""

import numpy as np
from scipy.signal import correlate2d

from benchmarks import report
from benchmarks.trace_overhead import milliseconds
from dlviz.convolution import convolve2d
from dlviz.kernels import KERNELS

PAIRS, WARM_UP, SIDE = 300, 5, 512


def main() -> None:
    """Measure in single precision, which the lab uses, and in double, and print."""
    pairs = PAIRS // 10 if report.quick(__doc__) else PAIRS
    image = np.random.default_rng(0).random((SIDE, SIDE))
    for precision in (np.float32, np.float64):
        x, kernel = image.astype(precision), KERNELS["edge"].astype(precision)
        turns = [
            (
                milliseconds(lambda x=x, kernel=kernel: convolve2d(x, kernel)),
                milliseconds(lambda x=x, kernel=kernel: correlate2d(x, kernel, "valid")),
            )
            for _ in range(WARM_UP + pairs)
        ]
        ours, theirs = (report.percentile(times, 50) for times in zip(*turns[WARM_UP:], strict=True))
        report.figure(f"convolve2d, {precision.__name__}, median of {pairs}", ours, "ms")
        report.figure("scipy.signal.correlate2d, median", theirs, "ms")
        report.figure("ratio", ours / theirs, "×", at_most=1.0)


if __name__ == "__main__":
    main()
