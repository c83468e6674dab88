"""A run's own random numbers: what else draws from PyTorch's, before, after or between, changes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor


class Stream:
    """Random numbers that follow `torch.manual_seed(seed)`, drawn wherever `drawing` is on.

    Args:
        seed: of the numbers.
        device: "cuda" for the GPU's numbers too, or "cpu".
    """

    def __init__(self, seed: int, device: str = "cpu") -> None:
        self._cuda = device == "cuda"
        outer = self._read()
        torch.manual_seed(seed)
        self.states = self._read()
        self._set(outer)

    def _read(self) -> dict[str, Tensor]:
        states = {"cpu": torch.get_rng_state()}
        return states | {"cuda": torch.cuda.get_rng_state()} if self._cuda else states

    def _set(self, states: dict[str, Tensor]) -> None:
        torch.set_rng_state(states["cpu"])
        if self._cuda:
            torch.cuda.set_rng_state(states["cuda"])

    @contextmanager
    def drawing(self) -> Iterator[None]:
        """Draw PyTorch's random numbers from this stream, from where it was left."""
        outer = self._read()
        self._set(self.states)
        try:
            yield
        finally:
            self.states = self._read()
            self._set(outer)
