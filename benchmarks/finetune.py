"""Fine-tuning: arms that are frozen or train on 200 reviews, one sentence's answer, and the pages meanwhile.

python -m benchmarks.finetune
"""

import asyncio
import os
import resource
import statistics
import sys
from time import perf_counter, process_time

import torch

from benchmarks import report, sessions, training
from benchmarks.server import running
from dlviz.encoders import packaged, sentiment
from dlviz.finetuning.frozen import read_pooled, try_heads
from dlviz.training.fine_tuning import FineTuningConfig, draw_reviews, fine_tune

TARGETS = {"last-two": 40, "low-rank": None, "all": 120}  # seconds


def main() -> None:
    """Measure, and print."""
    quick = report.quick(__doc__)
    count = 50 if quick else 200
    torch.set_num_threads(1)
    _compare_answers(20 if quick else 200)
    sentences, encoder = draw_reviews(count, 0), packaged.encoder()
    (texts, labels), (asked, wanted) = (
        zip(*part, strict=True) for part in (sentences.learned, sentences.tested)
    )
    start = perf_counter()
    learned = read_pooled(encoder, texts)
    tested = read_pooled(encoder, asked)
    right = try_heads(learned, labels, tested, wanted, 2)
    report.figure(f"frozen arms, {count} reviews and the test", perf_counter() - start, "s", at_most=6)
    start = perf_counter()
    try_heads(learned, labels, tested, wanted, 2)
    report.figure("the same, once they have been read", perf_counter() - start, "s", at_most=0.3)
    for name in ("mean", "mean-three"):
        report.figure(f"frozen, {name}: test reviews right", 100 * right[name].mean(), "%")
    for lane, target in TARGETS.items():
        _train(FineTuningConfig(lane, count), target)
    # In kilobytes on Linux, in bytes on macOS.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e9 if sys.platform == "darwin" else 1e6)
    report.figure("most memory of the process", peak, "GB", at_most=1.5)
    _measure_pages(sessions.DIGITS // 10 if quick else sessions.DIGITS)


def _compare_answers(times: int) -> None:
    """Compare one sentence through the fine-tuned BERT that ships with the plain encoder, by turns."""
    encoder, tuned = packaged.encoder(), sentiment.classifier()
    given = encoder.tokenizer(
        "I hated every minute of it, and I would not watch it again.", return_tensors="pt"
    )
    models = {"plain": encoder.model, "tuned": tuned}
    seconds: dict[str, list[float]] = {name: [] for name in models}
    with torch.inference_mode():
        for turn in range(times + 5):
            for name, model in models.items():
                start = perf_counter()
                model(**given)
                if turn >= 5:
                    seconds[name].append(perf_counter() - start)
    plain, answered = (1000 * statistics.median(seconds[name]) for name in models)
    report.figure("one sentence through the plain encoder, median", plain, "ms")
    report.figure("through the fine-tuned one, median", answered, "ms", at_most=1.3 * plain)


def _measure_pages(each: int) -> None:
    """Measure the pages of thirty learners while a worker fine-tunes all layers, on two cores."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    with running() as server, training.served(1) as runs:
        server.wait_until_warm()
        training.learning(runs, FineTuningConfig("all", 1_000))
        times = asyncio.run(sessions.measure(server, each)).times
    report.figure(f"{sessions.SESSIONS} sessions meanwhile, median", report.percentile(times, 50), "ms")
    report.figure("95th percentile", report.percentile(times, 95), "ms", at_most=250)


def _train(config: FineTuningConfig, target: float | None) -> None:
    began, worked, first = perf_counter(), process_time(), 0.0
    accuracy = 0.0
    for event in fine_tune(config, draw_reviews(config.count, config.draw)):
        first = first or (perf_counter() - began if event["kind"] == "epoch" else 0.0)
        accuracy = float(str(event.get("test_accuracy", accuracy)))
    report.figure(f"{config.lane}: first curve", first, "s", at_most=5)
    report.figure("trained and tested", perf_counter() - began, "s", at_most=target)
    report.figure("of which the processor worked", process_time() - worked, "s")
    report.figure("test reviews right", 100 * accuracy, "%")


if __name__ == "__main__":
    main()
