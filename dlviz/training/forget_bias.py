"""Train an LSTM on the memory task with several forget biases, and write what each of them learns.

python -m dlviz.training.forget_bias
"""

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from dlviz.data import memory
from dlviz.paths import ASSETS
from dlviz.recurrence.gradients import flow, untrained, with_forget_bias
from dlviz.training.config import TrainingConfig, network_sizes
from dlviz.training.experiments import BIASES, memory_run
from dlviz.training.loop import train

RESULTS = ASSETS / "data" / "memory" / "forget_bias.json"
DELAYS, SEEDS = (20, 50), (0, 1, 2)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Result:
    """An LSTM that was trained from the first batch on at one delay.

    Args:
        delay: of the task, in steps of noise.
        bias: of the forget gates at the beginning; None as PyTorch draws them.
        seed: of the first weights.
        arrives: share of the last step's ‖∂L/∂h‖ that arrives at the first before training, on one sequence.
        accuracy: after each epoch, the share of 1,000 held-out sequences whose first symbol it names.
    """

    delay: int
    bias: float | None
    seed: int
    arrives: float
    accuracy: tuple[float, ...]


def learn(config: TrainingConfig) -> Result:
    """Train the LSTM of a run, and measure it after each epoch."""
    found = norms(config)
    arrives = float(found[0] / found[-1])
    accuracy = tuple(float(str(event["accuracy"])) for event in train(config) if event["kind"] == "epoch")
    return Result(config.delay, config.forget_bias, config.seed, arrives, accuracy)


def norms(config: TrainingConfig) -> np.ndarray:
    """Norms (1 + delay,) of ∂L/∂h at each step of one sequence, in the LSTM of a run before training."""
    model = untrained("LSTM", network_sizes(config)["hidden_size"], config.seed)
    if config.forget_bias is not None:
        model = with_forget_bias(model, config.forget_bias)
    x, target = memory.sequences(1, config.delay, config.seed)
    return flow(model, x, int(target)).hidden


def read(path: Path = RESULTS) -> tuple[dict[str, str], list[Result]]:
    """Read the facts on how the results were made, and the results."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return content["facts"], [
        Result(**{**each, "accuracy": tuple(each["accuracy"])}) for each in content["results"]
    ]


def write(results: list[Result], path: Path = RESULTS) -> None:
    """Write the results, and the facts on how they were made."""
    run = memory_run(DELAYS[0], None)
    facts = {
        "recipe": f"{run.sizes['hidden_size']} units, {run.epochs} × {run.samples // run.batch_size} "
        f"batches of {run.batch_size} new sequences, cross-entropy, Adam at {run.learning_rate} falling to 0 "
        f"along half a cosine, gradients clipped to norm {run.clip:g}",
        "command": "python -m dlviz.training.forget_bias",
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"facts": facts, "results": [asdict(result) for result in results]}
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Train with every delay, bias and seed, and write the results."""
    torch.set_num_threads(1)  # as a worker of the Training lab, whose run of the same config this is
    results = []
    for delay in DELAYS:
        for bias in BIASES:
            for seed in SEEDS:
                results.append(learn(memory_run(delay, bias, seed)))
                log.info("delay %d, bias %s, seed %d: %.3f", delay, bias, seed, results[-1].accuracy[-1])
    write(results)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
