"""One picture through the frozen backbone, and a head for ten classes of twenty pictures, on one thread.

python -m benchmarks.transfer
"""

import numpy as np
import torch

from benchmarks import report
from benchmarks.trace_overhead import milliseconds
from dlviz.data.pictures import photograph, photographs
from dlviz.transfer.backbones import load_embedded
from dlviz.transfer.features import compute_features
from dlviz.transfer.heads import solve_head
from dlviz.transfer.picture_sets import encode_picture
from dlviz.transfer.splits import hold_out_at_random, measure_accuracy

TURNS, WARM_UP, CLASSES, EACH = 40, 3, 10, 20


def main() -> None:
    """Measure, and print."""
    turns = TURNS // 10 if report.quick(__doc__) else TURNS
    torch.set_num_threads(1)
    backbone, picture = load_embedded(), photograph("chelsea")
    for side, target in ((160, 100.0), (224, None)):
        times = [
            milliseconds(lambda side=side: compute_features(backbone, [picture], side))
            for _ in range(WARM_UP + turns)
        ][WARM_UP:]
        report.figure(
            f"features of a picture, {side} pixels, median", report.percentile(times, 50), "ms", target
        )
        report.figure("p95", report.percentile(times, 95), "ms")
    features, labels = _examples(compute_features(backbone, [photograph(name) for name in photographs()]))
    for what, solve in (
        ("head, 10 classes × 20 pictures", lambda: solve_head(features, labels, CLASSES)),
        (
            "five tests of it",
            lambda: measure_accuracy(features, labels, lambda d: hold_out_at_random(labels, d)),
        ),
    ):
        times = [milliseconds(solve) for _ in range(WARM_UP + turns)][WARM_UP:]
        report.figure(f"{what}, median", report.percentile(times, 50), "ms", 100 if "head" in what else None)
        report.figure("p95", report.percentile(times, 95), "ms")
    kept = np.mean([len(encode_picture(file.read_bytes())) for file in photographs().values()])
    size = CLASSES * EACH * (float(kept) + features[0].nbytes) / 1e6
    report.figure("200 pictures and their features", size, "MB", 10)


def _examples(few: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Features (200, channels) around mixtures of few real ones (few, channels), and labels (200,)."""
    generator = np.random.default_rng(0)
    labels = np.repeat(np.arange(CLASSES), EACH)
    mixed = generator.dirichlet(np.ones(len(few)), CLASSES) @ few
    noise = generator.normal(scale=few.std(), size=(len(labels), few.shape[1]))
    return np.maximum(mixed[labels] + noise, 0).astype(np.float32), labels


if __name__ == "__main__":
    main()
