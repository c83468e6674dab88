"""Train an RNN, an LSTM and a GRU of equal size to remember one symbol, and write their weights.

python -m dlviz.training.memory
"""

import logging
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import nn

from dlviz import weights
from dlviz.data import memory
from dlviz.paths import WEIGHTS
from dlviz.training import fitting
from dlviz.ui.text_format.numbers import percent

EPOCHS, STEPS, BATCH, LEARNING_RATE, SEED = 40, 100, 64, 2e-3, 0
# Epochs in which the longest delay grows to 200, since no network learns a long delay at once.
GROWING = 30
DELAYS = (1, 2, 5, 10, 20, 50, 100, 200)
TEST_COUNT = 1000
_SIZES: dict[str, object] = {
    "input_size": len(memory.SYMBOLS),
    "hidden_size": 64,
    "output_size": len(memory.SYMBOLS),
}
NETWORKS: dict[str, tuple[str, dict[str, object]]] = {
    "memory_rnn": ("SimpleRNN", _SIZES),
    "memory_lstm": ("LSTMModel", {**_SIZES, "num_layers": 1}),
    "memory_gru": ("GRUModel", _SIZES),
}


def longest(epoch: int) -> int:
    """Longest delay of an epoch: 5 at first, 200 from the thirtieth on, by equal factors between."""
    share = min(1.0, epoch / GROWING)
    return round(5 * (memory.LONGEST / 5) ** share)


def batches(epoch: int, seeds: Iterator[int]) -> fitting.Batches:
    """Draw batches of new sequences, each with one delay up to the epoch's longest."""
    for _ in range(STEPS):
        yield memory.sequences(BATCH, int(torch.randint(1, longest(epoch) + 1, ())), next(seeds))


@torch.inference_mode()
def accuracy(model: nn.Module, delay: int) -> float:
    """Share of held-out sequences whose first symbol the model names after a delay."""
    return fitting.count_right(model, [memory.sequences(TEST_COUNT, delay, memory.TEST_SEED)]) / TEST_COUNT


def accuracy_without_growing(class_name: str, arguments: dict[str, object], delay: int, epochs: int) -> float:
    """Accuracy at a delay of a network that is trained at this delay alone, from the first batch on."""
    torch.manual_seed(SEED)
    model = weights.build(class_name, arguments, seed=SEED)
    seeds = iter(range(memory.TEST_SEED))

    def batches() -> fitting.Batches:
        return (memory.sequences(BATCH, delay, next(seeds)) for _ in range(STEPS))

    fitting.fit(model, batches, epochs, LEARNING_RATE)
    return accuracy(model, delay)


def train_with_growing_delays(class_name: str, arguments: dict[str, object], epochs: int) -> nn.Module:
    """Train a network on delays that grow."""
    torch.manual_seed(SEED)
    model = weights.build(class_name, arguments, seed=SEED)
    seeds, epoch = iter(range(memory.TEST_SEED)), iter(range(epochs))
    fitting.fit(model, lambda: batches(next(epoch), seeds), epochs, LEARNING_RATE)
    return model


def train(name: str, folder: Path = WEIGHTS, epochs: int = EPOCHS) -> None:
    """Train one of the networks, measure it at every delay, and write it."""
    class_name, arguments = NETWORKS[name]
    model = train_with_growing_delays(class_name, arguments, epochs)
    growing = {delay: accuracy(model, delay) for delay in DELAYS}
    at_once = {delay: accuracy_without_growing(class_name, arguments, delay, epochs // 2) for delay in DELAYS}
    facts = {
        "data": f"one of {len(memory.SYMBOLS)} symbols, then noise of the same symbols, drawn from a seed; "
        f"measured on {TEST_COUNT:,} other sequences at each delay",
        "recipe": f"{epochs} × {STEPS} batches of {BATCH} new sequences, cross-entropy, "
        f"{fitting.describe_adam(LEARNING_RATE)}; "
        f"delays drawn from 1 up to a longest that grows from 5 to {memory.LONGEST} in {GROWING} epochs",
        "seed": str(SEED),
        "command": "python -m dlviz.training.memory",
        "result": f"first symbol named after so many steps of noise (12.5 % by luck): {_list(growing)}",
        "result_without_growing": f"the same network trained for {epochs // 2} epochs at one delay alone, "
        f"from the first batch on, and measured at it: {_list(at_once)}",
    }
    numbers = {"accuracy": _by_delay(growing), "accuracy_without_growing": _by_delay(at_once)}
    fitting.publish(name, model, arguments, facts, folder, numbers)


def _by_delay(measured: dict[int, float]) -> dict[str, float]:
    """Write delays as text, as JSON has names: delay -> share."""
    return {str(delay): share for delay, share in measured.items()}


def _list(measured: dict[int, float]) -> str:
    return ", ".join(f"{delay}: {percent(share)}" for delay, share in measured.items())


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    for network in NETWORKS:
        train(network)
