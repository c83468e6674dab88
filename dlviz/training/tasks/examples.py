"""Examples in memory: pictures, sentences, windows of text; whole batches of them are drawn at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import torch
from torch import Tensor

from dlviz.data import memory
from dlviz.data.digits import normalise
from dlviz.training.augmentation import augment
from dlviz.training.config import Augmentation

Batch = tuple[Tensor, Tensor]


class BadTask(ValueError):
    """The data cannot be learned from or are not to be had; the message says why in a sentence."""


class Examples(Protocol):
    """Inputs and the right answer to each."""

    def __len__(self) -> int: ...

    def shuffle(self, size: int) -> list[Tensor]:
        """Draw the rows (batch,) of every batch of an epoch from PyTorch's random numbers."""
        ...

    def split_in_order(self, size: int) -> list[Tensor]:
        """Split the rows into batches (batch,) as they stand."""
        ...

    def batch(self, rows: Tensor) -> Batch:
        """Inputs (batch, …) as the network reads them, and right answers (batch, …), of rows (batch,)."""
        ...


@dataclass(frozen=True)
class Task:
    """Task of a run: examples to learn from and to measure on, and the network.

    Args:
        class_name, arguments: of the network, as `weights.build` takes them.
        training, measured: to learn from, and to measure on.
        test: true if test data are measured, which may decide nothing.
        tested: test data that are measured once, at the end; None where the config asks for none.
        facts: the meaning of the answers: `classes`, `vocabulary`, `alphabet`, as far as there are such; and
            `shuffle`, the seed by which the patches of its pictures are shuffled, if they are.
    """

    class_name: str
    arguments: dict[str, object]
    training: Examples
    measured: Examples
    test: bool
    facts: dict[str, object] = field(default_factory=dict)
    tested: Examples | None = None


def shuffle_rows(count: int, size: int) -> list[Tensor]:
    """Draw batches of rows (batch,) int64 in a new order; the last may be smaller."""
    return list(torch.randperm(count).split(size))


@dataclass(frozen=True)
class Pictures:
    """Pictures and the class of each.

    Args:
        images: (n, height, width) or (n, colours, height, width) uint8; made into numbers batch by batch, so
            that 60,000 of them take 47 MB and not 188.
        labels: (n,) int64.
        as_rows: true for a network that reads a picture as a sequence of its rows.
        augmentation: of a batch on the way.
    """

    images: Tensor
    labels: Tensor
    as_rows: bool = False
    augmentation: Augmentation = field(default_factory=Augmentation)

    def __len__(self) -> int:
        return len(self.labels)

    def shuffle(self, size: int) -> list[Tensor]:
        return shuffle_rows(len(self), size)

    def split_in_order(self, size: int) -> list[Tensor]:
        return list(torch.arange(len(self)).split(size))

    def pixels(self, rows: Tensor) -> Tensor:
        """Pixels of rows (batch,): (batch, colours, height, width) float32 in [0, 1]."""
        pixels = self.images[rows].float() / 255
        return pixels.unsqueeze(1) if pixels.dim() == 3 else pixels

    def batch(self, rows: Tensor) -> Batch:
        pixels = self.pixels(rows)
        if self.augmentation:
            pixels = augment(pixels, self.augmentation)
        x = normalise(pixels)
        return x.squeeze(1) if self.as_rows else x, self.labels[rows]


def unchanged(examples: Examples) -> Examples:
    """The examples without augmentation: as they are measured, not as they are learned from."""
    return replace(examples, augmentation=Augmentation()) if isinstance(examples, Pictures) else examples


@dataclass(frozen=True)
class Sentences:
    """Sentences as word indices, and the class of each; a batch has sentences of one length, so no padding.

    Args:
        words: (n, longest) int64.
        lengths, labels: (n,) int64.
        texts: the sentences as they were written.
    """

    words: Tensor
    lengths: Tensor
    labels: Tensor
    texts: Sequence[str]

    def __len__(self) -> int:
        return len(self.labels)

    def _groups(self) -> Iterator[Tensor]:
        """Rows of each length, the shortest first."""
        return ((self.lengths == length).nonzero().flatten() for length in self.lengths.unique())

    def shuffle(self, size: int) -> list[Tensor]:
        drawn = (rows[torch.randperm(len(rows))] for rows in self._groups())
        batches = [batch for rows in drawn for batch in rows.split(size)]
        return [batches[index] for index in torch.randperm(len(batches)).tolist()]

    def split_in_order(self, size: int) -> list[Tensor]:
        return [batch for rows in self._groups() for batch in rows.split(size)]

    def batch(self, rows: Tensor) -> Batch:
        return self.words[rows, : self.lengths[rows[0]]], self.labels[rows]


@dataclass(frozen=True)
class Windows:
    """Pieces of one text; the right answer is the text one character later.

    Args:
        text: (characters,) int64.
        length: of a piece.
        count: of pieces.
    """

    text: Tensor
    length: int
    count: int

    def __len__(self) -> int:
        return self.count

    def shuffle(self, size: int) -> list[Tensor]:
        return shuffle_rows(len(self), size)

    def split_in_order(self, size: int) -> list[Tensor]:
        return list(torch.arange(len(self)).split(size))

    def batch(self, rows: Tensor) -> Batch:
        places = rows[:, None] * self.length + torch.arange(self.length + 1)
        pieces = self.text[places]
        return pieces[:, :-1], pieces[:, 1:]


@dataclass(frozen=True)
class Sequences:
    """Sequences of the memory task, whose rows (batch,) are their seeds: each epoch of training has new ones.

    Args:
        first: seed of the first, as they stand.
        count: of an epoch.
        delay: steps of noise.
    """

    first: int
    count: int
    delay: int

    def __len__(self) -> int:
        return self.count

    def shuffle(self, size: int) -> list[Tensor]:
        return list(torch.randint(memory.TEST_SEED, (self.count,)).split(size))

    def split_in_order(self, size: int) -> list[Tensor]:
        return list(torch.arange(self.first, self.first + self.count).split(size))

    def batch(self, rows: Tensor) -> Batch:
        return memory.sequences_of(rows, self.delay)
