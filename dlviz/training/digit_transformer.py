"""Train DigitTransformer on MNIST, measure it, and write its weights.

python -m dlviz.training.digit_transformer
"""

import logging
from pathlib import Path

from dlviz.paths import WEIGHTS
from dlviz.training import digit_recipe

EPOCHS, BATCH, LEARNING_RATE = 14, 128, 2e-3
ARGUMENTS: dict[str, object] = {"embed_size": 64, "heads": 4, "depth": 3, "num_classes": 10}


def main(folder: Path = WEIGHTS, epochs: int = EPOCHS) -> None:
    """Train, measure on the 10,000 test digits, and write the weights and MODELS.md."""
    digit_recipe.train(
        "digit_transformer",
        "DigitTransformer",
        ARGUMENTS,
        epochs,
        BATCH,
        LEARNING_RATE,
        folder,
        module="digit_transformer",
    )


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
