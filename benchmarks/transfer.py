"""Transfer: a frozen backbone and its head on one thread; four lanes and the whole curve over their examples.

python -m benchmarks.transfer
"""

import os
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch

from benchmarks import report, training
from dlviz.data.pictures import photograph, photographs
from dlviz.training.examples_curve import TRANSFERS, WAYS, configure, plan_curve
from dlviz.training.runs.service import Config, Service
from dlviz.transfer.backbones import load_embedded
from dlviz.transfer.features import compute_features
from dlviz.transfer.heads import solve_head
from dlviz.transfer.picture_sets import encode_picture

TURNS, WARM_UP, CLASSES, EACH = 40, 3, 10, 20
WARM = 10  # seconds in which the first worker gets warm, while a learner reads the page


def main() -> None:
    """Measure, and print."""
    quick = report.quick(__doc__)
    turns = TURNS // 10 if quick else TURNS
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
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
    lanes = [configure(TRANSFERS["digits"], way, 20) for way in WAYS]
    begun, ended = _train(lanes, "batch")
    report.figure("four lanes, 20 examples a class, first curve", begun, "s", at_most=2)
    report.figure("all done", ended, "s", at_most=20)
    if not quick:
        begun, ended = _train(plan_curve("digits"), "point")
        report.figure("the whole examples curve, first point", begun, "s", at_most=5)
        report.figure("all points", ended, "s", at_most=240)


def _train(configs: Sequence[Config], kind: str) -> tuple[float, float]:
    """Seconds from handing runs in to the first event of a kind, and to the end of all."""
    with training.served(2) as runs:
        runs.prepare()
        time.sleep(WARM)
        start = time.perf_counter()
        names = [runs.submit(config, training.OWNER) for config in configs]
        first = _wait(lambda: any(_has(runs, name, kind) for name in names), start)
        return first, _wait(lambda: all(runs.status(name).state == "ended" for name in names), start)


def _has(runs: Service, run: str, kind: str) -> bool:
    return any(event["kind"] == kind for event in runs.store.read(run).events)


def _wait(true: Callable[[], bool], start: float) -> float:
    while not true():
        time.sleep(0.02)
    return time.perf_counter() - start


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
