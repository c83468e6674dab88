"""A task that needs memory alone: name the first symbol of a sequence after many steps of noise."""

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

SYMBOLS = "ABCDEFGH"
LONGEST = 200
TEST_SEED = 1_000_000_000  # from here on seeds are of sequences that no training sees


def sequences(count: int, steps: int, seed: int) -> tuple[Tensor, Tensor]:
    """Draw sequences (count, 1 + steps, 8) float32, one-hot, and the index (count,) of each first symbol.

    The noise is `steps` symbols of the same eight: only its place tells the first one from them.
    """
    symbols = torch.randint(len(SYMBOLS), (count, 1 + steps), generator=Generator().manual_seed(seed))
    return F.one_hot(symbols, len(SYMBOLS)).float(), symbols[:, 0]


def encode(text: str) -> Tensor:
    """Encode a text of the symbols as a sequence (1, steps, 8) float32, one-hot, without other letters."""
    places = [SYMBOLS.index(letter) for letter in text.upper() if letter in SYMBOLS]
    return F.one_hot(torch.tensor([places], dtype=torch.int64), len(SYMBOLS)).float()


def decode(sequence: Tensor) -> str:
    """Decode a sequence (steps, 8), one-hot, as a text of the eight symbols."""
    return "".join(SYMBOLS[place] for place in sequence.argmax(1).tolist())


def sequences_of(seeds: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    """Draw a sequence from each of the seeds (count,) int64, as `sequences` draws one from its seed."""
    drawn = [sequences(1, steps, seed) for seed in seeds.tolist()]
    return torch.cat([x for x, _ in drawn]), torch.cat([first for _, first in drawn])
