"""One picture inside two networks: how far a CNN's units see, and how far a transformer's heads look."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from dlviz.models import DigitTransformer
from dlviz.models.transformers import PATCH, PATCHES
from dlviz.trace import recording, trace

GRID = 7  # patches on a side of a digit


@dataclass(frozen=True, eq=False)
class Field:
    """Effective receptive field: pixels that move the values at one place of a layer, and how strongly.

    Args:
        gradient: (height, width) float, the size of a value's gradient by each pixel, on average over the
            layer's channels.
        center: row and column of the place in pixels.
        reach: mean distance of a pixel from there in pixels, each weighted by its gradient; 0 where none
            has any.
    """

    gradient: np.ndarray
    center: tuple[float, float]
    reach: float


@dataclass(frozen=True, eq=False)
class Look:
    """Attention of a block's heads from one patch.

    Args:
        attention: (head, 7, 7) float, of that patch to each other; a row's rest is on the class token.
        here: (head,) mean distance of what that patch attends to, in pixels.
        everywhere: (head,) the same on average over all 49 patches.
    """

    attention: np.ndarray
    here: np.ndarray
    everywhere: np.ndarray


def measure_fields(model: nn.Module, x: Tensor, row: int, column: int) -> dict[str, Field]:
    """Measure the effective receptive fields of both kinds of network at a patch: layer -> field.

    Of a CNN they are those of each convolution's units in the middle of the patch; of a transformer those of
    the patch's own vector after each block.

    Args:
        model: a CNN whose layers keep or halve the size of their maps, or a DigitTransformer.
        x: (1, colours, height, width), normalised.
        row, column: of the 4×4 patch, counted from 0.
    Source: Luo et al. 2016, "Understanding the Effective Receptive Field in Deep Convolutional Neural
        Networks", section 2; here of sizes of gradients, so that channels of both signs do not cancel out.
    """
    middle = (PATCH - 1) / 2
    if isinstance(model, DigitTransformer):
        token = 1 + row * GRID + column
        center = PATCH * row + middle, PATCH * column + middle
        size = model.positions.shape[1]
        return {
            f"blocks.{block}": _field(
                model, x, f"blocks.{block}.dropout2", size, lambda post, each: post[each, token, each], center
            )
            for block in range(len(model.blocks))
        }
    fields, (_, record) = {}, trace(model, x)
    for name, layer in model.named_modules():
        if not isinstance(layer, nn.Conv2d):
            continue
        scale = x.shape[-1] // record[name].shape[-1]  # pixels from one unit to the next
        i, j = ((PATCH * at + PATCH // 2) // scale for at in (row, column))
        fields[name] = _field(
            model,
            x,
            name,
            layer.out_channels,
            lambda maps, each, i=i, j=j: maps[each, each, i, j],
            (i * scale + (scale - 1) / 2, j * scale + (scale - 1) / 2),
        )
    return fields


def _field(
    model: nn.Module,
    x: Tensor,
    stage: str,
    channels: int,
    choose: Callable[[Tensor, Tensor], Tensor],
    center: tuple[float, float],
) -> Field:
    """Measure the field of the values of a stage at one place.

    Args:
        channels: number of these values.
        choose: from the stage's values for one copy of the picture a channel, and the channels' numbers, to
            one value of each copy, (channels,).
    """
    copies = x.expand(channels, *x.shape[1:]).clone().requires_grad_()
    with recording() as kept:
        model(copies)
    (gradients,) = torch.autograd.grad(choose(kept[stage], torch.arange(channels)).sum(), copies)
    gradient = gradients.abs().sum(1).mean(0).numpy()  # (height, width)
    rows, columns = np.indices(gradient.shape)
    away = np.hypot(rows - center[0], columns - center[1])
    total = float(gradient.sum())
    return Field(gradient, center, float((gradient * away).sum()) / total if total else 0.0)


def see_attention(model: DigitTransformer, x: Tensor, row: int, column: int) -> list[Look]:
    """See where the heads of each block look from a patch of a digit.

    Args:
        x: (1, 1, 28, 28), normalised.
        row, column: of the patch, counted from 0.
    """
    _, record = trace(model, x)
    patch = row * GRID + column
    looks = []
    for block in range(len(model.blocks)):
        pattern = record[f"blocks.{block}.attention.pattern"][0]  # (head, 50, 50)
        away = measure_attention_distance(pattern)
        looks.append(Look(pattern[:, 1 + patch, 1:].reshape(-1, GRID, GRID), away[:, patch], away.mean(1)))
    return looks


def measure_attention_distance(pattern: np.ndarray) -> np.ndarray:
    """Measure the mean distance in pixels from each patch to those that it attends to: (head, 49).

    The class token has no place: what is attended to there is left out, and the rest shared out anew.

    Args:
        pattern: (head, 50, 50) float, the class token first; each row sums to 1.
    Source: Dosovitskiy et al. 2021, "An Image is Worth 16×16 Words", section 4.5 and appendix D.7.
    """
    among = pattern[:, 1:, 1:]
    total = among.sum(axis=-1)
    return np.divide((among * _DISTANCES).sum(axis=-1), total, out=np.zeros_like(total), where=total > 0)


def _distances() -> np.ndarray:
    """Distances between the middles of a digit's patches in pixels: (49, 49)."""
    rows, columns = np.divmod(np.arange(PATCHES), GRID)
    return PATCH * np.hypot(rows[:, None] - rows, columns[:, None] - columns)


_DISTANCES = _distances()


def even_distance(row: int, column: int) -> float:
    """Mean distance from a patch to all 49 in pixels: that of a head that attends to all of them alike."""
    return float(_DISTANCES[row * GRID + column].mean())
