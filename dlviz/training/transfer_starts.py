"""Train the SimpleCNNs from which transfer starts: on the digits 0 to 4, and on clothes.

python -m dlviz.training.transfer_starts
"""

import logging
from pathlib import Path

import torch
from torch import Tensor

from dlviz import weights
from dlviz.data import digits, fashion, mnist
from dlviz.paths import WEIGHTS
from dlviz.training import fitting
from dlviz.training.tasks.few_examples import keep_classes

SEED, BATCH, LEARNING_RATE = 0, 64, 1e-3
LOW = (0, 1, 2, 3, 4)

Known = tuple[Tensor, Tensor]  # pictures (n, 28, 28) uint8, and their classes (n,) int64


def main(folder: Path = WEIGHTS, epochs_digits: int = 4, epochs_clothes: int = 10) -> None:
    """Train both, measure each on its test pictures, and write the weights and MODELS.md."""
    _train(
        "simple_cnn_digits_0_to_4",
        keep_classes(*mnist.digits("train"), LOW),
        keep_classes(*mnist.digits("test"), LOW),
        epochs_digits,
        "MNIST's digits 0 to 4",
        folder,
    )
    _train(
        "simple_cnn_clothes",
        fashion.clothes("train"),
        fashion.clothes("test"),
        epochs_clothes,
        "the 14,000 embedded pictures of Fashion-MNIST",
        folder,
    )


def _train(name: str, train: Known, test: Known, epochs: int, data: str, folder: Path) -> None:
    torch.manual_seed(SEED)
    images, labels = digits.normalise(train[0]), train[1]
    arguments: dict[str, object] = {"num_classes": int(labels.max()) + 1}
    model = weights.build("SimpleCNN", arguments, seed=SEED)
    fitting.fit(model, lambda: fitting.shuffle(images, labels, BATCH), epochs, LEARNING_RATE)
    measured = fitting.split_in_order(digits.normalise(test[0]), test[1])
    right = fitting.percent(fitting.count_right(model, measured), len(test[1]))
    facts = {
        "data": f"{data}: trained on {len(labels):,} of its training pictures, "
        f"measured on {len(test[1]):,} test pictures",
        "recipe": f"{epochs} epochs, batch {BATCH}, shuffled, cross-entropy, "
        f"{fitting.describe_adam(LEARNING_RATE)}",
        "seed": str(SEED),
        "command": "python -m dlviz.training.transfer_starts",
        "result": f"{right} test pictures right",
    }
    fitting.publish(name, model, arguments, facts, folder)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
