"""Whose weights a lab shows: those that it was made for, or those of a training run.

A lab that can show runs has the fields `run` and `weights` in its address.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dlviz.ui.components import address
from dlviz.ui.lab import Lab
from dlviz.ui.runs import opening
from dlviz.ui.runs.fields import RUN_FIELD
from dlviz.ui.runs.file_name import file_name
from dlviz.ui.runs.loaded_network import LoadedNetwork
from dlviz.ui.runs.opening import Opened
from dlviz.ui.text_format.numbers import percent

TRAINED, OF_RUN = "Trained for the lab", "The run’s"
FIELDS: address.Fields = {"run": RUN_FIELD, "weights": address.choice(["trained", "run"], "trained")}


@dataclass(frozen=True)
class Held:
    """What a run's network was measured to reach: loss in nats, share right, and on which data."""

    loss: float
    accuracy: float
    data: str


def shows_run(lab: Lab | str) -> bool:
    """Whether the learner looks at a run's network."""
    return st.session_state[f"{lab}.weights"] == "run"


def control(lab: Lab | str, trained: str = "trained") -> None:
    """The choice between the two, where the address names a run.

    Args:
        trained: what the lab's address calls the weights that it was made for.
    """
    if not (st.session_state[f"{lab}.run"] or shows_run(lab)):
        return
    weights = {trained: TRAINED, "run": OF_RUN}
    if st.session_state[f"{lab}.weights"] not in weights:
        st.session_state[f"{lab}.weights"] = trained
    st.segmented_control(
        "Weights",
        list(weights),
        format_func=weights.__getitem__,
        required=True,
        key=f"{lab}.weights",
        help="Those that the lab was made for, or those of the training run that you came from.",
    )


def opened(lab: Lab | str) -> Opened:
    """The run's network.

    Raises: BadWeights if it cannot be shown.
    """
    return opening.opened(st.session_state[f"{lab}.run"], str(lab))


def load_run_network(lab: Lab | str) -> LoadedNetwork:
    """The run's network, with what must be said of it.

    Raises: BadWeights if it cannot be shown.
    """
    found = opened(lab)
    return LoadedNetwork(
        found.trained.model, made(found), tuple(found.trained.classes), file(found), from_run=True
    )


def file(found: Opened) -> str:
    """What the Training lab calls the file of these weights."""
    return f"{file_name(found.run.run)}.safetensors"


def usage(found: Opened) -> str:
    """How a script is called that needs that file."""
    return f"python script.py {file(found)}\n\nThe file is the run's: Training lab, “Take away”, Weights."


def made(found: Opened) -> str:
    """Which run, and how well its network does."""
    return f"{origin(found)}."


def origin(found: Opened) -> str:
    """Which run, and how well its network does, without a full stop."""
    line, held = found.line, measured(found)  # what its answers mean stands beside them
    return line if held is None else f"{line}. It gets {percent(held.accuracy)} of {held.data} right"


def measured(found: Opened) -> Held | None:
    """What the run itself measured with these weights; None between two of its measurements."""
    if found.run.brought:
        return None
    history, config = found.run.look(), found.run.config
    prefix = "test_" if config.test else ""
    steps, losses = history.epochs["step"], history.epochs[f"{prefix}loss"]
    there = np.flatnonzero(np.isfinite(losses) & ((steps == found.trained.step) | history.restored))
    if not len(there):
        return None
    at = there[losses[there].argmin()] if history.restored else there[-1]
    data = "the test data" if config.test else "what was held out"
    return Held(float(losses[at]), float(history.epochs[f"{prefix}accuracy"][at]), data)
