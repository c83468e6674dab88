"""Train CharTransformer on the novels of the LSTM's recipe, with as many epochs, measure it, and write it.

python -m dlviz.training.char_transformer
"""

import logging
import math
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from dlviz.data import novels
from dlviz.paths import WEIGHTS
from dlviz.training import novel

# As many epochs as the LSTM. Batches a quarter of its size, so four times as many steps, and linear warm-up:
# with the LSTM's own, blocks that norm after adding had not begun to look back after two epochs (measured).
EPOCHS, BATCH, LEARNING_RATE, WARM_UP = novel.EPOCHS, 16, 2e-3, 300
CONTEXT = novel.LENGTH
ARGUMENTS: dict[str, object] = {
    "vocab_size": len(novels.ALPHABET),
    "context": CONTEXT,
    "embed_size": 128,
    "heads": 4,
    "depth": 4,
}


@torch.inference_mode()
def bits_per_character(model: nn.Module, text: str) -> float:
    """Cross-entropy of a text in bits a character, over overlapping windows.

    Windows are as long as the model's context, overlap by half, and only the later half of each counts: so
    every character but the first ones is predicted from at least half a context.
    """
    model.eval()
    indices = novels.encode(text)
    half = CONTEXT // 2
    total, count = 0.0, 0
    for start in range(0, len(indices) - CONTEXT - 1, half):
        window = indices[start : start + CONTEXT + 1]
        skip = half if start else 0
        logits = model(window[None, :-1])[0, skip:]
        total += F.cross_entropy(logits, window[1 + skip :], reduction="sum").item()
        count += CONTEXT - skip
    return total / count / math.log(2)


def main(folder: Path = WEIGHTS, epochs: int = EPOCHS) -> None:
    """Train, measure on the held-out chapters, and write the weights."""
    novel.train(
        "char_transformer",
        "CharTransformer",
        ARGUMENTS,
        epochs,
        BATCH,
        LEARNING_RATE,
        folder,
        bits_per_character,
        module="char_transformer",
        warm_up=WARM_UP,
    )


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
