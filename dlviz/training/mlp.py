"""Train the MLP on MNIST by the recipe of the other digit networks, measure it, and write its weights.

python -m dlviz.training.mlp
"""

import logging
from pathlib import Path

from dlviz.paths import WEIGHTS
from dlviz.training import digit_recipe

EPOCHS, BATCH, LEARNING_RATE = 24, 64, 5e-4  # larger steps leave more units that never light again
ARGUMENTS: dict[str, object] = {"input_size": 784, "hidden_size": 128, "depth": 1, "num_classes": 10}


def main(folder: Path = WEIGHTS, epochs: int = EPOCHS) -> None:
    """Train, measure on the 10,000 test digits, and write the weights and MODELS.md."""
    digit_recipe.train("mlp", "MLP", ARGUMENTS, epochs, BATCH, LEARNING_RATE, folder, module="mlp")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
