"""A task that needs memory alone: name the first symbol of a sequence after many steps of noise."""

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

SYMBOLS = "ABCDEFGH"
LONGEST = 200


def sequences(count: int, steps: int, seed: int) -> tuple[Tensor, Tensor]:
    """Draw sequences (count, 1 + steps, 8) float32, one-hot, and the index (count,) of each first symbol.

    The noise is `steps` symbols of the same eight: only its place tells the first one from them.
    """
    symbols = torch.randint(len(SYMBOLS), (count, 1 + steps), generator=Generator().manual_seed(seed))
    return F.one_hot(symbols, len(SYMBOLS)).float(), symbols[:, 0]
