"""Series of numbers to forecast: sums of sines, pulses and noisy trends, drawn from a seed."""

from collections.abc import Callable

import torch
from torch import Generator, Tensor

from dlviz.data.typed_numbers import BadNumber, read_numbers

SHORTEST, LONGEST = 3, 200  # values of a series that a learner writes
LARGEST = 1e6


def _uniform(low: float, high: float, count: int, random: Generator) -> Tensor:
    return low + (high - low) * torch.rand(count, 1, generator=random)


def sines(count: int, length: int, random: Generator) -> Tensor:
    """Sums of three sine waves each, of random periods (6 to 40 steps), sizes and phases: (count, length)."""
    time = torch.arange(length)
    waves = (
        _uniform(0, 1, count, random)
        * torch.sin(2 * torch.pi * (time / _uniform(6, 40, count, random) + _uniform(0, 1, count, random)))
        for _ in range(3)
    )
    return sum(waves, torch.zeros(count, length))


def pulses(count: int, length: int, random: Generator) -> Tensor:
    """Series that are low, and high for a few steps of every period (6 to 20 steps): (count, length)."""
    period = _uniform(6, 20, count, random).round()
    width = _uniform(1, 5, count, random).round()
    start = (_uniform(0, 1, count, random) * period).floor()
    high = (torch.arange(length) + start) % period < width
    return torch.where(high, 1.0, -1.0) * _uniform(0.3, 1, count, random)


def trends(count: int, length: int, random: Generator) -> Tensor:
    """Straight lines with noise (standard deviation 0.05 to 0.15) on them: (count, length)."""
    line = _uniform(-1, 1, count, random) + _uniform(-2, 2, count, random) * torch.linspace(0, 1, length)
    noise = torch.randn(count, length, generator=random)
    return line + _uniform(0.05, 0.15, count, random) * noise


KINDS: dict[str, Callable[[int, int, Generator], Tensor]] = {
    "sines": sines,
    "pulses": pulses,
    "trends": trends,
}


def series(kind: str, count: int, length: int, seed: int) -> Tensor:
    """Draw series (count, length) float32 of a kind, none beyond ±1.

    Raises: KeyError if there is no such kind.
    """
    values = KINDS[kind](count, length, torch.Generator().manual_seed(seed))
    return values / values.abs().amax(dim=1, keepdim=True).clamp_min(1.0)


class BadSeries(ValueError):
    """A text that is no series of numbers; the message says why, in a sentence for the learner."""


def written(text: str) -> Tensor:
    """Read a series (length,) float32, in the learner's own units, from numbers as `read_numbers` takes them.

    Raises: BadSeries for what is no number, for fewer than 3 or more than 200 of them, or too large ones.
    """
    try:
        numbers = read_numbers(text)
    except BadNumber as problem:
        raise BadSeries(f"{problem}. Write numbers as 0.5, with spaces between.") from problem
    if not SHORTEST <= len(numbers) <= LONGEST:
        raise BadSeries(f"A series needs {SHORTEST} to {LONGEST} numbers; here are {len(numbers):,}.")
    if max(map(abs, numbers)) > LARGEST:
        raise BadSeries("A number is larger than a million: that is too large for this network.")
    return torch.tensor(numbers)
