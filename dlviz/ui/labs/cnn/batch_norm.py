"""Batch norm at work, for the map that is looked at; or the way to a network that has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui.batch_norm import panel
from dlviz.ui.components.wall import stages
from dlviz.ui.labs.cnn.examples import load_examples
from dlviz.ui.labs.cnn.forward import CacheKey, ForwardPass
from dlviz.ui.labs.cnn.state import LAB, State

if TYPE_CHECKING:
    from torch import nn


def show(passed: ForwardPass, settled: np.ndarray, state: State) -> None:
    """The batch norm of the selected unit's round, and the map of it that the unit is in.

    Args:
        settled: (28, 28) or (3, 32, 32) float32 in [0, 1].
    """
    norm, channel = chosen_norm(passed.model, state)
    if not norm:
        st.write(
            "This network has no batch norm. The same one with it, trained by the same recipe, is here too."
        )
        st.button("Open the one with batch norm", on_click=_open_with_batch_norm)
        return
    if not (examples := load_examples(passed.network, state)):
        return
    key = CacheKey.of(passed, settled)
    noun = "picture" if settled.ndim == 3 else "digit" if passed.network.reads_digits else "drawing"
    situation = panel.Situation(
        model=passed.model,
        classes=passed.network.classes,
        pixels=settled,
        pool=examples.pictures,
        pool_name=examples.origin,
        norm=norm,
        channel=channel,
        off=key.off,
        edits=key.unpack()[1],
        noun=noun,
    )
    panel.show(LAB, situation, state)
    st.caption("Click a map of another round in the network above to look into its norm.")


def chosen_norm(model: nn.Module, state: State) -> tuple[str, int]:
    """The batch norm of the selected unit's round, of the first if it is in none, and the unit's map.

    Returns: its name, empty if the network has none, and the channel.
    """
    from torch import nn

    norms = [stage for stage in stages(model) if issubclass(stage.layer, nn.BatchNorm2d)]
    selected = next((stage for stage in stages(model) if stage.name == state.select.stage), None)
    if not norms:
        return "", 0
    if selected is None or selected.round is None:
        return norms[0].name, 0
    return norms[selected.round - 1].name, state.select.channel


def _open_with_batch_norm() -> None:
    LAB.update(weights="normed")
