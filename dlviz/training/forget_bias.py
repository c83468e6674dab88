"""Train an LSTM on the memory task with several forget biases, and write what each of them learns.

python -m dlviz.training.forget_bias
"""

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import nn

from dlviz.data import memory
from dlviz.paths import ASSETS
from dlviz.recurrence.gradients import flow, untrained, with_forget_bias
from dlviz.training import fitting
from dlviz.training.memory import BATCH, LEARNING_RATE, STEPS, TEST_SEED, accuracy

RESULTS = ASSETS / "data" / "memory" / "forget_bias.json"
UNITS, EPOCHS = 64, 20
DELAYS, BIASES, SEEDS = (20, 50), (None, 1.0, 3.0), (0, 1, 2)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Result:
    """An LSTM that was trained from the first batch on at one delay.

    Args:
        delay: of the task, in steps of noise.
        bias: of the forget gates at the beginning; None as PyTorch draws them.
        seed: of the first weights.
        arrives: share of the last step's ‖∂L/∂h‖ that arrives at the first before training, on one sequence.
        accuracy: after each epoch of 100 batches, the share of 1,000 held-out sequences whose first symbol it
            names.
    """

    delay: int
    bias: float | None
    seed: int
    arrives: float
    accuracy: tuple[float, ...]


def learn(delay: int, bias: float | None, seed: int, epochs: int = EPOCHS) -> Result:
    """Train one LSTM on batches of new sequences, and measure it after each epoch."""
    torch.manual_seed(seed)
    model = build(bias, seed)
    arrives = share_that_arrives(model, delay, seed)
    seeds, reached = iter(range(seed * epochs * STEPS, TEST_SEED)), []

    def batches() -> fitting.Batches:
        return (memory.sequences(BATCH, delay, next(seeds)) for _ in range(STEPS))

    def measure() -> None:
        reached.append(accuracy(model, delay))

    fitting.fit(model, batches, epochs, LEARNING_RATE, after_epoch=measure)
    return Result(delay, bias, seed, arrives, tuple(reached))


def build(bias: float | None, seed: int) -> nn.Module:
    """Build the LSTM as it is before training."""
    model = untrained("LSTM", UNITS, seed)
    return model if bias is None else with_forget_bias(model, bias)


def share_that_arrives(model: nn.Module, delay: int, seed: int) -> float:
    """Share of the last step's ‖∂L/∂h‖ that arrives at the first, on one sequence with this delay."""
    x, target = memory.sequences(1, delay, seed)
    norms = flow(model, x, int(target)).hidden
    return float(norms[0] / norms[-1])


def read(path: Path = RESULTS) -> tuple[dict[str, str], list[Result]]:
    """Read the facts on how the results were made, and the results."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return content["facts"], [
        Result(**{**each, "accuracy": tuple(each["accuracy"])}) for each in content["results"]
    ]


def write(results: list[Result], path: Path = RESULTS, epochs: int = EPOCHS) -> None:
    """Write the results, and the facts on how they were made."""
    facts = {
        "recipe": f"{UNITS} units, {epochs} × {STEPS} batches of {BATCH} new sequences, cross-entropy, "
        f"{fitting.describe_adam(LEARNING_RATE)}",
        "command": "python -m dlviz.training.forget_bias",
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"facts": facts, "results": [asdict(result) for result in results]}
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Train with every delay, bias and seed, and write the results."""
    results = []
    for delay in DELAYS:
        for bias in BIASES:
            for seed in SEEDS:
                results.append(learn(delay, bias, seed))
                log.info("delay %d, bias %s, seed %d: %.3f", delay, bias, seed, results[-1].accuracy[-1])
    write(results)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
