"""A race of architectures with as many weights: what each learns of the same pictures, by its own recipe.

python -m dlviz.training.race

trains the races that ship, and writes what they reached and the weights of some.
"""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from dlviz.paths import ASSETS, WEIGHTS
from dlviz.training.analysis.history import History, history
from dlviz.training.config import TrainingConfig

FOLDER, COMMAND = ASSETS / "data" / "race", "python -m dlviz.training.race"
ALL = 55_000  # training pictures of digits or clothes, when 5,000 are held out
COUNTS = (100, 300, 1_000, 3_000, ALL)
ALL_PHOTOGRAPHS = 45_000  # for ALL, of CIFAR-10's 50,000 for training
BATCH = 50
EPOCHS = 10  # of a run at the most: each goes over few examples several times, and is measured then
CLASSES = 10
# Task -> shape of its pictures: colours, height, width.
TASKS = {"digits": (1, 28, 28), "fashion": (1, 28, 28), "cifar10": (3, 32, 32)}
EQUALS = ("weights", "pictures", "seconds")
LONGEST = 1_000  # epochs of EPOCHS passes that a run with a time budget has at the most
SHIPPED_COUNTS, SHIPPED_SEEDS = COUNTS, (1, 2, 3)
KEPT_COUNT, KEPT_SEEDS = 1_000, (1,)  # examples and seeds of the runs whose weights ship too
TESTED = 10_000  # test digits
UNREAD = ("state", "wrong", "confusion", "histograms")  # of events, by whoever draws their curves
DIGITS = 5  # significant ones of a shipped number

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recipe:
    """A way to train a runner.

    Args:
        learning_rate: of Adam; the highest of a schedule.
        scheduler: of `TrainingConfig`; one-cycle warms up, then decays along a cosine.
        passes: examples of a race -> passes over them.
    """

    learning_rate: float
    scheduler: str
    passes: Mapping[int, int] = field(hash=False)


@dataclass(frozen=True)
class Runner:
    """An architecture in the race.

    Args:
        model, sizes: of `TrainingConfig`: near 100,000 weights.
        colour_model, colour_sizes: the same for pictures in colour; empty where there is no such network.
    """

    model: str
    sizes: Mapping[str, int] = field(hash=False)
    recipe: Recipe
    colour_model: str = ""
    colour_sizes: Mapping[str, int] = field(default_factory=dict, hash=False)

    def network(self, task: str) -> tuple[str, Mapping[str, int]]:
        """Model and sizes for a task.

        Raises: ValueError if there is none.
        """
        if task != "cifar10":
            return self.model, self.sizes
        if not self.colour_model:
            raise ValueError(f"no {self.model} of the race reads pictures in colour")
        return self.colour_model, self.colour_sizes


RUNNERS: Mapping[str, Runner] = {
    "cnn": Runner(
        "SimpleCNN",
        {"channels": 16, "hidden_size": 136},
        Recipe(1e-3, "cosine", {100: 60, 300: 40, 1_000: 20, 3_000: 10, ALL: 2}),
        "ColourCNN",
        {"channels": 16, "hidden_size": 80},
    ),
    "transformer": Runner(
        "DigitTransformer",
        {"embed_size": 64, "heads": 4, "depth": 2},
        Recipe(2e-3, "one-cycle", {100: 100, 300: 60, 1_000: 30, 3_000: 15, ALL: 3}),
        "DigitTransformer",
        {"embed_size": 64, "heads": 4, "depth": 2},
    ),
    "lstm": Runner(
        "LSTMModel",
        {"hidden_size": 144, "num_layers": 1},
        Recipe(2e-3, "one-cycle", {100: 100, 300: 60, 1_000: 30, 3_000: 15, ALL: 3}),
    ),
}
PAIR = ("cnn", "transformer")


def runners_of(task: str) -> tuple[str, ...]:
    """Runners that can read a task's pictures: the LSTM reads rows of one colour."""
    return tuple(name for name, runner in RUNNERS.items() if task != "cifar10" or runner.colour_model)


def count_examples(task: str, count: int) -> int:
    """Count the examples that a run learns from, if the race is one of `count` of COUNTS."""
    return ALL_PHOTOGRAPHS if (task, count) == ("cifar10", ALL) else count


@dataclass(frozen=True)
class Race:
    """A race: what is learned, from how much, and what is equal but the number of weights.

    Args:
        task: of TASKS.
        count: of COUNTS: examples, as many of each class; all are the first ones of the training data.
        equal: of EQUALS: weights alone, or also the pictures seen, as many as the CNN's, or the seconds.
        seconds: of training, where these are equal.
        recipes: runner -> learning rate and schedule, where they are not the usual ones.
    """

    task: str = "digits"
    count: int = 1_000
    equal: str = "weights"
    seconds: int = 20
    recipes: Mapping[str, tuple[float, str]] = field(default_factory=dict, hash=False)


def configure(race: Race, runner: str, seed: int) -> TrainingConfig:
    """Config of a runner's run.

    Args:
        runner: a key of RUNNERS.
        seed: by which the examples are drawn, and of everything else that is random.
    Raises: ValueError for a runner that cannot read the task's pictures.
    """
    entrant = RUNNERS[runner]
    model, sizes = entrant.network(race.task)
    rate, scheduler = race.recipes.get(runner, (entrant.recipe.learning_rate, entrant.recipe.scheduler))
    passes = RUNNERS["cnn" if race.equal == "pictures" else runner].recipe.passes[race.count]
    epochs = max(number for number in range(1, EPOCHS + 1) if passes % number == 0)
    config = TrainingConfig(
        task=race.task,
        model=model,
        sizes=dict(sizes),
        batch_size=BATCH,
        learning_rate=rate,
        scheduler=scheduler,
        seed=seed,
        epochs=epochs,
        test_at_end=True,
    )
    if race.count == ALL:
        config = replace(config, samples=count_examples(race.task, ALL), epochs=passes)
    else:
        few = {"per_class": race.count // CLASSES, "draw": seed, "whole_test": True}
        config = replace(config, **few, passes=passes // epochs)
    if race.equal == "seconds":
        return replace(config, seconds=float(race.seconds), epochs=LONGEST, scheduler="warm-up")
    return config


@dataclass(frozen=True, eq=False)
class ShippedRun:
    """A run of the races that ship, as its file tells it."""

    config: TrainingConfig
    history: History


def shipped_file(runner: str, count: int, seed: int, folder: Path = FOLDER) -> Path:
    """Path of the events of a run that ships, one a line behind its config, compressed."""
    return folder / f"{runner}-{count}-{seed}.jsonl.gz"


def name_weights(runner: str, seed: int) -> str:
    """Name of the weights file of a shipped run on KEPT_COUNT examples."""
    return f"race_{runner}_{seed}"


@lru_cache(maxsize=128)
def read_shipped(runner: str, count: int, seed: int, folder: Path = FOLDER) -> ShippedRun | None:
    """Read a run that ships; None where there is none."""
    path = shipped_file(runner, count, seed, folder)
    if not path.exists():
        return None
    config, *events = gzip.decompress(path.read_bytes()).decode().splitlines()
    return ShippedRun(TrainingConfig.from_json(config), history(map(json.loads, events)))


def train_shipped(runner: str, count: int, seed: int, folder: Path = FOLDER, weights: Path = WEIGHTS) -> None:
    """Train a run of a race of digits, and write its events; of some runs the weights too."""
    from dlviz.training.loop import train

    config, events, state = configure(Race(count=count), runner, seed), list[dict[str, Any]](), None
    for event in train(config):
        state = event.get("state", state)
        if event["kind"] in ("start", "batch", "epoch", "end"):
            events.append({name: _shorten(value) for name, value in event.items() if name not in UNREAD})
    accuracy = float(events[-1]["test_accuracy"])
    log.info("%s, %d examples, seed %d: %.4f", runner, count, seed, accuracy)
    if count == KEPT_COUNT and runner in PAIR and seed in KEPT_SEEDS:
        _write_weights(state, config, accuracy, weights / f"{name_weights(runner, seed)}.safetensors")
    lines = [config.to_json(), *(json.dumps(event, separators=(",", ":")) for event in events)]
    folder.mkdir(parents=True, exist_ok=True)
    path = shipped_file(runner, count, seed, folder)
    path.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))


def _shorten(value: object) -> object:
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def _write_weights(state: Any, config: TrainingConfig, accuracy: float, file: Path) -> None:
    from dlviz import weights
    from dlviz.training.fitting import percent

    examples = f"{config.per_class} training digits of each class, drawn with seed {config.draw}"
    schedule = "warmed up and decayed" if config.scheduler == "one-cycle" else "decayed along half a cosine"
    facts = {
        "data": f"MNIST: trained on {examples}; measured on its {TESTED:,} test digits",
        "recipe": f"{config.epochs * config.passes} epochs, batch {config.batch_size}, shuffled, "
        f"cross-entropy, Adam at {config.learning_rate}, {schedule}",
        "seed": str(config.seed),
        "command": COMMAND,
        "result": f"{percent(round(accuracy * TESTED), TESTED)} test digits right",
    }
    weights.save(state.model(), state.arguments, facts, file)


def main() -> None:
    """Train every run that is not there yet, those on the fewest examples first, and write MODELS.md."""
    import torch

    from dlviz import weights

    torch.set_num_threads(1)  # as a worker of the Training lab, whose run of the same config this is
    for runners in (PAIR, tuple(runner for runner in RUNNERS if runner not in PAIR)):
        for count in SHIPPED_COUNTS:
            for seed in SHIPPED_SEEDS:
                for runner in runners:
                    if not shipped_file(runner, count, seed).exists():
                        train_shipped(runner, count, seed)
    (WEIGHTS / "MODELS.md").write_text(weights.catalogue(WEIGHTS), encoding="utf-8")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
