"""Train both networks of the race on shuffled patches and on patches as they are, and write what they reach.

python -m dlviz.training.shuffled_race
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from dlviz.training.config import TrainingConfig
from dlviz.training.race import FOLDER, PAIR, Race, configure

RESULTS, COMMAND = FOLDER / "shuffled.json", "python -m dlviz.training.shuffled_race"
EXAMPLES, SEEDS, ORDER = 1_000, (1, 2, 3), 0  # the last is the seed of the permutation
Key = tuple[str, bool, int]  # a key of PAIR, True if the patches are shuffled, seed
KEYS: tuple[Key, ...] = tuple(
    (runner, shuffled, seed) for seed in SEEDS for shuffled in (True, False) for runner in PAIR
)

log = logging.getLogger(__name__)


def configure_run(runner: str, shuffled: bool, seed: int) -> TrainingConfig:
    """Config of a run of the race, on patches as they are or shuffled."""
    config = configure(Race(count=EXAMPLES), runner, seed)
    return replace(config, shuffle=ORDER) if shuffled else config


def learn(config: TrainingConfig) -> float:
    """Train the network of a run; its accuracy on the test digits."""
    from dlviz.training.loop import train

    *_, end = train(config)
    return float(str(end["test_accuracy"]))


def read(path: Path = RESULTS) -> dict[Key, float]:
    """Read the accuracies of the runs that ship."""
    rows = json.loads(path.read_text(encoding="utf-8"))["results"]
    return {(row["runner"], row["shuffled"], row["seed"]): row["accuracy"] for row in rows}


def write(accuracies: Mapping[Key, float], path: Path = RESULTS) -> None:
    """Write accuracies, and the command that made them."""
    rows = [
        {"runner": runner, "shuffled": shuffled, "seed": seed, "accuracy": round(accuracy, 4)}
        for (runner, shuffled, seed), accuracy in accuracies.items()
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"command": COMMAND, "results": rows}, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Train every run, and write the results."""
    import torch

    torch.set_num_threads(1)  # as a worker of the Training lab, whose run of the same config this is
    accuracies = {}
    for key in KEYS:
        accuracies[key] = learn(configure_run(*key))
        log.info("%s, shuffled %s, seed %d: %.4f", *key, accuracies[key])
    write(accuracies)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
