"""One pass of a picture through a convolutional network, as the learner has set it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.components.unit.selection import DIGITS
from dlviz.ui.labs.cnn import clamp_choices, runs
from dlviz.ui.labs.cnn.state import TWO, get
from dlviz.ui.runs import weights_choice
from dlviz.ui.runs.file_name import file_name
from dlviz.ui.server import model_cache

if TYPE_CHECKING:
    from torch import Tensor, nn

    from dlviz.trace import Edit

TRAINED = "simple_cnn"  # the weights file


@dataclass(frozen=True)
class Network:
    """SimpleCNN with its trained weights, or with random ones drawn from `seed`, or the network of a run.

    `of_run` says of which, and how far it had learned; `classes` are the names of what it tells apart,
    `file` is what its weights file is called, without an ending.
    """

    model: nn.Module
    seed: int | None = None
    of_run: str = ""
    classes: tuple[str, ...] = DIGITS
    file: str = TRAINED

    @property
    def digits(self) -> bool:
        """Whether it tells the ten digits apart."""
        return self.classes == DIGITS


@dataclass(frozen=True)
class Run:
    """One pass of a digit (28, 28), or a picture (3, 32, 32), through a network.

    `record` and `probabilities` (classes,) are what came of it, `untouched` is the same without the edits.
    `settled` is the digit as it was when the pen was last lifted: slow panels do not follow a stroke in
    progress. `off` are the channels switched off.
    """

    network: Network
    pixels: np.ndarray
    settled: np.ndarray
    record: dict[str, np.ndarray]
    probabilities: np.ndarray
    untouched: Run | None = None
    off: Mapping[str, list[int]] = field(default_factory=dict)

    @property
    def model(self) -> nn.Module:
        """The network itself."""
        return self.network.model

    @property
    def silenced(self) -> float:
        """The share of hidden units that dropout silences in training."""
        return self.model.get_submodule("fc_layers.3").p  # pyright: ignore[reportReturnType]

    @property
    def says(self) -> int:
        """The predicted class."""
        return int(self.probabilities.argmax())

    @property
    def said(self) -> str:
        """Its name."""
        return self.network.classes[self.says]


def network(weights: str, seed: int) -> Network:
    """The trained SimpleCNN, one with random weights drawn from the seed, or one that a run has trained.

    Args:
        weights: `trained`, `random`, or what `runs.checkpoint` says.
    Raises: BadWeights if the weights are missing or damaged, or are of a network that this lab cannot show.
    """
    if weights.startswith(runs.PREFIX):
        found = runs.opened(weights)
        return Network(
            found.trained.model,
            None,
            weights_choice.origin(found),
            tuple(found.trained.classes),
            file_name(found.run.run),
        )
    if weights == "random":
        return Network(model_cache.untrained("SimpleCNN", seed), seed)
    return Network(model_cache.trained(TRAINED))


def edits_of(off: Mapping[str, list[int]]) -> dict[str, Edit]:
    """The edits that switch these channels off."""
    from dlviz.trace import switch_off

    return {stage: switch_off(channels) for stage, channels in off.items()}


def run(
    network: Network,
    pixels: np.ndarray,
    off: Mapping[str, list[int]],
    mask: int | None = None,
    settled: np.ndarray | None = None,
) -> Run:
    """Trace a digit or picture through the network, with those of its channels switched off that it has.

    Args:
        pixels: (28, 28) or (3, 32, 32) float32 in [0, 1].
        mask: the seed of dropout's draw in training mode; None for evaluation mode.
        settled: as in `Run`; the digit itself if it is not given.
    """
    off = clamp_choices.switched_off(network.model, off)
    untouched = run(network, pixels, {}, mask, settled) if off else None
    digit_and_settled = pixels, pixels if settled is None else settled
    return Run(network, *digit_and_settled, *_pass(network.model, pixels, off, mask), untouched, off)


def _pass(
    model: nn.Module, pixels: np.ndarray, off: Mapping[str, list[int]], mask: int | None
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    import torch

    from dlviz.dropout import trace_in_training
    from dlviz.trace import trace

    x = normalised(pixels.tobytes())
    edits = edits_of(off)
    output, record = trace(model, x, edits) if mask is None else trace_in_training(model, x, mask, edits)
    return record, torch.softmax(output, dim=1)[0].numpy()


def normalised(pixels: bytes) -> Tensor:
    """What a network reads, float32 in [0, 1] as bytes: a digit as (1, 1, 28, 28), or (1, 3, 32, 32)."""
    import torch

    values = np.frombuffer(pixels, np.float32)
    shape = (1, 1, 28, 28) if values.size == 28 * 28 else (1, 3, 32, 32)
    return (torch.from_numpy(values.reshape(shape).copy()) - 0.5) / 0.5


def chosen() -> tuple[str, ...]:
    """The networks that are looked at, in the words of `of`."""
    return TWO.get(get("weights"), (get("weights"),))


def place_shown() -> int:
    """Which of them the panels below the wall speak of."""
    return chosen().index(get("of")) if get("of") in chosen() else 0


def weights_chosen() -> list[str]:
    """Which networks are looked at, as `network` takes them. Raises: BadWeights if there is no such run."""
    return [runs.checkpoint(get("run")) if weights == "run" else weights for weights in chosen()]


def weights_shown() -> str:
    """Which network the panels below the wall speak of, as `network` takes it. Raises as `weights_chosen`."""
    return weights_chosen()[place_shown()]
