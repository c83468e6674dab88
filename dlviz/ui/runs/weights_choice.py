"""Choice of the weights that a lab shows: those that it was made for, or those of a training run.

A lab that can show runs has the fields `run` and `weights` in its address.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dlviz.ui.lab import Lab
from dlviz.ui.runs import opening
from dlviz.ui.runs.file_name import file_name
from dlviz.ui.runs.loaded_network import LoadedNetwork
from dlviz.ui.runs.opening import OpenedRun
from dlviz.ui.text_format.numbers import percent

TRAINED, OF_RUN = "Trained for the lab", "The run’s"


@dataclass(frozen=True)
class Measurement:
    """A run's own measurement of its network: loss in nats, share right, and on which data."""

    loss: float
    accuracy: float
    data: str


def shows_run(lab: Lab) -> bool:
    """True if the learner looks at a run's network."""
    return st.session_state[f"{lab}.weights"] == "run"


def choose_weights(lab: Lab, trained: str = "trained") -> None:
    """Offer the choice between the two, where the address names a run.

    Args:
        trained: name in the lab's address of the weights that it was made for.
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


def load_run_network(lab: Lab, run: str) -> LoadedNetwork:
    """The run's network, with what must be said of it.

    Raises: BadWeights if it cannot be shown.
    """
    found = opening.open_run(run, str(lab))
    checkpoint = found.checkpoint
    return LoadedNetwork(
        checkpoint.model, describe(found), tuple(checkpoint.classes), weights_file(found), from_run=True
    )


def weights_file(found: OpenedRun) -> str:
    """The name under which the Training lab gives these weights away."""
    return f"{file_name(found.run.run)}.safetensors"


def describe(found: OpenedRun) -> str:
    """Say in a sentence which run it is, and how well its network does."""
    return f"{provenance(found)}."


def provenance(found: OpenedRun) -> str:
    """Say which run it is, and how well its network does, without a full stop.

    What its answers mean is left out: it stands beside them.
    """
    held = measurement(found)
    if held is None:
        return found.provenance
    return f"{found.provenance}. It gets {percent(held.accuracy)} of {held.data} right"


def measurement(found: OpenedRun) -> Measurement | None:
    """The run's own measurement of these weights; None between two of its measurements."""
    if found.run.imported:
        return None
    history, config = found.run.history(), found.run.config
    prefix = "test_" if config.test else ""
    steps, losses = history.epochs["step"], history.epochs[f"{prefix}loss"]
    # With the best weights back at the end of a run, these are the epoch's of the lowest loss.
    of_these = (steps == found.checkpoint.step) | history.restored
    there = np.flatnonzero(np.isfinite(losses) & of_these)
    if not len(there):
        return None
    at = there[losses[there].argmin()] if history.restored else there[-1]
    data = "the test data" if config.test else "what was held out"
    return Measurement(float(losses[at]), float(history.epochs[f"{prefix}accuracy"][at]), data)
