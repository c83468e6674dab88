"""A trace of SelfAttention(384, 12) at 34 tokens against its plain forward, on one thread.

python -m benchmarks.attention_trace
"""

import torch

from benchmarks import report
from benchmarks.trace_overhead import milliseconds
from dlviz import weights
from dlviz.trace import trace

PAIRS, WARM_UP = 3000, 100


def main() -> None:
    """Measure in turns, so that what slows one slows the other, and print."""
    pairs = PAIRS // 10 if report.quick(__doc__) else PAIRS
    torch.set_num_threads(1)
    model = weights.build("SelfAttention", {"embed_size": 384, "heads": 12})
    x = torch.randn(1, 34, 384, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        turns = [
            (milliseconds(lambda: model(x)), milliseconds(lambda: trace(model, x)))
            for _ in range(WARM_UP + pairs)
        ]
    plain, traced = (report.percentile(times, 50) for times in zip(*turns[WARM_UP:], strict=True))
    report.figure(f"plain forward, median of {pairs}", plain, "ms")
    report.figure("every step recorded, median", traced, "ms")
    report.figure("ratio", traced / plain, "×", at_most=1.5)


if __name__ == "__main__":
    main()
