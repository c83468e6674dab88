"""Samples a second of a digits run, events and checkpoints written, against the lesson's own loop.

python -m benchmarks.training_speed [--quick] [--lesson]
"""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import dlviz.vision_operators  # noqa: F401

import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from benchmarks import report
from dlviz.data import mnist
from dlviz.models import SimpleCNN
from dlviz.training.config import TrainingConfig, lesson
from dlviz.training.loop import train

ROUNDS, BATCH, BATCHES, THREADS = 6, 64, 60, 1
TARGET, ACCURACY = 1.3, 0.99


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


def lessons_loop(count: int) -> float:
    """Samples a second of the lesson's loop."""
    batches = DataLoader(Digits(count), batch_size=BATCH, shuffle=True)
    model, criterion = SimpleCNN(), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    model.train()
    start = time.perf_counter()
    for images, labels in batches:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        loss.item()
    return count / (time.perf_counter() - start)


def run(count: int) -> float:
    """Samples a second of a run whose events and checkpoints are written to a folder."""
    config = TrainingConfig(samples=count, batch_size=BATCH, epochs=1)
    start, done = 0.0, 0.0
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "events.jsonl").open("w") as lines:
        for event in train(config):
            start = time.perf_counter() if event["kind"] == "start" else start
            if (state := event.pop("state", None)) is not None:
                state.save(Path(folder) / f"{event['step']}.safetensors")  # pyright: ignore[reportAttributeAccessIssue]
            lines.write(json.dumps(event) + "\n")
            lines.flush()
            # The lesson's loop measures nothing here, so neither is the run's measurement counted.
            done = time.perf_counter() if event["kind"] in ("batch", "checkpoint") else done
            if event["kind"] == "batch" and event["step"] == count // BATCH:
                break
    return count / (done - start)


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
    lessons_loop(BATCH * 3)
    run(BATCH * 3)
    pairs = [(lessons_loop(count), run(count)) for _ in range(rounds)]
    report.figure("the lesson's loop, samples a second", statistics.median(pair[0] for pair in pairs), "/s")
    report.figure("a run with events and checkpoints", statistics.median(pair[1] for pair in pairs), "/s")
    ratio = statistics.median(own / lessons for lessons, own in pairs)
    verdict = "met" if ratio >= TARGET else "MISSED"
    print(f"  median ratio of {rounds} pairs: {ratio:.2f}, at least {TARGET}: {verdict}")


if __name__ == "__main__":
    main()
