"""Snapshot of a run's network at one of its checkpoints: its answer to an input, and a part of it."""

from dataclasses import dataclass
from math import isqrt

import numpy as np
import torch
from torch import Tensor, nn

from dlviz.models.mlp import MLP
from dlviz.models.transformers import PATCH, DigitTransformer
from dlviz.models.unrolled import over_time
from dlviz.recurrence.notation import QUANTITIES
from dlviz.trace import trace

UNITS = 32  # of an MLP's first layer: each is a picture as large as the input
REMEMBERING, STEPS = 128, 60  # units with a memory, and the last steps of what they read
CLASS_TOKEN = "class"
NOTHING = {
    "kernels": "This network has no kernels: it does not read pictures through small windows.",
    "maps": "This network has no feature maps and no hidden layer of units without memory.",
    "attention": "This network has no attention: only a transformer has.",
    "gates": "This network has no gates and no memory: it reads everything at once.",
}


@dataclass(frozen=True, eq=False)
class Moment:
    """A network at one checkpoint.

    Args:
        answer: (classes,) probabilities.
        values: (count, height, width) of the part that is looked at; (0, 0, 0) if there is none.
        names: of each of the count; empty where a number is enough.
        scales: colour scales of each of the count.
    """

    answer: np.ndarray
    values: np.ndarray
    names: tuple[str, ...]
    scales: tuple[str, ...]


def parts(model: nn.Module, kind: str) -> dict[str, str]:
    """Parts of a network of one kind: name in a trace -> name for a learner, from front to back.

    Args:
        kind: kernels, maps, attention or gates.
    """
    return {"kernels": _kernel_parts, "maps": _layers, "attention": _blocks, "gates": _memories}[kind](model)


def kinds(model: nn.Module) -> list[str]:
    """Kinds of `parts` that a network has."""
    return [kind for kind in NOTHING if parts(model, kind)]


def moment(model: nn.Module, x: Tensor, kind: str, part: str) -> Moment:
    """Answer of a network to an input, and one of its `parts`.

    Args:
        model: in evaluation mode.
        x: (1, …), one input as the network reads it.
        part: of that kind; empty for the answer alone.
    """
    output, kept = trace(model, x)
    logits = output[0] if output.dim() == 2 else output[0, -1]
    answer = logits.softmax(0).numpy()
    if not part:
        return Moment(answer, np.zeros((0, 0, 0), np.float32), (), ())
    if kind == "kernels":
        values = _kernels(model)
        return Moment(answer, values, (), ("diverging",) * len(values))
    show = {"maps": _maps, "attention": _attention, "gates": _gates}[kind]
    return Moment(answer, *show(kept, part))


Shown = tuple[np.ndarray, tuple[str, ...], tuple[str, ...]]


def _kernel_parts(model: nn.Module) -> dict[str, str]:
    if _convolution(model):
        return {"first": "Kernels of the first convolution"}
    if isinstance(model, MLP):
        hidden = len(_first_weights(model))
        of = "units" if hidden <= UNITS else f"first {UNITS} of {hidden} units"
        return {"first": f"What the {of} of the first layer look for"}
    if isinstance(model, DigitTransformer):
        return {"first": "What the embedding looks for in a patch"}
    return {}


def _convolution(model: nn.Module) -> nn.Conv2d | None:
    return next((layer for layer in model.modules() if isinstance(layer, nn.Conv2d)), None)


def _first_weights(model: MLP) -> Tensor:
    return model.layers.get_parameter("1.weight")  # (hidden, pixels): before it all is flattened


@torch.inference_mode()
def _kernels(model: nn.Module) -> np.ndarray:
    """Kernels of the first layer: (count, height, width); of several colours, each by itself."""
    if convolution := _convolution(model):
        weight = convolution.weight
    elif isinstance(model, MLP):
        weight = _first_weights(model)[:UNITS]
        colours = 1 if isqrt(weight.shape[1]) ** 2 == weight.shape[1] else 3
        side = isqrt(weight.shape[1] // colours)
        weight = weight.unflatten(1, (colours, side, side))
    else:
        assert isinstance(model, DigitTransformer)
        weight = model.embed.weight.unflatten(1, (-1, PATCH, PATCH))
    return weight.flatten(0, 1).numpy().copy()


def _layers(model: nn.Module) -> dict[str, str]:
    """Outputs of every ReLU, where a layer has one value a unit or one map a channel."""
    if isinstance(model, DigitTransformer):
        return {}
    names = [name for name, layer in model.named_modules() if isinstance(layer, nn.ReLU)]
    rounds = [name for name in names if name.startswith("conv_layers")]
    units = [name for name in names if name not in rounds]
    called = {name: f"Maps of convolution {at}" for at, name in enumerate(rounds, 1)}
    return called | {
        name: f"Hidden units {at}" if len(units) > 1 else "Hidden units" for at, name in enumerate(units, 1)
    }


def _maps(kept: dict[str, np.ndarray], part: str) -> Shown:
    values = kept[part][0]
    values = values if values.ndim == 3 else values[:, None, None]
    return values, (), ("sequential",) * len(values)


def _blocks(model: nn.Module) -> dict[str, str]:
    if not isinstance(model, DigitTransformer):
        return {}
    whole = {str(at): f"Block {at + 1}: every patch at every other" for at in range(len(model.blocks))}
    return {CLASS_TOKEN: "Where the class token looks, in every block"} | whole


def _attention(kept: dict[str, np.ndarray], part: str) -> Shown:
    patterns = [kept[name][0] for name in kept if name.endswith(".attention.pattern")]
    if part != CLASS_TOKEN:
        values = patterns[int(part)]
        return values, tuple(f"head {at + 1}" for at in range(len(values))), ("sequential",) * len(values)
    # The class token is the first query and the first key; the patches of a digit are 7×7.
    side = isqrt(patterns[0].shape[-1] - 1)
    looks = np.stack([pattern[:, 0, 1:].reshape(-1, side, side) for pattern in patterns])
    names = [f"block {at + 1}, head {head + 1}" for at, head in np.ndindex(looks.shape[:2])]
    return looks.reshape(-1, side, side), tuple(names), ("sequential",) * len(names)


def _memories(model: nn.Module) -> dict[str, str]:
    found = {}
    for name, layer in model.named_modules():
        if isinstance(layer, nn.RNNBase):
            what = (
                "Hidden state (a plain RNN has no gates)" if layer.mode == "RNN_TANH" else "Gates and states"
            )
            for at in range(layer.num_layers):
                called = f"{what}, layer {at + 1}" if layer.num_layers > 1 else what
                found[f"{name}.{at}"] = f"{called}, read forwards" if layer.bidirectional else called
                if layer.bidirectional:
                    found[f"{name}.{at}_reverse"] = f"{called}, read backwards"
    return found


def _gates(kept: dict[str, np.ndarray], part: str) -> Shown:
    """Gates as maps: units from top to bottom, steps from left to right; the first units, the last steps."""
    there = {name: quantity for name, quantity in QUANTITIES.items() if f"{part}.{name}.0" in kept}
    values = np.stack([over_time(kept, f"{part}.{name}")[0].T for name in there])
    scales = tuple("diverging" if quantity.signed else "sequential" for quantity in there.values())
    titles = tuple(quantity.title for quantity in there.values())
    return values[:, :REMEMBERING, -STEPS:], titles, scales
