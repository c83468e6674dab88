"""See deep learning: the lesson's networks, traced, explained and drawn from the learner's own input.

`__all__` names the modules that are meant for notebooks and scripts. Each is imported when it is first asked
for, as an attribute or by an import: PyTorch takes a while.
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dlviz import (
        arithmetic,
        attention,
        batch_norm,
        contributions,
        convolution,
        data,
        dream,
        dropout,
        encoders,
        explain,
        extremes,
        figures,
        generation,
        kernels,
        models,
        receptive_field,
        recurrence,
        trace,
        training,
        transfer,
        weights,
    )

__version__ = "0.2.0"
__all__ = [
    "__version__",
    "arithmetic",
    "attention",
    "batch_norm",
    "contributions",
    "convolution",
    "data",
    "dream",
    "dropout",
    "encoders",
    "explain",
    "extremes",
    "figures",
    "generation",
    "kernels",
    "models",
    "receptive_field",
    "recurrence",
    "trace",
    "training",
    "transfer",
    "weights",
]


def __getattr__(name: str) -> ModuleType:
    """Import the public module of that name."""
    if name not in __all__:
        raise AttributeError(f"module 'dlviz' has no attribute {name!r}")
    return import_module(f"dlviz.{name}")


def __dir__() -> list[str]:
    """List the public names, and what every module has."""
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
