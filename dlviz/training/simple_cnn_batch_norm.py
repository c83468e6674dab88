"""Train SimpleCNN with batch norm on MNIST, by the recipe of the one without, and write its weights.

python -m dlviz.training.simple_cnn_batch_norm
"""

import logging
from pathlib import Path

from dlviz.paths import WEIGHTS
from dlviz.training import digit_recipe
from dlviz.training.simple_cnn import ARGUMENTS, BATCH, EPOCHS, LEARNING_RATE


def main(folder: Path = WEIGHTS, epochs: int = EPOCHS) -> None:
    """Train, measure on the 10,000 test digits, and write the weights and MODELS.md."""
    digit_recipe.train(
        "simple_cnn_batch_norm",
        "SimpleCNNBatchNorm",
        ARGUMENTS,
        epochs,
        BATCH,
        LEARNING_RATE,
        folder,
        module="simple_cnn_batch_norm",
    )


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
