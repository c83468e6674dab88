"""Dreams of a convolutional network: pictures optimised to excite one of its units, a whole map, or a class.

Source: Olah, Mordvintsev and Schubert 2017, "Feature Visualization".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlviz.trace import recording
from dlviz.weights import BadWeights

Shape = tuple[int, int, int]  # (colours, height, width)
STARTS, STEPS = 4, 128
RATE = 0.05  # of Adam: with larger steps pixels reach black or white before they are where they belong
SPREAD = 0.1  # of the random numbers to begin with
DIVERSITY = 0.5  # of the target's gradient, at first; halfway it has faded to nothing
TURN, STRETCH, JITTER = 10.0, 0.1, 2.0  # at most: degrees, share of the size, pixels


class Aim(Protocol):
    """A value of a network that pictures are to raise."""

    def values(self, model: nn.Module, x: Tensor) -> Tensor:
        """Measure it on pictures (batch, colours, height, width), normalised: (batch,).

        Raises: BadWeights if it is no number.
        """
        ...


@dataclass(frozen=True)
class Target:
    """A channel to excite: one unit of a map, a whole map by its mean, or an entry of a vector.

    Args:
        stage: a name that the network records, of (batch, channel, …) tensors.
        channel: of the stage; a class, if it is the last.
        place: (row, column) of one unit of the map; None for the whole map, and where there are no maps.
    """

    stage: str
    channel: int
    place: tuple[int, int] | None = None

    def values(self, model: nn.Module, x: Tensor) -> Tensor:
        """Measure the target on pictures (batch, colours, height, width), normalised: (batch,).

        Raises: BadWeights if it is no number.
        """
        with recording() as kept:
            model(x)
        channel = kept[self.stage][:, self.channel]
        values = channel[:, *self.place] if self.place else channel.reshape(len(channel), -1).mean(1)
        if not values.isfinite().all():
            raise BadWeights("Inside this network are numbers that mean nothing: it cannot dream.")
        return values


@dataclass(frozen=True, eq=False)
class Dreams:
    """Dreams from several random starts, after a number of steps.

    Args:
        pictures: (starts, colours, height, width) float32 in [0, 1].
        values: (starts,) float32 of the target on them, neither turned nor shifted.
    """

    step: int
    pictures: Tensor
    values: Tensor


def dream(
    model: nn.Module,
    target: Aim,
    shape: Shape,
    *,
    fourier: bool = True,
    moved: bool = True,
    starts: int = STARTS,
    steps: int = STEPS,
    seed: int = 0,
) -> Iterator[Dreams]:
    """Optimise pictures from several random starts at once, and give them after each step, from 0 on.

    Adam climbs the target; in the first half of the steps the pictures are also pushed away from each other.
    The network reads them at its own size, and is never changed.

    Args:
        model: a network that reads pictures, in evaluation mode.
        shape: (colours, height, width) of what it reads.
        fourier: what is optimised are coefficients of waves, the larger the longer the wave; else pixels.
        moved: at each step the network sees each picture turned, stretched and shifted, each time less.
        seed: of the starts and of all movements.
    Raises: BadWeights if the target is no number.
    """
    generator = torch.Generator().manual_seed(seed)
    size = (starts, *wave_scales(shape).shape, 2) if fourier else (starts, *shape)
    painted = (SPREAD * torch.randn(size, generator=generator)).requires_grad_()
    optimizer = torch.optim.Adam([painted], RATE)
    for step in range(steps + 1):
        pictures = paint(painted, shape) if fourier else painted.sigmoid()
        with torch.no_grad():
            values = target.values(model, normalised(pictures))
        yield Dreams(step, pictures.detach(), values)
        if step == steps:
            return
        seen = move(pictures, generator, 1 - step / steps) if moved else pictures
        # Not `backward`: the network is shared, and must keep no gradient.
        (climb,) = torch.autograd.grad(
            target.values(model, normalised(seen)).sum(), painted, retain_graph=True
        )
        (apart,) = torch.autograd.grad(likeness(pictures), painted)
        share = DIVERSITY * max(0.0, 1 - 2 * step / steps)
        painted.grad = share * apart * climb.norm() / apart.norm().clamp_min(1e-9) - climb
        optimizer.step()


def normalised(pictures: Tensor) -> Tensor:
    """Normalise pictures (…) in [0, 1] as the networks read them: (…) in [−1, 1]."""
    return 2 * pictures - 1


def wave_scales(shape: Shape) -> Tensor:
    """Scale each wave of a picture by its length, 1 / frequency: (colours, height, width // 2 + 1).

    In photographs and drawings, too, long waves are the strongest.
    """
    colours, height, width = shape
    frequency = torch.hypot(torch.fft.fftfreq(height)[:, None], torch.fft.rfftfreq(width)[None])
    return (1 / frequency.clamp_min(1 / max(height, width))).expand(colours, -1, -1)


def paint(coefficients: Tensor, shape: Shape) -> Tensor:
    """Add up waves to pictures: (starts, colours, height, width) in (0, 1).

    Args:
        coefficients: (starts, colours, height, width // 2 + 1, 2), real and imaginary, of waves as they are
            scaled by `wave_scales`.
    """
    waves = torch.view_as_complex(coefficients) * wave_scales(shape)
    return torch.fft.irfft2(waves, s=shape[1:], norm="ortho").sigmoid()


def move(pictures: Tensor, generator: torch.Generator, share: float = 1.0) -> Tensor:
    """Turn, stretch and shift each picture (starts, colours, height, width) at random, a little.

    Args:
        share: of the largest movements.
    """
    turn, stretch, *shift = (share * (2 * torch.rand(4, len(pictures), generator=generator) - 1)).unbind()
    angle, size = torch.deg2rad(TURN * turn), 1 + STRETCH * stretch
    across, down = (2 * JITTER * each / side for each, side in zip(shift, pictures.shape[:1:-1], strict=True))
    rows = (size * angle.cos(), -size * angle.sin(), across, size * angle.sin(), size * angle.cos(), down)
    grid = F.affine_grid(torch.stack(rows, 1).view(-1, 2, 3), list(pictures.shape), align_corners=False)
    return F.grid_sample(pictures, grid, padding_mode="border", align_corners=False)


def likeness(pictures: Tensor) -> Tensor:
    """Mean cosine similarity of each two of the pictures (starts, …), each less its own mean; 0 for one."""
    flat = F.normalize(pictures.flatten(1) - pictures.flatten(1).mean(1, keepdim=True), dim=1)
    return (flat @ flat.T).triu(1).sum() / max(1, len(flat) * (len(flat) - 1) // 2)
