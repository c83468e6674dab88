"""Look inside a network while it computes, and change what flows through it.

A model calls `record(name, tensor)` wherever something is worth seeing. Outside a trace that is the
identity. Inside one, the tensor is kept under its name, and an edit registered for that name replaces it,
so that everything downstream computes from the edited value.

The trace is a context variable: nothing is registered on the model, so one model serves many threads.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

Edit = Callable[[Tensor], Tensor]
Edits = dict[str, Edit]
Kept = TypeVar("Kept", Tensor, np.ndarray)


@dataclass
class _Recorder(Generic[Kept]):
    """Tensors that a trace keeps, the form they are kept in, and its edits."""

    form: Callable[[Tensor], Kept]
    edits: Mapping[str, Edit]
    kept: dict[str, Kept] = field(default_factory=dict)

    def keep(self, name: str, tensor: Tensor) -> Tensor:
        if name in self.edits:
            tensor = self.edits[name](tensor)
        self.kept[name] = self.form(tensor)
        return tensor

    def keep_steps(self, name: str, tensor: Tensor) -> None:
        whole = self.form(tensor)
        self.kept.update((f"{name}.{step}", whole[:, step]) for step in range(tensor.shape[1]))


_recorder: ContextVar[_Recorder | None] = ContextVar("recorder", default=None)


def record(name: str, tensor: Tensor) -> Tensor:
    """Return the tensor itself, of any shape; inside a trace, keep it under `name`, and apply its edit."""
    recorder = _recorder.get()
    return tensor if recorder is None else recorder.keep(name, tensor)


def record_steps(name: str, tensor: Tensor) -> None:
    """Keep each step of a (batch, seq, …) tensor under `<name>.<step>` inside a trace, with no edit."""
    if (recorder := _recorder.get()) is not None:
        recorder.keep_steps(name, tensor)


def is_recording() -> bool:
    """True inside a trace: a network may then compute step by step what it else leaves to one fast call."""
    return _recorder.get() is not None


def is_edited(beginning: str) -> bool:
    """True inside a trace that has an edit for a name that begins so."""
    recorder = _recorder.get()
    return recorder is not None and any(name.startswith(beginning) for name in recorder.edits)


def recording(edits: Mapping[str, Edit] | None = None) -> AbstractContextManager[dict[str, Tensor]]:
    """Collect, in order of computation, the live tensors of every `record` call in a dictionary.

    The tensors still belong to autograd's graph, so gradients with respect to them can be asked for.

    Args:
        edits: name -> function from tensor to tensor of the same shape.
    Raises: ValueError at the end if an edit's name was never recorded.
    """
    return _keeping(lambda tensor: tensor, edits or {})


@contextmanager
def _keeping(form: Callable[[Tensor], Kept], edits: Mapping[str, Edit]) -> Iterator[dict[str, Kept]]:
    recorder = _Recorder(form, edits)
    token = _recorder.set(recorder)
    try:
        yield recorder.kept
    finally:
        _recorder.reset(token)
    if unused := edits.keys() - recorder.kept.keys():
        names = ", ".join(recorder.kept)
        raise ValueError(f"no tensor named {sorted(unused)[0]!r} was recorded; there are {names}")


def trace(
    model: nn.Module, x: Tensor, edits: Mapping[str, Edit] | None = None
) -> tuple[Tensor, dict[str, np.ndarray]]:
    """Run a model, and record every tensor on the way as an array.

    Args:
        model: a network whose forward calls `record`.
        x: (batch, …), the model's input.
        edits: name -> function from tensor to tensor of the same shape.
    Returns: output (batch, …), and name -> array in order of computation. The arrays are the caller's own.
    Raises: ValueError if an edit's name was never recorded.
    """
    with torch.inference_mode(), _keeping(_copy, edits or {}) as kept:
        return model(x), kept


def _copy(tensor: Tensor) -> np.ndarray:
    # Taken at once: a later layer may work in place, and a Flatten's output shares its input's memory.
    return tensor.numpy(force=True).copy()


def run_recorded(layers: nn.Sequential, name: str, x: Tensor) -> Tensor:
    """Run `layers(x)`, x being (batch, …), and record each layer's output as `name.0`, `name.1`, ….

    These are the keys of its `state_dict`.
    """
    for index, layer in enumerate(layers):
        x = record(f"{name}.{index}", layer(x))
    return x


def switch_off(channels: list[int]) -> Edit:
    """Make an edit that sets these channels of a (batch, channel, …) tensor to zero."""

    def edit(tensor: Tensor) -> Tensor:
        tensor = tensor.clone()
        tensor[:, channels] = 0.0
        return tensor

    return edit


def keep_only(channels: list[int]) -> Edit:
    """Make an edit that sets every channel but these of a (batch, channel, …) tensor to zero."""

    def edit(tensor: Tensor) -> Tensor:
        kept = torch.zeros_like(tensor)
        kept[:, channels] = tensor[:, channels]
        return kept

    return edit


def combined(*several: Mapping[str, Edit]) -> Edits:
    """Combine edits; where two meet, the later one works on what the earlier has left."""
    together: Edits = {}
    for edits in several:
        for name, edit in edits.items():
            together[name] = _after(together[name], edit) if name in together else edit
    return together


def _after(first: Edit, second: Edit) -> Edit:
    return lambda tensor: second(first(tensor))
