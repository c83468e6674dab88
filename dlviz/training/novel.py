"""Train CharacterLSTM on two novels of Jane Austen, measure it on a held-out chapter of each, and write it.

python -m dlviz.training.novel
"""

import logging
import math
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlviz import weights
from dlviz.data import novels
from dlviz.models import CharacterLSTM
from dlviz.paths import WEIGHTS
from dlviz.training import fitting

EPOCHS, BATCH, LENGTH, LEARNING_RATE, SEED = 12, 64, 128, 4e-3, 0
ARGUMENTS: dict[str, object] = {"vocab_size": len(novels.ALPHABET), "embed_dim": 48, "hidden_size": 512}


def windows(text: Tensor, batch: int = BATCH) -> fitting.Batches:
    """Batches of (characters, the characters after them), each (batch, LENGTH), from an offset drawn anew."""
    offset = int(torch.randint(LENGTH, ()))
    count = (len(text) - offset - 1) // LENGTH
    inputs = text[offset : offset + count * LENGTH].view(count, LENGTH)
    targets = text[offset + 1 : offset + 1 + count * LENGTH].view(count, LENGTH)
    return fitting.shuffled(inputs, targets, batch)


def loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean cross-entropy in nats a character."""
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


@torch.inference_mode()
def bits_per_character(model: nn.Module, text: str) -> float:
    """How surprised the model is by a text that it reads in one go, in bits a character."""
    model.eval()
    indices = novels.encode(text)[None]
    return loss(model(indices[:, :-1]), indices[:, 1:]).item() / math.log(2)


def main(folder: Path = WEIGHTS, epochs: int = EPOCHS) -> None:
    """Train, measure on the held-out chapters, and write the weights."""
    torch.manual_seed(SEED)
    learned, held_out = novels.parts()
    text = novels.encode(learned)
    model = weights.build(CharacterLSTM.__name__, ARGUMENTS, seed=SEED)
    fitting.fit(model, lambda: windows(text), epochs, LEARNING_RATE, loss)
    bits = round(bits_per_character(model, held_out), 3)
    facts = {
        "data": f"Jane Austen: {' and '.join(novels.NOVELS.values())}, {len(learned):,} characters; "
        f"measured on the last chapter of each ({len(held_out):,} characters), which it never saw",
        "recipe": f"{epochs} epochs of windows of {LENGTH} characters, batch {BATCH}, "
        f"shuffled, cross-entropy, Adam at {LEARNING_RATE} falling to 0 along half a cosine, "
        "gradients clipped to norm 1",
        "seed": str(SEED),
        "command": "python -m dlviz.training.novel",
        "result": f"{bits:.3f} bits a character on the held-out chapters "
        f"({math.log2(len(novels.ALPHABET)):.2f} for a guess at random)",
    }
    measured = {"bits_per_character": {"held_out": bits}}
    fitting.publish("novel_lstm", model, ARGUMENTS, facts, folder, measured)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
