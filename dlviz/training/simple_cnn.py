"""Train SimpleCNN on MNIST, measure it, and write its weights.

python -m dlviz.training.simple_cnn
"""

import logging
from pathlib import Path

from dlviz.paths import WEIGHTS
from dlviz.training import digit_recipe

EPOCHS, BATCH, LEARNING_RATE = 8, 64, 1e-3
ARGUMENTS: dict[str, object] = {"num_classes": 10}


def main(folder: Path = WEIGHTS, epochs: int = EPOCHS) -> None:
    """Train, measure on the 10,000 test digits, and write the weights and MODELS.md."""
    digit_recipe.train(
        "simple_cnn", "SimpleCNN", ARGUMENTS, epochs, BATCH, LEARNING_RATE, folder, module="simple_cnn"
    )


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
