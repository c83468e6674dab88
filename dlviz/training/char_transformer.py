"""Train CharTransformer on the novels of the LSTM's recipe, with as many epochs, measure it, and write it.

python -m dlviz.training.char_transformer
"""

import logging
import math
from functools import partial
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from dlviz import weights
from dlviz.data import novels
from dlviz.paths import WEIGHTS
from dlviz.training import fitting, novel

# As many epochs as the LSTM. Batches a quarter of its size, so four times as many steps, and a slow start:
# with the LSTM's own, blocks that norm after adding had not begun to look back after two epochs (measured).
EPOCHS, BATCH, LEARNING_RATE, WARM_UP, SEED = novel.EPOCHS, 16, 2e-3, 300, 0
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
    """How surprised the model is by a text, in bits a character.

    It reads windows of its context that overlap by half, and only the later half of each is counted: so every
    character but the first ones is foreseen from at least half a context.
    """
    model.eval()
    indices = novels.encode(text)
    half = CONTEXT // 2
    total, count = 0.0, 0
    for start in range(0, len(indices) - CONTEXT - 1, half):
        window = indices[start : start + CONTEXT + 1]
        skip = half if start else 0
        said = model(window[None, :-1])[0, skip:]
        total += F.cross_entropy(said, window[1 + skip :], reduction="sum").item()
        count += CONTEXT - skip
    return total / count / math.log(2)


def main(folder: Path = WEIGHTS, epochs: int = EPOCHS) -> None:
    """Train, measure on the held-out chapters, and write the weights."""
    torch.manual_seed(SEED)
    learned, held_out = novels.parts()
    text = novels.encode(learned)
    model = weights.build("CharTransformer", ARGUMENTS, seed=SEED)
    batches = partial(novel.windows, text, BATCH)
    fitting.fit(model, batches, epochs, LEARNING_RATE, novel.loss, warm_up=WARM_UP)
    bits = round(bits_per_character(model, held_out), 3)
    facts = {
        "data": f"Jane Austen: {' and '.join(novels.NOVELS.values())}, {len(learned):,} characters; "
        f"measured on the last chapter of each ({len(held_out):,} characters), which it never saw",
        "recipe": f"{epochs} epochs of windows of {novel.LENGTH} characters, batch {BATCH}, "
        f"shuffled, cross-entropy, Adam at {LEARNING_RATE} after a rise over {WARM_UP} steps, "
        "falling to 0 along half a cosine, gradients clipped to norm 1",
        "seed": str(SEED),
        "command": "python -m dlviz.training.char_transformer",
        "result": f"{bits:.3f} bits a character on the held-out chapters "
        f"({math.log2(len(novels.ALPHABET)):.2f} for a guess at random)",
    }
    measured = {"bits_per_character": {"held_out": bits}}
    fitting.publish("char_transformer", model, ARGUMENTS, facts, folder, measured)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
