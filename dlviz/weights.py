"""Trained weights: safetensors files that know the class they belong to and how they were made."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

import dlviz.models
from dlviz.data import trials
from dlviz.paths import WEIGHTS

# Name of a measure -> what it was measured on -> the number.
Measured = Mapping[str, Mapping[str, float]]


class BadWeights(RuntimeError):
    """A weights file is missing or does not fit; the message says which, and what to do."""


@dataclass(frozen=True)
class Weights:
    """Content of a weights file.

    Args:
        facts: the file's own words on its making: data, recipe, seed, command, measured result.
        measured: the numbers in its words on results; empty in a file that gives none.
    """

    class_name: str
    arguments: dict[str, object]
    facts: dict[str, str]
    state: dict[str, Tensor]
    measured: Measured = field(default_factory=dict)


def save(
    model: nn.Module,
    arguments: dict[str, object],
    facts: dict[str, str],
    file: Path,
    measured: Measured | None = None,
) -> None:
    """Write a model's weights with the name and arguments of its class, and the facts of its making."""
    metadata = {"class": type(model).__name__, "arguments": json.dumps(arguments), **facts}
    if measured:
        metadata["measured"] = json.dumps(measured)
    save_file(model.state_dict(), file, metadata=metadata)


def read(file: Path) -> Weights:
    """Read a weights file.

    Raises: BadWeights if it is missing, no safetensors file, or does not name its class.
    """
    if not file.exists():
        raise BadWeights(
            f"The weights file {file.name} is missing: restore it from the project's repository."
        )
    try:
        with safe_open(file, framework="pt") as content:
            facts = dict(content.metadata() or {})
            state = {name: content.get_tensor(name) for name in content.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise BadWeights(f"{file.name} is damaged: it cannot be read as a safetensors file.") from error
    if not {"class", "arguments"} <= facts.keys():
        raise BadWeights(f"{file.name} does not say which network its weights belong to.")
    class_name, written, numbers = facts.pop("class"), facts.pop("arguments"), facts.pop("measured", "{}")
    try:
        arguments = json.loads(written)
    except ValueError as error:
        raise BadWeights(f"{file.name} has arguments that are not JSON: {written}.") from error
    try:
        measured = json.loads(numbers)
    except ValueError as error:
        raise BadWeights(f"{file.name} has results that are not JSON: {numbers}.") from error
    return Weights(class_name, arguments, facts, state, measured)


def build(class_name: str, arguments: dict[str, object], seed: int = 0) -> nn.Module:
    """Build a network of `dlviz.models` by name, with PyTorch's own initial weights drawn from `seed`.

    Raises: BadWeights if there is no network of that name, or it does not take these arguments.
    """
    if class_name not in dlviz.models.__all__:
        raise BadWeights(f"There is no network named {class_name}.")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        try:
            return getattr(dlviz.models, class_name)(**arguments).eval()
        except (TypeError, ValueError, RuntimeError) as error:
            raise BadWeights(f"{class_name} cannot be made with the arguments {arguments}.") from error


def fit(weights: Weights) -> nn.Module:
    """Build the network that the weights belong to, carrying them, in evaluation mode.

    Raises: BadWeights naming the first layer that is missing or of another shape, or else is unknown.
    """
    model = build(weights.class_name, weights.arguments)
    check(weights, model.state_dict())
    model.load_state_dict(weights.state)
    return model


def check(weights: Weights, expected: Mapping[str, Tensor]) -> None:
    """Compare weights with a network's own, by names and shapes.

    Args:
        expected: the network's `state_dict`, of which only the names and shapes matter.
    Raises: BadWeights naming the first layer that is missing or of another shape, or else is unknown.
    """
    for name in [*expected, *sorted(weights.state.keys() - expected.keys())]:
        if name not in weights.state:
            raise BadWeights(f"The weights have no {name}, which {weights.class_name} needs.")
        if name not in expected:
            raise BadWeights(f"The weights have {name}, which {weights.class_name} does not know.")
        here, there = tuple(expected[name].shape), tuple(weights.state[name].shape)
        if here != there:
            raise BadWeights(f"{name} has shape {there} in the file, but {weights.class_name} needs {here}.")


def load(name: str, folder: Path = WEIGHTS) -> nn.Module:
    """Load a trained network of the project, by the name of its weights file.

    Raises: BadWeights if the file is missing, damaged or does not fit its class.
    """
    return fit(read(folder / f"{name}.safetensors"))


def catalogue(folder: Path = WEIGHTS) -> str:
    """Write MODELS.md: every weights file of the folder with its facts, and what else was tried."""
    lines = [
        "# Trained weights",
        "",
        "Written from the facts that each file carries, by the command that made it.",
    ]
    for file in sorted(folder.glob("*.safetensors")):
        weights = read(file)
        arguments = ", ".join(f"{key}={value!r}" for key, value in weights.arguments.items())
        lines += ["", f"## {file.name}", "", f"- network: `{weights.class_name}({arguments})`"]
        lines += [f"- {name.replace('_', ' ')}: {value}" for name, value in sorted(weights.facts.items())]
    if tried := trials.read(folder):
        lines += ["", *trials.table(tried)]
    return "\n".join(lines) + "\n"
