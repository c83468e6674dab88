"""A network that a lab shows, with what must be said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from dlviz.paths import WEIGHTS
from dlviz.ui.lesson import ScriptFiles

if TYPE_CHECKING:
    from torch import Tensor, nn


def packaged_files(*names: str) -> ScriptFiles:
    """Weights that come with the project, named as their files are."""
    return {name: (WEIGHTS / name).read_bytes for name in names}


def pack_weights(state: Mapping[str, Tensor]) -> bytes:
    """Write a state_dict as a safetensors file."""
    from safetensors.torch import save

    return save({name: tensor.contiguous() for name, tensor in state.items()})


@dataclass(frozen=True, eq=False)
class LoadedNetwork:
    """A network in evaluation mode, shared by all sessions and never changed.

    A lab that knows more of its networks derives a dataclass of its own from this one.

    Args:
        provenance: sentence on what made its weights, and how well it does.
        classes: meaning of its answers, in their order; none for forecasts and text.
        weights_file: name of the file from which a script loads these weights; empty if it needs none.
        from_run: trained by a run of the Training lab, from which the file is to be taken.
    """

    model: nn.Module
    provenance: str
    classes: tuple[str, ...] = ()
    weights_file: str = ""
    from_run: bool = False

    @property
    def script_files(self) -> ScriptFiles:
        """Weights that a script about this network needs beside it."""
        return (
            {self.weights_file: partial(pack_weights, self.model.state_dict())} if self.weights_file else {}
        )

    @property
    def usage(self) -> str:
        """Command line of a script that loads these weights."""
        call = f"python script.py {self.weights_file}".rstrip()
        if not self.from_run:
            return call
        return f"{call}\n\nThe file is the run's: Training lab, “Take away”, Weights."
