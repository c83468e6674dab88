"""Stress tests of trained networks: who still reads pictures that are moved, covered, noisy or turned.

Pictures are pixels in [0, 1], of which 0 is the ground.
"""

import copy
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlviz.data.digits import normalise
from dlviz.data.shuffling import PATCH
from dlviz.models import DigitTransformer, TransformerBlock
from dlviz.models.layout import lay_out
from dlviz.models.transformers import patches
from dlviz.weights import BadWeights

TESTED = 2_000  # pictures of a stress test
BATCH = 64  # Faster on one thread than all at once: what is computed stays in the cache.
UP_RIGHT_DOWN_LEFT = ((-1, 0), (0, 1), (1, 0), (0, -1))


def move(pictures: Tensor, down: int, right: int) -> Tensor:
    """Move pictures (…, height, width) by whole pixels; ground comes in, and what leaves is lost."""
    height, width = pictures.shape[-2:]
    moved = torch.zeros_like(pictures)
    moved[..., max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)] = pictures[
        ..., max(-down, 0) : height + min(-down, 0), max(-right, 0) : width + min(-right, 0)
    ]
    return moved


def move_around(pictures: Tensor, pixels: float) -> Tensor:
    """Move pictures (n, colours, height, width): one up, the next right, then down, left, and so on."""
    moved = torch.empty_like(pictures)
    for first, (down, right) in enumerate(UP_RIGHT_DOWN_LEFT):
        moved[first::4] = move(pictures[first::4], down * int(pixels), right * int(pixels))
    return moved


def hide(pictures: Tensor, patches: float) -> Tensor:
    """Cover so many of the 4×4 patches of each picture (n, colours, height, width) with ground.

    Each picture has an order of its own in which its patches go, always the same: what is hidden at one
    number is hidden at every larger one too.
    """
    count, _, height, width = pictures.shape
    rows, columns = height // PATCH, width // PATCH
    drawn = torch.rand(count, rows * columns, generator=torch.Generator().manual_seed(0))
    place = drawn.argsort(dim=1).argsort(dim=1).view(count, 1, rows, columns)  # in the order of each picture
    covered = (place < patches).repeat_interleave(PATCH, 2).repeat_interleave(PATCH, 3)
    return pictures.masked_fill(covered, 0.0)


def add_noise(pictures: Tensor, spread: float) -> Tensor:
    """Add normally distributed noise to pictures (n, colours, height, width), and cut at 0 and 1.

    It is the same noise at every spread, only stronger.
    """
    noise = torch.randn(pictures.shape, generator=torch.Generator().manual_seed(0))
    return (pictures + spread * noise).clamp(0, 1)


def turn(pictures: Tensor, degrees: float) -> Tensor:
    """Turn pictures (n, colours, height, width) about their middle: one clockwise, the next the other way."""
    angle = math.radians(degrees)
    cosine, sine = math.cos(angle), math.sin(angle)
    ways = torch.tensor([[[cosine, sine, 0], [-sine, cosine, 0]], [[cosine, -sine, 0], [sine, cosine, 0]]])
    rows = ways[torch.arange(len(pictures)) % 2]
    grid = F.affine_grid(rows, list(pictures.shape), align_corners=False)
    return F.grid_sample(pictures, grid, align_corners=False).clamp(0, 1)


@dataclass(frozen=True)
class Stress:
    """One way to make pictures harder to read.

    Args:
        change: pictures (n, colours, height, width) in [0, 1] and a level -> pictures alike.
        levels: at which it is measured; the first, 0, leaves them as they are.
    """

    change: Callable[[Tensor, float], Tensor]
    levels: tuple[float, ...]


STRESSES = {
    "moved": Stress(move_around, (0, 1, 2, 3, 4, 5, 6)),
    "hidden": Stress(hide, (0, 5, 10, 20, 30)),
    "noise": Stress(add_noise, (0, 0.1, 0.2, 0.3, 0.4)),
    "turned": Stress(turn, (0, 15, 30, 45, 60, 90)),
}


class _ClassTokenAlone(nn.Module):
    """A DigitTransformer whose last block computes the class token alone: no other token is read from.

    It has the same weights and, up to rounding, the same answers, in two thirds of the time.
    """

    def __init__(self, model: DigitTransformer) -> None:
        super().__init__()
        self.model = model

    def forward(self, x: Tensor) -> Tensor:
        """Logits (batch, classes) of normalised digits (batch, 1, 28, 28)."""
        model, attention = self.model, self.last.attention
        tokens = torch.cat([model.class_token.expand(len(x), -1, -1), model.embed(patches(x))], dim=1)
        tokens = tokens + model.positions  # (batch, 50, embed)
        for block in model.blocks[:-1]:
            tokens = block(tokens)
        first = tokens[:, :1]  # (batch, 1, embed)
        q, k, v = (
            layer(given).unflatten(2, (attention.heads, attention.head_dim)).transpose(1, 2)
            for layer, given in (
                (attention.queries, first),
                (attention.keys, tokens),
                (attention.values, tokens),
            )
        )  # (batch, head, 1 or 50, head_dim)
        mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)  # (batch, 1, embed)
        mid = self.last.norm1(attention.fc_out(mixed) + first)
        return model.fc(self.last.norm2(self.last.feed_forward(mid) + mid)[:, 0])

    @property
    def last(self) -> TransformerBlock:
        block = self.model.blocks[-1]
        assert isinstance(block, TransformerBlock)
        return block


def make_faster(model: nn.Module) -> nn.Module:
    """Copy a network into a form that answers faster; its answers stay the same, up to rounding."""
    model = copy.deepcopy(model).eval()
    if isinstance(model, DigitTransformer):
        return _ClassTokenAlone(model)
    lay_out(model)
    return model


def permute_positions(model: DigitTransformer, order: Tensor) -> DigitTransformer:
    """Copy a transformer whose learned positions go with their patches when these are shuffled by the order.

    On shuffled pictures it gives the answers that the first one gives to the pictures as they are.

    Args:
        order: (49,) int64, as of `shuffling.shuffle_patches`.
    """
    model = copy.deepcopy(model)
    with torch.no_grad():
        model.positions[1:] = model.positions[1:][order].clone()  # the class token's own stays
    return model


def answer(model: nn.Module, pictures: Tensor) -> Tensor:
    """Answer pictures: logits (n, classes).

    Args:
        pictures: (n, colours, height, width) in [0, 1].
    Raises: BadWeights if an answer is no number.
    """
    with torch.inference_mode():
        logits = torch.cat([model(batch) for batch in normalise(pictures).split(BATCH)])
    if not logits.isfinite().all():
        raise BadWeights("This network’s answers are no numbers.")
    return logits


def find_right(
    models: Sequence[nn.Module], stress: Stress, level: float, pictures: Tensor, labels: Tensor
) -> np.ndarray:
    """Find the pictures that networks still read under a stress: (models, n) bool.

    Each network answers in a thread of its own, so two of them take little longer than one on two cores.

    Args:
        models: as `make_faster` gives them.
        level: one of the stress's, or any between.
        pictures: (n, colours, height, width) in [0, 1].
        labels: (n,) int64.
    Raises: BadWeights if an answer is no number.
    """
    changed = stress.change(pictures, level)

    def read(model: nn.Module) -> np.ndarray:
        torch.set_num_threads(1)  # it holds for the thread that calls it alone
        return (answer(model, changed).argmax(1) == labels).numpy()

    with ThreadPoolExecutor(len(models)) as threads:
        return np.stack(list(threads.map(read, models)))
