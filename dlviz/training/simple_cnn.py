"""Train SimpleCNN on MNIST by the lesson's recipe, measure it, and write its weights.

python -m dlviz.training.simple_cnn
"""

import logging
from pathlib import Path

import dlviz.vision_operators  # noqa: F401

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.transforms import v2

from dlviz import weights
from dlviz.data import digits, mnist
from dlviz.paths import WEIGHTS

EPOCHS, BATCH, LEARNING_RATE, SEED = 5, 64, 1e-3, 0
# Light, so that a digit drawn with a mouse is inside what was seen. The images of a group share a draw.
AUGMENTATION = v2.RandomAffine(
    degrees=[-10, 10], translate=(0.08, 0.08), scale=(0.85, 1.15), shear=[-8, 8], fill=-1
)
GROUP = 8

log = logging.getLogger(__name__)


def augmented(batch: Tensor) -> Tensor:
    """The batch, each group of its digits turned, moved, scaled and sheared a little by a draw of its own."""
    return torch.cat([AUGMENTATION(group) for group in batch.split(GROUP)])


def train(model: nn.Module, images: Tensor, labels: Tensor) -> None:
    """Five epochs of Adam on cross-entropy, in batches of 64, shuffled."""
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    for epoch in range(EPOCHS):
        model.train()
        total = 0.0
        for batch in torch.randperm(len(images)).split(BATCH):
            loss = F.cross_entropy(model(augmented(images[batch])), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        log.info("epoch %d of %d, mean loss %.4f nats", epoch + 1, EPOCHS, total / len(images))


@torch.inference_mode()
def correct(model: nn.Module, images: Tensor, labels: Tensor) -> int:
    """How many of the images the model names right."""
    model.eval()
    return sum(
        int((model(x).argmax(1) == y).sum())
        for x, y in zip(images.split(500), labels.split(500), strict=True)
    )


def main(folder: Path = WEIGHTS) -> None:
    """Train, measure on the 10,000 test digits, and write the weights and MODELS.md."""
    torch.manual_seed(SEED)
    train_images, train_labels = mnist.digits("train")
    test_images, test_labels = mnist.digits("test")
    model = weights.build("SimpleCNN", {"num_classes": 10}, seed=SEED)
    train(model, digits.normalise(train_images), train_labels)
    right = correct(model, digits.normalise(test_images), test_labels)
    accuracy = 100 * right / len(test_labels)
    facts = {
        "data": "MNIST: trained on its 60,000 training digits, measured on its 10,000 test digits",
        "recipe": f"{EPOCHS} epochs, batch {BATCH}, shuffled, cross-entropy, Adam at {LEARNING_RATE}; "
        "random rotation up to 10°, shift up to 8 %, scale 0.85 to 1.15, shear up to 8°",
        "seed": str(SEED),
        "command": "python -m dlviz.training.simple_cnn",
        "result": f"{right:,} of {len(test_labels):,} test digits right ({accuracy:.2f} %)",
    }
    weights.save(model, {"num_classes": 10}, facts, folder / "simple_cnn.safetensors")
    (folder / "MODELS.md").write_text(weights.catalogue(folder), encoding="utf-8")
    log.info("%s", facts["result"])


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
