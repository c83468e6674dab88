"""Panel of a run's network: its batch norms at work on the learner's own drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.data.mnist import MissingData
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.batch_norm import panel
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.labs.training.train.my_input import newest_checkpoint, panel_drawing
from dlviz.ui.runs import evaluation_examples
from dlviz.ui.runs.live_run import LiveRun
from dlviz.ui.text_format.markdown import plain

if TYPE_CHECKING:
    from torch import nn


def show_batch_norm(run: LiveRun) -> None:
    """A batch norm of the newest network, with the drawing on the pad, or a photograph of the run's."""
    from dlviz.batch_norm import norms
    from dlviz.training.tasks import BadTask
    from dlviz.weights import BadWeights

    if not (checkpoint := newest_checkpoint(run)):
        return
    if not norms(checkpoint.model):
        st.write("This run’s network has no batch norm. Switch it on among the settings and train another.")
        return
    try:
        pool = evaluation_examples.pictures(run.run, run.config)  # (n, 28, 28) or (n, 3, 32, 32) uint8
    except (MissingData, BadTask, UnknownRun) as problem:
        st.info(plain(str(problem)), icon=":material/database_off:")
        return
    pixels = _choose_photograph(pool) if pool.ndim == 4 else panel_drawing(run)
    if pixels is None:
        st.write("Draw something on the pad: this panel puts it into a batch.")
        return
    norm, channel = _choose_channel(checkpoint.model)
    situation = panel.Situation(
        model=checkpoint.model,
        classes=checkpoint.classes,
        pixels=pixels,
        pool=pool,
        pool_name="the examples that the run is measured on",
        norm=norm,
        channel=channel,
        off="",
        edits={},
        noun={"digits": "digit", "cifar10": "picture"}.get(run.config.task, "drawing"),
    )
    try:
        panel.show(LAB, situation, LAB.read())
    except BadWeights as problem:
        st.error(plain(str(problem)), icon=":material/scale:")


def _choose_photograph(pool: np.ndarray) -> np.ndarray:
    """One of the photographs (3, 32, 32) that the run is measured on, in [0, 1]."""
    number = LAB.update(photo=min(LAB.read().photo, len(pool) - 1)).photo
    st.number_input("Photograph number", 0, len(pool) - 1, key=LAB.key("photo"), width=180)
    return pool[number].astype(np.float32) / 255


def _choose_channel(model: nn.Module) -> tuple[str, int]:
    """The name of a batch norm, and the number of a channel of it."""
    from dlviz.batch_norm import norms

    names = list(norms(model))
    state = LAB.read()
    norm = state.norm_layer if state.norm_layer in names else names[0]
    count = model.get_parameter(f"{norm}.weight").shape[0]
    channel = LAB.update(norm_layer=norm, norm_channel=min(state.norm_channel, count - 1)).norm_channel
    with st.container(horizontal=True, gap="medium"):
        st.selectbox(
            "Norm",
            names,
            format_func=lambda name: f"Norm {names.index(name) + 1}: {name}",
            key=LAB.key("norm_layer"),
            width=240,
        )
        st.number_input(f"Channel, 0 to {count - 1}", 0, count - 1, key=LAB.key("norm_channel"), width=180)
    return norm, channel
