"""What the learner has chosen, as far as the open network has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dlviz.ui.components.unit.selection import OUTPUT, Selection
from dlviz.ui.components.wall import Stage, stages
from dlviz.ui.labs.cnn.state import get, put

if TYPE_CHECKING:
    from torch import nn


def looked_at(model: nn.Module) -> dict[str, str]:
    """The stages that Grad-CAM can look at, with their titles: each round's ReLU."""
    return {stage.name: stage.title for stage in stages(model) if stage.round and stage.layer == "ReLU"}


def channels(model: nn.Module) -> dict[str, int]:
    """The stages whose channels can be switched off, with how many there are."""
    return {stage.name: stage.shape[0] for stage in stages(model) if stage.name != OUTPUT}


def fit(model: nn.Module, classes: int) -> None:
    """Put another choice in the place of what the network does not have."""
    if not _has(model, get("select")):
        put("select", _middle(model))
    put("off", switched_off(model, get("off")))
    if get("stage") not in looked_at(model):
        put("stage", list(looked_at(model))[-1])
    if get("target") != "predicted" and int(get("target")) >= classes:
        put("target", "predicted")


def switched_off(model: nn.Module, off: Mapping[str, list[int]]) -> dict[str, list[int]]:
    """Of the channels switched off, those that the network has."""
    counts = channels(model)
    kept = {stage: [channel for channel in of if channel < counts.get(stage, 0)] for stage, of in off.items()}
    return {stage: of for stage, of in kept.items() if of}


def _has(model: nn.Module, selection: Selection) -> bool:
    return any(stage.name == selection.stage and selection.within(stage.shape) for stage in stages(model))


def _middle(model: nn.Module) -> Selection:
    """A unit in the middle of the second convolution."""
    stage: Stage = next(stage for stage in stages(model) if stage.round == 2)
    return Selection(stage.name, 7, *(side // 2 - 1 for side in stage.shape[1:]))
