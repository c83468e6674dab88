"""Augmentation: pictures changed at random each time they are learned from, in whole batches."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from dlviz.training.config import Augmentation

PATCH = (0.15, 0.35)  # an erased patch's side, as a share of the picture's


def augment(pictures: Tensor, how: Augmentation) -> Tensor:
    """The pictures, each changed by draws of its own.

    Args:
        pictures: (batch, colours, height, width) float in [0, 1], 0 the ground.
    """
    if how.flip:
        turned = torch.rand(len(pictures)) < how.flip
        pictures = torch.where(_each(turned), pictures.flip(-1), pictures)
    if how.rotation or how.shift:
        pictures = _moved(pictures, how.rotation, how.shift)
    if how.brightness:
        factors = 1 + how.brightness * _both_ways(len(pictures))
        pictures = (pictures * _each(factors)).clamp(0, 1)
    if how.noise:
        pictures = (pictures + how.noise * torch.randn(pictures.shape)).clamp(0, 1)
    if how.erasing:
        pictures = _erased(pictures, how.erasing)
    return pictures


def preview(pictures: Tensor, how: Augmentation, seed: int = 0) -> Tensor:
    """Augment pictures (batch, colours, height, width) with this seed, whatever else draws random numbers."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return augment(pictures, how)


def _each(values: Tensor) -> Tensor:
    return values[:, None, None, None]


def _both_ways(count: int) -> Tensor:
    """(count,) between -1 and 1."""
    return 2 * torch.rand(count) - 1


def _moved(pictures: Tensor, degrees: float, shift: float) -> Tensor:
    """Turned about the middle and shifted; what comes in from outside is ground."""
    count = len(pictures)
    angles = math.radians(degrees) * _both_ways(count)
    # The grid's coordinates run from -1 to 1, so a share of the side is twice as much there.
    across, down = 2 * shift * _both_ways(count), 2 * shift * _both_ways(count)
    cosine, sine = angles.cos(), angles.sin()
    rows = torch.stack([cosine, -sine, across, sine, cosine, down], dim=1).view(count, 2, 3)
    grid = F.affine_grid(rows, list(pictures.shape), align_corners=False)
    return F.grid_sample(pictures, grid, align_corners=False)


def _erased(pictures: Tensor, share: float) -> Tensor:
    """Some of the pictures with a patch of ground somewhere inside."""
    count, _, height, width = pictures.shape
    chosen = torch.rand(count) < share
    least, most = PATCH
    tall, wide = (side * (least + (most - least) * torch.rand(count)) for side in (height, width))
    top, left = torch.rand(count) * (height - tall), torch.rand(count) * (width - wide)
    down, across = torch.arange(height) + 0.5, torch.arange(width) + 0.5
    rows = (down >= top[:, None]) & (down < (top + tall)[:, None])
    columns = (across >= left[:, None]) & (across < (left + wide)[:, None])
    hole = rows[:, :, None] & columns[:, None, :] & chosen[:, None, None]
    return pictures.masked_fill(hole[:, None], 0.0)
