"""One pass of a digit through SimpleCNN, as the learner has set it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui import warm
from dlviz.ui.cnn import runs
from dlviz.ui.cnn.state import get

if TYPE_CHECKING:
    from torch import Tensor, nn

    from dlviz.trace import Edit

TRAINED = "simple_cnn"  # the weights file


@dataclass(frozen=True)
class Network:
    """SimpleCNN with its trained weights, or with random ones drawn from `seed`, or with those of a run.

    `of_run` says of which, and how far it had learned.
    """

    model: nn.Module
    seed: int | None = None
    of_run: str = ""


@dataclass(frozen=True)
class Run:
    """One pass of a digit (28, 28) through a network: what it recorded, and the ten probabilities.

    `untouched` is the same without the edits. `settled` is the digit as it was when the pen was last lifted:
    slow panels do not follow a stroke in progress.
    """

    network: Network
    pixels: np.ndarray
    settled: np.ndarray
    record: dict[str, np.ndarray]
    probabilities: np.ndarray
    untouched: Run | None = None

    @property
    def model(self) -> nn.Module:
        """The network itself."""
        return self.network.model

    @property
    def says(self) -> int:
        """The predicted digit."""
        return int(self.probabilities.argmax())


def network(weights: str, seed: int) -> Network:
    """The trained SimpleCNN, one with random weights drawn from the seed, or one that a run has trained.

    Args:
        weights: `trained`, `random`, or what `runs.checkpoint` says.
    Raises: BadWeights if the weights are missing or damaged, or are of a network that this lab cannot show.
    """
    if weights.startswith(runs.PREFIX):
        return Network(*runs.opened(weights))
    if weights == "random":
        return Network(warm.untrained("SimpleCNN", seed), seed)
    return Network(warm.trained(TRAINED))


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
    """Trace a digit through the network, with channels switched off.

    Args:
        pixels: (28, 28) float32 in [0, 1].
        mask: the seed of dropout's draw in training mode; None for evaluation mode.
        settled: as in `Run`; the digit itself if it is not given.
    """
    untouched = run(network, pixels, {}, mask, settled) if off else None
    digit_and_settled = pixels, pixels if settled is None else settled
    return Run(network, *digit_and_settled, *_pass(network.model, pixels, off, mask), untouched)


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
    """A digit, 28 × 28 float32 in [0, 1] as bytes, as the network reads it: (1, 1, 28, 28)."""
    import torch

    from dlviz.data.digits import normalise

    return normalise(torch.from_numpy(np.frombuffer(pixels, np.float32).reshape(1, 28, 28).copy()))


def weights_shown() -> str:
    """Which network the panels below the wall speak of."""
    return get("of") if get("weights") == "both" else weights_chosen()[0]


def weights_chosen() -> list[str]:
    """Which networks are looked at, as `network` takes them. Raises: BadWeights if there is no such run."""
    if get("weights") == "run":
        return [runs.checkpoint(get("run"))]
    return ["trained", "random"] if get("weights") == "both" else [get("weights")]
