"""Examples that a network has not learned from: companions in a batch, and others to try a mask on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dlviz.data.mnist import MissingData, digits
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs.cnn.networks import ConvolutionalNetwork
from dlviz.ui.labs.cnn.state import State
from dlviz.ui.runs import evaluation_examples
from dlviz.ui.runs.live_run import watch
from dlviz.ui.text_format.markdown import plain


@dataclass(frozen=True, eq=False)
class Examples:
    """Pictures that are not the learner's own.

    Args:
        pictures: (n, 28, 28) or (n, 3, 32, 32) uint8.
        origin: where they come from, such as “MNIST’s test digits”.
        counted: the same with their number, such as “MNIST’s 10,000 test digits”.
    """

    pictures: np.ndarray
    origin: str
    counted: str


def load_examples(network: ConvolutionalNetwork, state: State) -> Examples | None:
    """MNIST's test digits, or what a run is measured on; None, with a sentence, if they are not here."""
    from dlviz.training.tasks import BadTask

    try:
        if not network.from_run:
            pictures = digits("test")[0].numpy()
            return Examples(pictures, "MNIST’s test digits", f"MNIST’s {len(pictures):,} test digits")
        pictures = evaluation_examples.pictures(state.run, watch(state.run).config)
    except (MissingData, BadTask, UnknownRun) as problem:
        st.info(plain(str(problem)), icon=":material/database_off:")
        return None
    origin = "examples that the run is measured on"
    return Examples(pictures, f"the {origin}", f"the {len(pictures):,} {origin}")
