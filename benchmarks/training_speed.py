"""Samples a second of a digits run, watched and written down, against the lesson's own loop.

python -m benchmarks.training_speed [--quick] [--lesson]
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import dlviz.vision_operators  # noqa: F401

import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from benchmarks import report
from benchmarks.watching import Watcher, page
from dlviz.data import mnist
from dlviz.models import SimpleCNN
from dlviz.training.config import TrainingConfig, lesson
from dlviz.training.loop import train
from dlviz.training.runs import checkpoints
from dlviz.training.runs.journal import Journal

ROUNDS, BATCH, BATCHES, THREADS = 10, 64, 300, 1
TARGET, ACCURACY = 1.3, 0.99


class Moment(NamedTuple):
    """Seconds on the wall's clock, and of this process's work, which other processes hardly lengthen."""

    wall: float
    work: float

    @classmethod
    def now(cls) -> "Moment":
        """By both clocks."""
        return cls(time.perf_counter(), time.process_time())

    def since(self, start: "Moment") -> "Moment":
        """How long it took from there to here."""
        return Moment(self.wall - start.wall, self.work - start.work)


class Digits(Dataset):
    """The first digits, as torchvision's MNIST gives them: PIL pictures through a transform."""

    def __init__(self, count: int) -> None:
        images, labels = mnist.digits("train")
        self.images, self.labels = images[:count].numpy(), labels[:count].tolist()
        self.transform = transforms.Compose(
            [transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))],
        )

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[object, int]:
        return self.transform(Image.fromarray(self.images[index])), self.labels[index]


def lessons_loop(count: int) -> Moment:
    """How long the lesson's loop takes."""
    batches = DataLoader(Digits(count), batch_size=BATCH, shuffle=True)
    model, criterion = SimpleCNN(), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    model.train()
    start = Moment.now()
    for images, labels in batches:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        loss.item()
    return Moment.now().since(start)


def run(count: int, watcher: Watcher) -> Moment:
    """How long a run takes that a page shows, its events and checkpoints written as a worker writes them."""
    config = TrainingConfig(samples=count, batch_size=BATCH, epochs=1)
    name, folder = watcher.new(config)
    start = done = Moment.now()
    with Journal(folder) as journal:
        writer = checkpoints.Writer(journal)
        for event in train(config):
            if event["kind"] == "start":
                watcher.watch(name)
                start = Moment.now()
            if "state" in event:
                writer.write(event, event.pop("state"))  # pyright: ignore[reportArgumentType]
            else:
                journal.write(event)
            # The lesson's loop measures nothing here, so neither is the run's measurement counted.
            done = Moment.now() if event["kind"] in ("batch", "checkpoint") else done
            if event["kind"] == "batch" and event["step"] == count // BATCH:
                break
    if watcher.leave() < 2:
        raise RuntimeError("the page has not followed the run")
    return done.since(start)


def in_turns(count: int, rounds: int, watcher: Watcher) -> list[tuple[Moment, Moment]]:
    """The lesson's loop and a run beside each other, each as often the first as the second."""
    pairs: list[tuple[Moment, Moment]] = []
    for turn in range(rounds):
        if turn % 2:
            own, lessons = run(count, watcher), lessons_loop(count)
        else:
            lessons, own = lessons_loop(count), run(count, watcher)
        pairs.append((lessons, own))
    return pairs


def tell(pairs: list[tuple[Moment, Moment]], count: int) -> None:
    """Print samples a second, and by how much a run is faster, by both clocks."""
    lessons, own = ([count / pair[which].wall for pair in pairs] for which in (0, 1))
    report.figure("the lesson's loop, samples a second", statistics.median(lessons), "/s")
    report.figure("a run with events, checkpoints and a page", statistics.median(own), "/s")
    clocks: dict[str, Callable[[Moment], float]] = {
        "the wall's clock": lambda moment: moment.wall,
        "the processor's time": lambda moment: moment.work,
    }
    for name, clock in clocks.items():
        ratios = [clock(lessons) / clock(own) for lessons, own in pairs]
        ratio = statistics.median(ratios)
        verdict = "met" if ratio >= TARGET else "MISSED"
        print(f"  by {name}, median of {len(pairs)} pairs: {ratio:.2f}×", end="")
        print(f" ({min(ratios):.2f} to {max(ratios):.2f}), at least {TARGET}: {verdict}")
    print(f"  load at the end {os.getloadavg()[0]:.1f}")


def full_lesson() -> None:
    """Five epochs of the lesson's recipe."""
    accuracy = 0.0
    for event in train(lesson()):
        if event["kind"] == "epoch":
            print(f"  epoch {event['epoch']}: {event['test_accuracy']:.2%} of the test digits, ", end="")
            print(f"{event['seconds']:.0f} s, {event['samples_per_second']:.0f} samples a second", flush=True)
            accuracy = float(str(event["test_accuracy"]))
    report.figure("test digits wrong after five epochs", 100 * (1 - accuracy), "%", 100 * (1 - ACCURACY))


def main() -> None:
    """Measure in turns and print; `--lesson` trains the lesson's recipe instead, which takes minutes."""
    torch.set_num_threads(THREADS)
    if "--lesson" in sys.argv:
        sys.argv.remove("--lesson")
        report.quick(__doc__)
        full_lesson()
        return
    rounds = 2 if report.quick(__doc__) else ROUNDS
    count = BATCH * BATCHES
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    with page() as watcher:
        lessons_loop(BATCH * 3)
        tell(in_turns(count, rounds, watcher), count)


if __name__ == "__main__":
    main()
