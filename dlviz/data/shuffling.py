"""Patches of pictures, shuffled by one fixed permutation: neighbours are torn apart, nothing is lost."""

import torch
from torch import Tensor

PATCH = 4  # pixels of a patch's side


def draw_order(seed: int, patches: int = 49) -> Tensor:
    """Draw the permutation (patches,) int64 of a seed: at each place, the number of the patch put there."""
    return torch.randperm(patches, generator=torch.Generator().manual_seed(seed))


def shuffle_patches(pictures: Tensor, order: Tensor) -> Tensor:
    """Shuffle the 4×4 patches of pictures, all in the same way.

    Args:
        pictures: (…, height, width), both sides multiples of 4.
        order: (patches,) int64, counted row by row: at each place, the number of the patch put there.
    Returns: as `pictures`.
    """
    *_, height, width = pictures.shape
    rows, columns = height // PATCH, width // PATCH
    cut = pictures.unflatten(-1, (columns, PATCH)).unflatten(-3, (rows, PATCH))
    cut = cut.transpose(-3, -2).flatten(-4, -3)  # (…, patches, 4, 4)
    moved = cut[..., order, :, :].unflatten(-3, (rows, columns)).transpose(-3, -2)
    return moved.reshape(pictures.shape)


def shuffle_with(pictures: Tensor, seed: int) -> Tensor:
    """Shuffle the patches of pictures (…, height, width) by the permutation of a seed."""
    patches = pictures.shape[-2] * pictures.shape[-1] // PATCH**2
    return shuffle_patches(pictures, draw_order(seed, patches))
