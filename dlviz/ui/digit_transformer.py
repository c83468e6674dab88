"""DigitTransformer as the labs of attention show it: the trained one, or that of a training run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from dlviz.ui import of_run, warm

if TYPE_CHECKING:
    from torch import nn

FILE = "digit_transformer"
CLASSES = tuple(map(str, range(10)))


@dataclass(frozen=True, eq=False)
class Network:
    """The network, one line on what made it, what its answers mean, and how its weights' file is named."""

    model: nn.Module
    made: str
    classes: tuple[str, ...]
    file: str

    @property
    def depth(self) -> int:
        """How many blocks it has."""
        return len(self.model.get_submodule("blocks"))  # pyright: ignore[reportArgumentType]


def network(lab: str) -> Network:
    """The network that the learner has chosen in a lab.

    Raises: BadWeights if its weights are missing or damaged, or the run has none that fit.
    """
    if st.session_state[f"{lab}.weights"] != "run":
        made = f"DigitTransformer, trained on MNIST: {warm.result(FILE)}."
        return Network(warm.trained(FILE), made, CLASSES, f"{FILE}.safetensors")
    found = of_run.opened(st.session_state[f"{lab}.run"], lab)
    name = f"dlviz-{found.run.run[:8]}.safetensors"  # as the Training lab gives it away
    return Network(found.trained.model, f"{found.made}.", tuple(found.trained.classes), name)


def choose(lab: str, trained: str) -> None:
    """Whose weights, where the address names a run.

    Args:
        trained: what the lab calls the choice of those that the project has trained.
    """
    if not (st.session_state[f"{lab}.run"] or st.session_state[f"{lab}.weights"] == "run"):
        return
    named = {trained: "Trained", "run": "The run’s"}
    if st.session_state[f"{lab}.weights"] not in named:
        st.session_state[f"{lab}.weights"] = trained
    st.segmented_control(
        "Weights", list(named), format_func=named.__getitem__, required=True, key=f"{lab}.weights"
    )
