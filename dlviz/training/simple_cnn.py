"""Train SimpleCNN on MNIST, measure it, and write its weights.

python -m dlviz.training.simple_cnn
"""

import logging
from pathlib import Path

import dlviz.vision_operators  # noqa: F401

import torch
from torch import Tensor
from torchvision.transforms import v2

from dlviz import weights
from dlviz.data import digits, mnist
from dlviz.paths import WEIGHTS
from dlviz.training import fitting

EPOCHS, BATCH, LEARNING_RATE, SEED = 8, 64, 1e-3, 0
ARGUMENTS: dict[str, object] = {"num_classes": 10}
# Light, so that a digit drawn with a mouse is inside what was seen. The images of a group share a draw.
AUGMENTATION = v2.RandomAffine(
    degrees=[-10, 10], translate=(0.08, 0.08), scale=(0.85, 1.15), shear=[-8, 8], fill=-1
)
GROUP = 8


def augmented(batch: Tensor) -> Tensor:
    """The batch, each group of its digits turned, moved, scaled and sheared a little by a draw of its own."""
    return torch.cat([AUGMENTATION(group) for group in batch.split(GROUP)])


def main(folder: Path = WEIGHTS, epochs: int = EPOCHS) -> None:
    """Train, measure on the 10,000 test digits, and write the weights and MODELS.md."""
    torch.manual_seed(SEED)
    images, labels = mnist.digits("train")
    images = digits.normalise(images)
    test_images, test_labels = mnist.digits("test")

    def batches() -> fitting.Batches:
        return ((augmented(x), y) for x, y in fitting.shuffled(images, labels, BATCH))

    model = weights.build("SimpleCNN", ARGUMENTS, seed=SEED)
    fitting.fit(model, batches, epochs, LEARNING_RATE)
    right = fitting.right(model, fitting.in_order(digits.normalise(test_images), test_labels))
    facts = {
        "data": "MNIST: trained on its 60,000 training digits, measured on its 10,000 test digits",
        "recipe": f"{epochs} epochs, batch {BATCH}, shuffled, cross-entropy, "
        f"Adam at {LEARNING_RATE} falling to 0 along half a cosine, gradients clipped to norm 1; "
        "random rotation up to 10°, shift up to 8 %, scale 0.85 to 1.15, shear up to 8°",
        "seed": str(SEED),
        "command": "python -m dlviz.training.simple_cnn",
        "result": f"{fitting.percent(right, len(test_labels))} test digits right",
    }
    fitting.publish("simple_cnn", model, ARGUMENTS, facts, folder)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
