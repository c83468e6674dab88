"""The gradients of three networks on one sequence, as the learner has set them up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from dlviz.ui.labs.gradients.state import AS_DRAWN, get
from dlviz.ui.server import model_cache

if TYPE_CHECKING:
    from torch import nn

    from dlviz.recurrence.clipping import Step
    from dlviz.recurrence.gradients import Flow

KINDS = ("RNN", "LSTM", "GRU")
DESCENT, DELAY, CLIP = 100, 20, 1.0


@dataclass(frozen=True)
class Setting:
    """What decides the curves; `bias` is the forget gate's, None where it is left as it is."""

    steps: int
    trained: bool
    hidden: int
    seed: int
    bias: float | None
    gain: float


def chosen() -> Setting:
    """The learner's setting. Trained networks have 64 units, and no seed of their own."""
    trained = get("weights") == "trained"
    bias = None if get("bias") == AS_DRAWN else float(get("bias"))
    return Setting(
        get("steps"), trained, 64 if trained else int(get("hidden")), get("seed"), bias, float(get("gain"))
    )


def network(kind: str, setting: Setting) -> nn.Module:
    """One of the three networks: the RNN with its gain, the LSTM with its forget gates' bias.

    Raises: BadWeights if trained weights are missing or damaged.
    """
    from dlviz.recurrence.gradients import untrained, with_forget_bias, with_gain

    if setting.trained:
        model = model_cache.trained(f"memory_{kind.lower()}")
    else:
        model = untrained(kind, setting.hidden, setting.seed)
    if kind == "LSTM" and setting.bias is not None:
        model = with_forget_bias(model, setting.bias)
    return with_gain(model, setting.gain) if kind == "RNN" and setting.gain != 1 else model


@lru_cache(maxsize=64)
def flows(setting: Setting) -> dict[str, Flow]:
    """The gradients of the three networks on the same sequence of the memory task: one symbol, then noise."""
    from dlviz.data import memory
    from dlviz.recurrence.gradients import flow

    x, target = memory.sequences(1, setting.steps - 1, setting.seed)
    return {kind: flow(network(kind, setting), x, int(target)) for kind in KINDS}


@lru_cache(maxsize=16)
def descents(gain: float, seed: int) -> dict[str, list[Step]]:
    """Gradient descent of an RNN with enlarged recurrent weights, with clipping and without."""
    from dlviz.recurrence.clipping import descent
    from dlviz.recurrence.gradients import untrained, with_gain

    model = with_gain(untrained("RNN", 64, seed), gain)
    clips = {"clipped to norm 1": CLIP, "not clipped": None}
    return {name: list(descent(model, DELAY, clip, DESCENT, seed)) for name, clip in clips.items()}


def accuracies(steps: int) -> dict[str, float]:
    """The share of 200 held-out sequences whose first symbol each trained network names, measured now."""
    import torch

    from dlviz.data import memory
    from dlviz.training.memory import TEST_SEED

    x, target = memory.sequences(200, steps - 1, TEST_SEED + steps)
    with torch.inference_mode():
        return {
            kind: float((model_cache.trained(f"memory_{kind.lower()}")(x).argmax(1) == target).float().mean())
            for kind in KINDS
        }
