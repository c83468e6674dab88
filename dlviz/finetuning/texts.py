"""Texts ready to learn from: as token numbers, or as vectors below the first layer that learns."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

LONGEST = 128  # tokens of a text; what follows is not read


@dataclass(frozen=True, eq=False)
class Texts:
    """Texts and the class of each.

    Args:
        entering: what the part that learns reads of each text: (token,) int64 or (token, hidden) float32.
        labels: (count,) int64.
    """

    entering: Sequence[Tensor]
    labels: Tensor

    def __len__(self) -> int:
        """Number of texts."""
        return len(self.labels)

    @property
    def tokens(self) -> int:
        """Number of tokens of all texts."""
        return sum(len(each) for each in self.entering)

    def batch(self, rows: Tensor) -> tuple[list[Tensor], Tensor]:
        """Read the texts in these rows (batch,): what enters of each, and their labels (batch,)."""
        return [self.entering[row] for row in rows.tolist()], self.labels[rows]

    def order(self, size: int, seed: int, epoch: int) -> list[Tensor]:
        """Draw the rows (batch,) of each batch of an epoch; the same, however often they are asked for."""
        draw = torch.Generator().manual_seed(1_000 * seed + epoch)
        return list(torch.randperm(len(self), generator=draw).split(size))


def pad(texts: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Pad texts (token, …) with zeros to one length: (batch, longest, …), with a mask (batch, longest)."""
    padded = torch.nn.utils.rnn.pad_sequence(list(texts), batch_first=True)
    mask = torch.zeros(padded.shape[:2], dtype=torch.int64)
    for row, text in enumerate(texts):
        mask[row, : len(text)] = 1
    return padded, mask


def sort_by_length(texts: Sequence[Tensor], size: int) -> list[Tensor]:
    """Rows (batch,) of batches of texts that are about as long as each other, so that little is padded."""
    return list(torch.argsort(torch.tensor([len(text) for text in texts]), stable=True).split(size))
