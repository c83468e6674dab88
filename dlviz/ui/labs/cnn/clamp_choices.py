"""Choices of the learner, as far as the network that is looked into has what they speak of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dlviz.ui.components.unit.selection import OUTPUT, Selection
from dlviz.ui.components.wall import Stage, stages
from dlviz.ui.labs.cnn.state import State
from dlviz.ui.runs.loaded_network import LoadedNetwork

if TYPE_CHECKING:
    from torch import nn


def clamp_choices(network: LoadedNetwork, state: State) -> dict[str, Any]:
    """Fields that speak of what the network does not have, with the values that take their place."""
    model = network.model
    relus = relu_stages(model)
    clamped = {
        "select": state.select if _has(model, state.select) else _middle_unit(model),
        "off": existing_channels(model, state.off),
        "stage": state.stage if state.stage in relus else list(relus)[-1],
        "target": state.target if state.target in target_names(network) else "predicted",
    }
    return {name: value for name, value in clamped.items() if value != getattr(state, name)}


def carry_over(model: nn.Module, other: nn.Module, state: State) -> dict[str, Any]:
    """Fields that name layers of a network, with the values that name the same layers of another.

    The numbers of layers move where norms come in between. For a norm that the other network lacks there is
    the convolution before it.
    """
    before = {stage.name: stage for stage in stages(model)}
    after = {_kind(stage): stage for stage in stages(other)}
    at, off = before[state.select.stage], {_kind(before[name]): each for name, each in state.off.items()}
    stage = after.get(_kind(at)) or next(each for each in after.values() if each.round == at.round)
    unit = (min(i, size - 1) for i, size in zip(state.select.unit, stage.shape, strict=True))
    carried = {
        "select": Selection(stage.name, *(*unit, 0, 0)[:3]),
        "off": {after[kind].name: channels for kind, channels in off.items() if kind in after},
        "stage": after[_kind(before[state.stage])].name,
    }
    return {name: value for name, value in carried.items() if value != getattr(state, name)}


def _kind(stage: Stage) -> object:
    """Layer and round of a stage with maps; the name of another stage, which is the same in every network."""
    return (stage.layer, stage.round) if stage.round else stage.name


def existing_channels(model: nn.Module, off: Mapping[str, list[int]]) -> dict[str, list[int]]:
    """Stage -> those of the channels that the network has; a stage without any is left out."""
    counts = channel_counts(model)
    existing = {
        stage: [channel for channel in channels if channel < counts.get(stage, 0)]
        for stage, channels in off.items()
    }
    return {stage: channels for stage, channels in existing.items() if channels}


def channel_counts(model: nn.Module) -> dict[str, int]:
    """The stages whose channels can be switched off, with how many there are."""
    return {stage.name: stage.shape[0] for stage in stages(model) if stage.name != OUTPUT}


def relu_stages(model: nn.Module) -> dict[str, str]:
    """The stages that Grad-CAM can look at, each round's ReLU, with their titles."""
    from torch import nn

    relus = (stage for stage in stages(model) if stage.round and issubclass(stage.layer, nn.ReLU))
    return {stage.name: stage.title for stage in relus}


def target_names(network: LoadedNetwork) -> list[str]:
    """Classes whose attribution can be shown, as an address names them."""
    return ["predicted", *map(str, range(len(network.classes)))]


def _has(model: nn.Module, selection: Selection) -> bool:
    return any(stage.name == selection.stage and selection.within(stage.shape) for stage in stages(model))


def _middle_unit(model: nn.Module) -> Selection:
    """A unit in the middle of the second convolution."""
    stage = next(stage for stage in stages(model) if stage.round == 2)
    return Selection(stage.name, 7, *(side // 2 - 1 for side in stage.shape[1:]))
