"""Dreams: four of one unit of SimpleCNN, the real patches of all its maps, and how far dreams go beyond them.

python -m benchmarks.dreams
"""

import time

import numpy as np
import torch

from benchmarks import report
from dlviz import extremes, weights
from dlviz.data.mnist import digits
from dlviz.dream import Target, dream
from dlviz.extremes import Found, cut_patch, search
from dlviz.ui.labs.cnn.dreaming import seen_part

SHAPE, TURNS = (1, 28, 28), 7
CONV_2, CONV_3 = "conv_layers.3", "conv_layers.6"
MIDDLES = {CONV_2: (7, 7), CONV_3: (3, 3)}


def main() -> None:
    """Measure on one thread, as the server computes, and print."""
    torch.set_num_threads(1)
    quick = report.quick(__doc__)
    network, pictures = weights.load("simple_cnn"), digits("test")[0].numpy()
    time_dreams(1 if quick else TURNS)
    found = time_search(pictures[:1000] if quick else pictures)
    time_patches(found, pictures)
    for stage in MIDDLES:
        channels = range(0, network.get_parameter(f"{stage}.weight").shape[0], 10 if quick else 1)
        beyond = sum(is_beyond(stage, channel, found) for channel in channels)
        title = "conv 2" if stage == CONV_2 else "conv 3"
        report.figure(f"dreams beyond every real digit, of {len(channels)} maps of {title}", beyond)


def time_dreams(turns: int) -> None:
    """Time the first picture of four dreams of a unit, and all 128 steps."""
    network = weights.load("simple_cnn")
    firsts, wholes, processor = [], [], []
    for turn in range(turns + 1):
        begun, busy = time.perf_counter(), time.thread_time()
        growing = dream(network, Target(CONV_3, turn, MIDDLES[CONV_3]), SHAPE)
        next(growing)
        firsts.append(time.perf_counter() - begun)
        for _ in growing:
            pass
        wholes.append(time.perf_counter() - begun)
        processor.append(time.thread_time() - busy)
    # The first optimizer of a process takes seconds of its own.
    report.figure("four dreams of a unit: first picture", float(np.median(firsts[1:])), "s", at_most=0.3)
    report.figure("four dreams of a unit: 128 steps", float(np.median(wholes[1:])), "s", at_most=3)
    report.figure("of these, seconds of the processor", float(np.median(processor[1:])), "s")


def time_search(pictures: np.ndarray) -> Found:
    """Time the search of all channels' extremes among the test digits."""
    network = weights.load("simple_cnn")
    begun, busy = time.perf_counter(), time.thread_time()
    *_, found = search(network, pictures)
    report.figure(f"extremes among {len(pictures):,} digits", time.perf_counter() - begun, "s", at_most=60)
    report.figure("of these, seconds of the processor", time.thread_time() - busy, "s")
    return found


def time_patches(found: Found, pictures: np.ndarray) -> None:
    """Time a map's eighteen patches, from what was found, as the lab cuts them."""
    network, times, processor = weights.load("simple_cnn"), [], []
    seen_part(network, CONV_3, 0, 0)
    for channel in range(30):
        begun, busy = time.perf_counter(), time.thread_time()
        for of in (found.most, found.least):
            each = of[CONV_3, "place"]
            for picture, place in zip(each.pictures[:, channel], each.places[:, channel], strict=True):
                part = seen_part(network, CONV_3, *divmod(int(place), 7))
                assert part
                cut_patch(pictures[picture], part, 0)
        times.append(1000 * (time.perf_counter() - begun))
        processor.append(1000 * (time.thread_time() - busy))
    report.figure("patches of a map of conv 3, median", float(np.median(times)), "ms", at_most=50)
    report.figure("longest, of the processor", max(processor), "ms")
    begun = time.perf_counter()
    extremes.file_of(network, pictures)
    report.figure("name of the file that keeps them", 1000 * (time.perf_counter() - begun), "ms")


def is_beyond(stage: str, channel: int, found: Found) -> bool:
    """True if the best of four dreams excites a unit more than any place of any real digit does its map."""
    *_, dreams = dream(weights.load("simple_cnn"), Target(stage, channel, MIDDLES[stage]), SHAPE)
    return float(dreams.values.max()) > found.most[stage, "place"].values[0, channel]


if __name__ == "__main__":
    main()
