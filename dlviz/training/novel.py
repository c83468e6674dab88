"""Train CharacterLSTM on two novels of Jane Austen, measure it on a held-out chapter of each, and write it.

python -m dlviz.training.novel
"""

import logging
import math
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlviz import weights
from dlviz.data import novels
from dlviz.paths import WEIGHTS
from dlviz.training import fitting

EPOCHS, BATCH, LENGTH, LEARNING_RATE, SEED = 12, 64, 128, 4e-3, 0
ARGUMENTS: dict[str, object] = {"vocab_size": len(novels.ALPHABET), "embed_dim": 48, "hidden_size": 512}


def windows(text: Tensor, batch: int = BATCH) -> fitting.Batches:
    """Batches of windows of a text, shuffled, from an offset drawn anew.

    Args:
        text: (characters,) int64.
    Returns: pairs of characters and the characters after them, each (batch, LENGTH) int64.
    """
    offset = int(torch.randint(LENGTH, ()))
    count = (len(text) - offset - 1) // LENGTH
    inputs = text[offset : offset + count * LENGTH].view(count, LENGTH)
    targets = text[offset + 1 : offset + 1 + count * LENGTH].view(count, LENGTH)
    return fitting.shuffle(inputs, targets, batch)


def loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean cross-entropy in nats a character, of logits (batch, seq, alphabet) and targets (batch, seq)."""
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


@torch.inference_mode()
def bits_per_character(model: nn.Module, text: str) -> float:
    """Cross-entropy of a text that the model reads in one go, in bits a character."""
    model.eval()
    indices = novels.encode(text)[None]
    return loss(model(indices[:, :-1]), indices[:, 1:]).item() / math.log(2)


def train(
    name: str,
    class_name: str,
    arguments: dict[str, object],
    epochs: int,
    batch: int,
    learning_rate: float,
    folder: Path,
    measure: Callable[[nn.Module, str], float],
    module: str,
    warm_up: int = 1,
) -> None:
    """Train a network on the novels, measure it on the held-out chapters, and write its weights.

    Args:
        name: of its file.
        class_name, arguments: of the network, as `weights.build` takes them.
        batch: windows a step.
        measure: of the network and the held-out text, in bits a character.
        module: of `dlviz.training`, whose command this is.
        warm_up: steps of linear warm-up.
    """
    torch.manual_seed(SEED)
    learned, held_out = novels.parts()
    text = novels.encode(learned)
    model = weights.build(class_name, arguments, seed=SEED)
    fitting.fit(model, lambda: windows(text, batch), epochs, learning_rate, loss, warm_up=warm_up)
    bits = round(measure(model, held_out), 3)
    facts = {
        "data": f"Jane Austen: {' and '.join(novels.NOVELS.values())}, {len(learned):,} characters; "
        f"measured on the last chapter of each ({len(held_out):,} characters), which it never saw",
        "recipe": f"{epochs} epochs of windows of {LENGTH} characters, batch {batch}, shuffled, "
        f"cross-entropy, {fitting.describe_adam(learning_rate, warm_up)}",
        "seed": str(SEED),
        "command": f"python -m dlviz.training.{module}",
        "result": f"{bits:.3f} bits a character on the held-out chapters "
        f"({math.log2(len(novels.ALPHABET)):.2f} for a guess at random)",
    }
    measured = {"bits_per_character": {"held_out": bits}}
    fitting.publish(name, model, arguments, facts, folder, measured)


def main(folder: Path = WEIGHTS, epochs: int = EPOCHS) -> None:
    """Train, measure on the held-out chapters, and write the weights."""
    train(
        "novel_lstm",
        "CharacterLSTM",
        ARGUMENTS,
        epochs,
        BATCH,
        LEARNING_RATE,
        folder,
        bits_per_character,
        module="novel",
    )


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
