"""The drawing moved pixel by pixel: the answers of the MLP and of the CNN to the same pixels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.labs.mlp.forward import as_input
from dlviz.ui.labs.mlp.state import FURTHEST

if TYPE_CHECKING:
    from torch import nn

STEPS = {"right": (0, 1), "left": (0, -1), "up": (-1, 0), "down": (1, 0)}  # rows, columns a pixel
MANY = 500  # test digits that are moved


def move(pictures: np.ndarray, pixels: int, direction: str) -> np.ndarray:
    """Move drawings (…, 28, 28); what leaves the paper is lost, and empty paper follows.

    Args:
        direction: a key of STEPS.
    """
    down, right = (pixels * step for step in STEPS[direction])
    height, width = pictures.shape[-2:]
    moved = np.zeros_like(pictures)
    moved[..., max(0, down) : height + min(0, down), max(0, right) : width + min(0, right)] = pictures[
        ..., max(0, -down) : height - max(0, down), max(0, -right) : width - max(0, right)
    ]
    return moved


@dataclass(frozen=True, eq=False)
class Moved:
    """A drawing at every distance from 0 on.

    Args:
        pictures: (distance, 28, 28) float32 in [0, 1].
        answers: name of a network -> (distance, classes) probabilities.
    """

    pictures: np.ndarray
    answers: dict[str, np.ndarray]

    @property
    def lost(self) -> np.ndarray:
        """Share of the ink that has left the paper: (distance,)."""
        ink = self.pictures.sum(axis=(1, 2), dtype=np.float64)
        return 1 - ink / ink[0]

    def stays_until(self, network: str) -> int:
        """The distance up to which a network has given its first answer without a break."""
        answers = self.answers[network].argmax(axis=1)
        return int(np.argmax(np.append(answers != answers[0], True))) - 1


def move_drawing(networks: dict[str, nn.Module], pixels: np.ndarray, direction: str) -> Moved:
    """Move a drawing (28, 28) by 0 to FURTHEST pixels, and ask the networks each time."""
    pictures = np.stack([move(pixels, by, direction) for by in range(FURTHEST + 1)])
    return Moved(pictures, {name: probabilities(model, pictures) for name, model in networks.items()})


def probabilities(model: nn.Module, pictures: np.ndarray) -> np.ndarray:
    """Probabilities (n, classes) float32 of drawings (n, 28, 28) in [0, 1]."""
    import torch

    with torch.inference_mode():
        return model(as_input(pictures)).softmax(1).numpy()


@lru_cache(maxsize=32)
def right_when_moved(model: nn.Module, direction: str) -> np.ndarray:
    """Share of MANY test digits that a network names right at every distance: (FURTHEST + 1,).

    Raises: MissingData if the test digits are not there.
    """
    from dlviz.data import mnist

    images, labels = mnist.digits("test")
    pictures = images[:MANY].numpy().astype(np.float32) / 255
    shares = []
    for by in range(FURTHEST + 1):
        answers = probabilities(model, move(pictures, by, direction)).argmax(axis=1)
        shares.append(float((answers == labels[:MANY].numpy()).mean()))
    return np.array(shares)
