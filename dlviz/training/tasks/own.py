"""A learner's own data: labelled drawings, or a table of labelled sentences, kept beside the run."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from dlviz.data import labelled
from dlviz.data.digits import SIDE
from dlviz.data.labelled import Labelled
from dlviz.training.tasks.examples import BadTask

MOST, CLASSES, LETTERS = 2_000, 20, 40  # drawings, different labels, letters of a label
# Each task's file; both are written by the project itself, under these names.
FILES = {"drawings": "own.safetensors", "table": "own.csv"}


@dataclass(frozen=True)
class Drawings:
    """Drawings and the label of each.

    Args:
        pictures: (n, 28, 28) uint8, 0 the ground; or float in [0, 1], as `digits.prepare` gives them.
        labels: in the same order.
    Raises: BadTask if there are too many, they have another shape, or a label is empty or long.
    """

    pictures: np.ndarray
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        pictures = np.asarray(self.pictures)
        if pictures.shape != (len(self.labels), SIDE, SIDE) or pictures.dtype.kind not in "fu":
            raise BadTask(f"Each drawing has {SIDE}×{SIDE} pixels and a label.")
        if len(self.labels) > MOST or len(set(self.labels)) > CLASSES:
            raise BadTask(f"There are at most {MOST:,} drawings and {CLASSES} different labels.")
        if not all(isinstance(label, str) and 0 < len(label) <= LETTERS for label in self.labels):
            raise BadTask(f"A label has at least one letter, and at most {LETTERS}.")
        if pictures.dtype.kind == "f":
            pictures = np.rint(255 * np.nan_to_num(pictures).clip(0, 1))
        object.__setattr__(self, "pictures", pictures.astype(np.uint8))

    def to_bytes(self) -> bytes:
        """Content of a safetensors file with the drawings."""
        return save({"pictures": torch.from_numpy(self.pictures)}, {"labels": json.dumps(self.labels)})

    def save(self, path: Path) -> None:
        """Write the drawings as a safetensors file."""
        path.write_bytes(self.to_bytes())

    @classmethod
    def load(cls, path: Path) -> "Drawings":
        """Read the drawings that `save` wrote.

        Raises: BadTask if the file is missing or anything else.
        """
        try:
            return cls._read(path.read_bytes())
        except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
            raise BadTask("The drawings of this run are missing or damaged.") from error

    @classmethod
    def from_bytes(cls, content: bytes) -> "Drawings":
        """Read a file that holds what `to_bytes` gave.

        Raises: BadTask with one sentence if it holds anything else.
        """
        try:
            return cls._read(content)
        except (SafetensorError, KeyError, TypeError, ValueError) as error:
            raise BadTask("This file holds no drawings that were saved here.") from error

    @classmethod
    def _read(cls, content: bytes) -> "Drawings":
        pictures = load(content)["pictures"].numpy()
        # It has been read whole, so its header is one: its length in eight bytes, then JSON.
        header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
        return cls(pictures, tuple(json.loads(header["__metadata__"]["labels"])))


Own = Drawings | Labelled


def read(task: str, folder: Path) -> Own | None:
    """Read the own data of a run in this folder; None if its task has none.

    Raises: BadTask if they are missing or damaged.
    """
    if task == "drawings":
        return Drawings.load(folder / FILES[task])
    if task == "table":
        try:
            return labelled.read((folder / FILES[task]).read_bytes())
        except OSError as error:
            raise BadTask("The table of this run is missing or cannot be read.") from error
        except labelled.BadTable as error:
            raise BadTask(f"The table cannot be read. {error}") from error
    return None


def parted(labels: list[int], part: int = 5) -> tuple[list[int], list[int]]:
    """Split rows into those to learn from and those held out: of each class every fifth, and one at least.

    Both are in turns of the classes, so that a beginning of them has as many of each as can be.

    Raises: BadTask if a class has one example alone, or there is one class alone.
    """
    groups = {label: [row for row, own in enumerate(labels) if own == label] for label in sorted({*labels})}
    if len(groups) < 2:
        raise BadTask("All examples have the same label: two different ones are needed at least.")
    if min(map(len, groups.values())) < 2:
        raise BadTask("Each label needs two examples at least: one to learn from, one to be measured on.")
    held = [row for rows in groups.values() for row in rows[::part][: len(rows) - 1]]
    turns = {row: turn for rows in groups.values() for turn, row in enumerate(rows)}
    learned = sorted({*range(len(labels))} - {*held}, key=lambda row: (turns[row], row))
    return learned, held
