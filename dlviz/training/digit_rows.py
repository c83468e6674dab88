"""Train SimpleRNN and LSTMModel to name a digit that they read row by row, and write their weights.

python -m dlviz.training.digit_rows
"""

import logging
from pathlib import Path

from dlviz.paths import WEIGHTS
from dlviz.training import digit_recipe

BATCH = 128
# name -> class, arguments, epochs, learning rate: the RNN learns longer, and needs small steps.
NETWORKS: dict[str, tuple[str, dict[str, object], int, float]] = {
    "digit_rows_rnn": ("SimpleRNN", {"input_size": 28, "hidden_size": 128, "output_size": 10}, 14, 5e-4),
    "digit_rows_lstm": (
        "LSTMModel",
        {"input_size": 28, "hidden_size": 128, "num_layers": 2, "output_size": 10},
        10,
        2e-3,
    ),
}


def train(name: str, folder: Path = WEIGHTS, epochs: int | None = None) -> None:
    """Train one of the networks on the training digits, measure it on the test digits, and write it."""
    class_name, arguments, planned, learning_rate = NETWORKS[name]
    digit_recipe.train(
        name,
        class_name,
        arguments,
        epochs or planned,
        BATCH,
        learning_rate,
        folder,
        module="digit_rows",
        as_rows=True,
    )


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    for network in NETWORKS:
        train(network)
