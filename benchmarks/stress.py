"""Stress tests: 2,000 digits moved and with patches hidden, read by both networks of a race, a thread each.

python -m benchmarks.stress
"""

import time
from functools import partial

from benchmarks import report
from dlviz import weights
from dlviz.data import mnist
from dlviz.race.stress import STRESSES, TESTED, find_right, make_faster
from dlviz.training.race import PAIR, RUNNERS


def main() -> None:
    """Measure, and print."""
    count = TESTED // 10 if report.quick(__doc__) else TESTED
    networks = [
        make_faster(weights.build(RUNNERS[runner].model, {"num_classes": 10, **RUNNERS[runner].sizes}))
        for runner in PAIR
    ]
    images, labels = mnist.digits("test")
    pictures, labels = images[:count, None].float() / 255, labels[:count]
    read = partial(find_right, pictures=pictures, labels=labels)
    levels = [("moved", level) for level in STRESSES["moved"].levels]
    levels += [("hidden", level) for level in STRESSES["hidden"].levels[1:]]  # the first is the other's first
    read(networks, STRESSES["moved"], 0.0)  # the first pass sets up what every later one uses
    begun, worked = time.perf_counter(), time.process_time()
    for name, level in levels:
        read(networks, STRESSES[name], level)
    report.figure(f"{len(levels)} levels, both networks", time.perf_counter() - begun, "s", 5.0)
    report.figure("of a processor", time.process_time() - worked, "s")


if __name__ == "__main__":
    main()
