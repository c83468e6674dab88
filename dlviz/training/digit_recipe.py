"""The recipe of all networks that name MNIST's digits: light augmentation, training, and measurement."""

from pathlib import Path

import dlviz.vision_operators  # noqa: F401

import torch
from torch import Tensor
from torchvision.transforms import v2

from dlviz import weights
from dlviz.data import digits, mnist
from dlviz.training import fitting

SEED = 0
# Light, so that a digit drawn with a mouse is inside what was seen. The images of a group share a draw.
AUGMENTATION = v2.RandomAffine(
    degrees=[-10, 10], translate=(0.08, 0.08), scale=(0.85, 1.15), shear=[-8, 8], fill=-1
)
GROUP = 8


def augment(batch: Tensor) -> Tensor:
    """Turn, move, scale and shear digits a little, each group of eight by a draw of its own.

    Args:
        batch: (batch, 1, 28, 28) float32, normalised.
    Returns: (batch, 1, 28, 28) float32.
    """
    return torch.cat([AUGMENTATION(group) for group in batch.split(GROUP)])


def train(
    name: str,
    class_name: str,
    arguments: dict[str, object],
    epochs: int,
    batch: int,
    learning_rate: float,
    folder: Path,
    module: str,
    as_rows: bool = False,
) -> None:
    """Train a network on the training digits, measure it on the test digits, and write its weights.

    Args:
        name: of its file.
        class_name, arguments: of the network, as `weights.build` takes them.
        batch: digits a step.
        module: of `dlviz.training`, whose command this is.
        as_rows: the network reads (batch, 28, 28), a digit's rows from the top, not (batch, 1, 28, 28).
    """
    torch.manual_seed(SEED)
    images, labels = mnist.digits("train")
    images = digits.normalise(images)
    test_images, test_labels = mnist.digits("test")

    def shaped(images: Tensor) -> Tensor:
        return images.squeeze(1) if as_rows else images

    def batches() -> fitting.Batches:
        return ((shaped(augment(x)), y) for x, y in fitting.shuffle(images, labels, batch))

    model = weights.build(class_name, arguments, seed=SEED)
    fitting.fit(model, batches, epochs, learning_rate)
    test = fitting.split_in_order(shaped(digits.normalise(test_images)), test_labels)
    right = fitting.percent(fitting.count_right(model, test), len(test_labels))
    read = ", each digit as 28 rows of 28 pixels from the top" if as_rows else ""
    facts = {
        "data": f"MNIST{read}: trained on its 60,000 training digits, measured on its 10,000 test digits",
        "recipe": f"{epochs} epochs, batch {batch}, shuffled, cross-entropy, "
        f"{fitting.describe_adam(learning_rate)}; "
        "random rotation up to 10°, shift up to 8 %, scale 0.85 to 1.15, shear up to 8°",
        "seed": str(SEED),
        "command": f"python -m dlviz.training.{module}",
        "result": f"{right} test digits right",
    }
    fitting.publish(name, model, arguments, facts, folder)
