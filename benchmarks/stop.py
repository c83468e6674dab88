"""From stop, pressed at any moment of a run, to its worker's end, while another run is trained on two cores.

python -m benchmarks.stop
"""

import os
import random
import time

from benchmarks import report, training
from dlviz.training.config import TrainingConfig
from dlviz.training.runs.service import Service

STOPS = 30
# Measuring the 5,000 held-out digits takes longer than learning from these.
CONFIG = TrainingConfig(samples=1_280, epochs=1_000)
LATEST = 4.0  # seconds after the first batch


def stop(runs: Service, draw: random.Random) -> tuple[float, bool]:
    """Milliseconds from stop to a free worker, and whether the run was being measured at that moment."""
    run = training.learning(runs, CONFIG)
    time.sleep(draw.uniform(0, LATEST))
    start = time.perf_counter()
    runs.stop(run, training.OWNER)
    while runs.status(run).state == "running":
        time.sleep(0.005)
    taken = 1000 * (time.perf_counter() - start)
    told = [event for event in runs.store.events(run) if event["kind"] in ("start", "batch", "epoch")]
    steps = told[0]["steps_per_epoch"]
    last = told[-1]
    return taken, last["kind"] == "batch" and last["step"] == steps * last["epoch"]  # pyright: ignore


def main() -> None:
    """Measure and print."""
    count = STOPS // 10 if report.quick(__doc__) else STOPS
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    draw = random.Random(0)
    with training.served(2) as runs:
        training.learning(runs, TrainingConfig(epochs=10_000))
        stops = [stop(runs, draw) for _ in range(count)]
    times = [taken for taken, _ in stops]
    measured = [taken for taken, measuring in stops if measuring]
    report.figure(f"stop to a free worker, median of {len(times)}", report.percentile(times, 50), "ms")
    report.figure("longest", max(times), "ms", at_most=1000)
    if measured:
        report.figure(
            f"longest of the {len(measured)} while it was measured", max(measured), "ms", at_most=1000
        )


if __name__ == "__main__":
    main()
