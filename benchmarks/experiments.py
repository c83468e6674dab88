"""What the ready-made experiments of the Training lab show with their small budgets, and how long they take.

python -m benchmarks.experiments [--seeds 3] [--only dropout,flip-digits]
"""

import argparse
import time

import torch

from dlviz.training.analysis.comparison import Group, compare
from dlviz.training.analysis.history import History, history
from dlviz.training.experiments import EXPERIMENTS, Experiment
from dlviz.training.loop import train


def measure(experiment: Experiment, seeds: int) -> tuple[list[Group], float]:
    """The experiment's runs, and the seconds that one takes a processor on average."""
    found: dict[str, list[History]] = {}
    start = time.process_time()
    for label, config in experiment.runs(seeds):
        found.setdefault(label, []).append(history(train(config)))
    runs = sum(map(len, found.values()))
    return [Group(label, group, range(seeds)) for label, group in found.items()], (
        time.process_time() - start
    ) / runs


def row(group: Group) -> str:
    """The group's last epochs: training and validation loss, validation accuracy of each seed."""
    names = ("train_loss", "loss", "accuracy")
    values = ["/".join(f"{seed.epochs[name][-1]:.4f}" for name in names) for seed in group.seeds]
    return f"  {group.label:20} " + "  ".join(values)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", default=",".join(EXPERIMENTS))
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    for name in chosen.only.split(","):
        groups, seconds = measure(EXPERIMENTS[name], chosen.seeds)
        print(f"{name}: {seconds:.0f} s a run. {compare(groups, EXPERIMENTS[name].measure)}", flush=True)
        print(*map(row, groups), sep="\n", flush=True)


if __name__ == "__main__":
    main()
