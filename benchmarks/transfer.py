"""One picture through the frozen backbone, and a head for ten classes of twenty pictures, on one thread.

python -m benchmarks.transfer
"""

import time
from collections.abc import Callable

import numpy as np
import torch

from benchmarks import report
from dlviz.data.pictures import photograph, photographs
from dlviz.transfer.backbones import load_embedded
from dlviz.transfer.features import compute_features
from dlviz.transfer.heads import solve_head
from dlviz.transfer.picture_sets import encode_picture

TURNS, WARM_UP, CLASSES, EACH = 40, 3, 10, 20


def main() -> None:
    """Measure, and print."""
    turns = TURNS // 10 if report.quick(__doc__) else TURNS
    torch.set_num_threads(1)
    backbone, picture = load_embedded(), photograph("chelsea")
    features, labels = _examples(compute_features(backbone, [photograph(name) for name in photographs()]))
    _measure(
        "features of a picture, 160 pixels", lambda: compute_features(backbone, [picture], 160), turns, 100
    )
    _measure("features of a picture, 224 pixels", lambda: compute_features(backbone, [picture], 224), turns)
    _measure("head, 10 classes × 20 pictures", lambda: solve_head(features, labels, CLASSES), turns, 100)
    kept = np.mean([len(encode_picture(file.read_bytes())) for file in photographs().values()])
    size = CLASSES * EACH * (float(kept) + features[0].nbytes) / 1e6
    report.figure("200 pictures and their features", size, "MB", at_most=10)


def _measure(what: str, action: Callable[[], object], turns: int, at_most: float | None = None) -> None:
    """Print the median time of an action, by the wall's clock and by the processor's."""
    walls, processors = [], []
    for _ in range(WARM_UP + turns):
        wall, processor = time.perf_counter(), time.process_time()
        action()
        walls.append(1000 * (time.perf_counter() - wall))
        processors.append(1000 * (time.process_time() - processor))
    report.figure(f"{what}, median", report.percentile(walls[WARM_UP:], 50), "ms", at_most)
    report.figure("of the processor’s time, median", report.percentile(processors[WARM_UP:], 50), "ms")


def _examples(few: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Features (200, channels) around mixtures of few real ones (few, channels), and labels (200,)."""
    generator = np.random.default_rng(0)
    labels = np.repeat(np.arange(CLASSES), EACH)
    mixed = generator.dirichlet(np.ones(len(few)), CLASSES) @ few
    noise = generator.normal(scale=few.std(), size=(len(labels), few.shape[1]))
    return np.maximum(mixed[labels] + noise, 0).astype(np.float32), labels


if __name__ == "__main__":
    main()
