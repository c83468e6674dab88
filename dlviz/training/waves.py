"""Train SimpleRNN and LSTMModel to forecast the next value of a series, and write their weights.

python -m dlviz.training.waves
"""

import logging
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlviz import weights
from dlviz.data import waves
from dlviz.paths import WEIGHTS
from dlviz.training import fitting

EPOCHS, STEPS, BATCH, LENGTH, LEARNING_RATE, SEED = 30, 100, 96, 64, 3e-3, 0
# Each kind's series for the measurement are drawn from a seed that no training batch uses.
TEST_SEED, TEST_COUNT = 1_000_000_000, 1000
# No forecast is asked for before so many values are known.
KNOWN = 8
NETWORKS: dict[str, tuple[str, dict[str, object]]] = {
    "waves_rnn": ("SimpleRNN", {"input_size": 1, "hidden_size": 64, "output_size": 1}),
    "waves_lstm": ("LSTMModel", {"input_size": 1, "hidden_size": 64, "num_layers": 2, "output_size": 1}),
}


def forecasts(model: nn.Module, values: Tensor) -> Tensor:
    """Forecasts of the next value after every value of series (count, length): (count, length).

    Its head, applied to every hidden state; the last column is the model's own output.
    """
    layers = model.get_submodule("rnn" if hasattr(model, "rnn") else "lstm")
    return model.get_submodule("fc")(layers(values[..., None])[0]).squeeze(-1)


class _Forecaster(nn.Module):
    """Wrapper of a model that gives all its forecasts of a series."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, values: Tensor) -> Tensor:
        return forecasts(self.model, values)[:, KNOWN - 1 :]


def batches(seeds: Iterator[int]) -> fitting.Batches:
    """Draw batches of series of all kinds, and the values that follow; no series comes twice."""
    for _ in range(STEPS):
        share = BATCH // len(waves.KINDS)
        values = torch.cat([waves.series(kind, share, LENGTH + 1, next(seeds)) for kind in waves.KINDS])
        yield values[:, :-1], values[:, KNOWN:]


@torch.inference_mode()
def errors(model: nn.Module, kind: str) -> tuple[float, float]:
    """Mean absolute error on held-out series of a kind: the model's, and that of “same as the last value”."""
    values = waves.series(kind, TEST_COUNT, LENGTH + 1, TEST_SEED)
    next_values = values[:, KNOWN:]
    forecast = forecasts(model.eval(), values[:, :-1])[:, KNOWN - 1 :]
    same = values[:, KNOWN - 1 : -1]
    return F.l1_loss(forecast, next_values).item(), F.l1_loss(same, next_values).item()


def train(name: str, folder: Path = WEIGHTS, epochs: int = EPOCHS) -> None:
    """Train one of the networks, measure it on held-out series of each kind, and write it."""
    class_name, arguments = NETWORKS[name]
    torch.manual_seed(SEED)
    model = weights.build(class_name, arguments, seed=SEED)
    seeds = iter(range(SEED, TEST_SEED))
    fitting.fit(_Forecaster(model), lambda: batches(seeds), epochs, LEARNING_RATE, F.smooth_l1_loss)
    measured = {kind: errors(model, kind) for kind in waves.KINDS}
    facts = {
        "data": "series drawn from a seed: sums of three sines, pulses, straight lines with noise; "
        f"measured on {TEST_COUNT:,} others of each kind",
        "recipe": f"{epochs} × {STEPS} batches of {BATCH} new series of {LENGTH} values, Huber loss of every "
        f"forecast after the first {KNOWN} values, "
        f"{fitting.describe_adam(LEARNING_RATE)}",
        "seed": str(SEED),
        "command": "python -m dlviz.training.waves",
        "result": "mean absolute error of the next value, against “same as the last value”: "
        + ", ".join(f"{kind} {own:.3f} against {same:.3f}" for kind, (own, same) in measured.items()),
    }
    fitting.publish(name, model, arguments, facts, folder)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    for network in NETWORKS:
        train(network)
