"""Train SimpleRNN and LSTMModel to name a digit that they read row by row, and write their weights.

python -m dlviz.training.digit_rows
"""

import logging
from pathlib import Path

import torch
from torch import Tensor

from dlviz import weights
from dlviz.data import digits, mnist
from dlviz.paths import WEIGHTS
from dlviz.training import fitting
from dlviz.training.simple_cnn import augmented

BATCH, SEED = 128, 0
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


def rows(images: Tensor) -> Tensor:
    """Normalised images (n, 1, 28, 28) as sequences (n, 28, 28) of rows from the top."""
    return images.squeeze(1)


def train(name: str, folder: Path = WEIGHTS, epochs: int | None = None) -> None:
    """Train one of the networks on the training digits, measure it on the test digits, and write it."""
    class_name, arguments, planned, learning_rate = NETWORKS[name]
    epochs = epochs or planned
    torch.manual_seed(SEED)
    images, labels = mnist.digits("train")
    images = digits.normalise(images)
    test_images, test_labels = mnist.digits("test")

    def batches() -> fitting.Batches:
        return ((rows(augmented(x)), y) for x, y in fitting.shuffled(images, labels, BATCH))

    model = weights.build(class_name, arguments, seed=SEED)
    fitting.fit(model, batches, epochs, learning_rate)
    right = fitting.right(model, fitting.in_order(rows(digits.normalise(test_images)), test_labels))
    facts = {
        "data": "MNIST, each digit as 28 rows of 28 pixels from the top: "
        "trained on its 60,000 training digits, measured on its 10,000 test digits",
        "recipe": f"{epochs} epochs, batch {BATCH}, shuffled, cross-entropy, Adam at "
        f"{learning_rate} falling to 0 along half a cosine, gradients clipped to norm 1; "
        "random rotation up to 10°, shift up to 8 %, scale 0.85 to 1.15, shear up to 8°",
        "seed": str(SEED),
        "command": "python -m dlviz.training.digit_rows",
        "result": f"{fitting.percent(right, len(test_labels))} test digits right",
    }
    fitting.publish(name, model, arguments, facts, folder)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    for network in NETWORKS:
        train(network)
