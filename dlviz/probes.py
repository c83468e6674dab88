"""Linear probes: how well a linear map tells the classes from each layer of a network, fitted in closed form.

Source: Alain and Bengio 2016, "Understanding intermediate layers using linear classifier probes".
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dlviz.models.cnn import SimpleCNN
from dlviz.models.mlp import MLP
from dlviz.models.transformers import DigitTransformer
from dlviz.trace import recording

PENALTIES = (1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0)  # of which leave-one-out chooses; see `fit_probe`
BATCH = 50  # pictures that go through the network at once: a short piece of work


@dataclass(frozen=True, eq=False)
class Probe:
    """A linear map from a layer's values to a score for each class.

    Args:
        weight: (features, classes), as exact as the values that it was fitted to.
        bias: (classes,).
        penalty: by which its weights were kept small, as scikit-learn's `Ridge` has its `alpha`.
    """

    weight: Tensor
    bias: Tensor
    penalty: float

    def classify(self, features: Tensor) -> Tensor:
        """Choose the class with the highest score: (count, features) -> (count,) int64."""
        return (features @ self.weight + self.bias).argmax(1)


def fit_probe(
    features: Tensor, labels: Tensor, classes: int = 10, penalties: Sequence[float] = PENALTIES
) -> Probe:
    """Fit a ridge regression to the classes, 1 for the true one and 0 for others, in closed form.

    Of the penalties that one is taken whose squared error on each example, with the example left out, is
    least: no test picture has a say in it. It is a multiple of the examples' mean squared distance from their
    middle, so that the same numbers do for layers of all sizes.

    Args:
        features: (count, features) float32 or float64, not all alike.
        labels: (count,) int64.
    """
    middle = features.mean(0)
    centred = features - middle
    targets = F.one_hot(labels, classes).double()
    mean = targets.mean(0)
    scale = float(centred.square().sum(1).mean())
    # Of the two products with itself the smaller one: features × features, or count × count (the dual form).
    dual = len(centred) <= centred.shape[1]
    values, vectors = torch.linalg.eigh((centred @ centred.T if dual else centred.T @ centred).double())
    # Others are zero but for rounding.
    known = values > values[-1] * len(values) * torch.finfo(features.dtype).eps
    values, vectors = values[known], vectors[:, known]
    left = vectors if dual else centred.double() @ vectors / values.sqrt()  # (count, rank)
    shares = left.T @ (targets - mean)  # (rank, classes)
    errors = [_left_out_error(left, values, shares, targets - mean, scale * each) for each in penalties]
    penalty = scale * penalties[int(np.argmin(errors))]
    if dual:
        weight = centred.T @ (vectors @ (shares / (values + penalty)[:, None])).to(features.dtype)
    else:
        weight = (vectors @ (shares * (values.sqrt() / (values + penalty))[:, None])).to(features.dtype)
    return Probe(weight, mean.to(features.dtype) - middle @ weight, penalty)


def _left_out_error(left: Tensor, values: Tensor, shares: Tensor, targets: Tensor, penalty: float) -> float:
    """Mean squared error on examples that are left out of the fit one at a time, without fitting anew.

    Source: Allen 1974, "The Relationship between Variable Selection and Data Augmentation" (PRESS).
    """
    kept = values / (values + penalty)
    errors = targets - left @ (shares * kept[:, None])
    own = 1 / len(left) + left.square() @ kept  # of each example in its own prediction
    return float((errors / (1 - own)[:, None]).square().mean())


def find_nearest(features: Tensor, queries: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Find the nearest examples by Euclidean distance.

    Args:
        features: (examples, size).
        queries: (queries, size).
    Returns: distances (queries, count) float32, the least first, and places (queries, count) int64.
    """
    return torch.cdist(queries.float(), features.float()).topk(count, dim=1, largest=False)


def name_layers(network: nn.Module) -> dict[str, str]:
    """Name a network's input and its layers, after ReLU and pooling: title -> name in a trace."""
    match network:
        case SimpleCNN():
            layers = {f"conv {n}": f"conv_layers.{3 * n - 1}" for n in (1, 2, 3)}
            return {"pixels": "input", **layers, "fc 1": "fc_layers.2", "logits": "fc_layers.4"}
        case MLP():
            names = [f"layers.{at}" for at, layer in enumerate(network.layers) if isinstance(layer, nn.ReLU)]
            hidden = {f"hidden {n}": name for n, name in enumerate(names, 1)}
            return {"pixels": "input", **hidden, "logits": f"layers.{len(network.layers) - 1}"}
        case DigitTransformer():
            blocks = {f"block {n}": f"blocks.{n - 1}.dropout2" for n in range(1, len(network.blocks) + 1)}
            return {"pixels": "input", "embedding": "embedding", **blocks, "logits": "fc"}
        case _:
            raise TypeError(f"no layers are named for {type(network).__name__}")


@torch.inference_mode()
def read_layers(network: nn.Module, pictures: Tensor, layers: Mapping[str, str]) -> dict[str, Tensor]:
    """Read every value of the layers.

    Args:
        pictures: (count, colours, height, width) float32, normalised.
        layers: title -> name in a trace.
    Returns: title -> (count, size) float32.
    """
    with recording() as recorded:
        network(pictures)
    return {title: recorded[name].flatten(1) for title, name in layers.items()}


@dataclass(frozen=True, eq=False)
class LayerProbe:
    """Answers for the test pictures that a layer makes possible.

    Args:
        layer: title.
        size: values of a picture.
        right: (test,) bool, pictures whose class the probe finds.
        nearest_right: (test,) bool, pictures whose nearest training picture has their class.
    """

    layer: str
    size: int
    right: np.ndarray
    nearest_right: np.ndarray


class LayerProbes:
    """Probes of all layers of a network, measured piece by piece; a piece takes some tenths of a second.

    Args:
        network: in evaluation mode.
        training, test: pictures (count, colours, height, width) float32, normalised, and their labels
            (count,) int64.
        keep: true to keep the training pictures' values, so that neighbours can be looked for.
    """

    def __init__(
        self,
        network: nn.Module,
        training: tuple[Tensor, Tensor],
        test: tuple[Tensor, Tensor],
        keep: bool = True,
    ) -> None:
        self.network, self.layers = network, name_layers(network)
        self.found: list[LayerProbe] = []
        self.features: dict[str, Tensor] = {}  # of the training pictures, in half precision to save room
        batches = sum(-(-len(pictures) // BATCH) for pictures, _ in (training, test))
        self._pieces, self._done = batches + 2 * len(self.layers), 0
        self._work = self._measure(training, test, keep)

    @property
    def share_done(self) -> float:
        """Share of the pieces that are measured."""
        return self._done / self._pieces

    @property
    def is_done(self) -> bool:
        """True if every layer is measured."""
        return self._done == self._pieces

    def measure_piece(self) -> None:
        """Measure the next piece; nothing if all are measured."""
        if next(self._work, False):
            self._done += 1
        if self.is_done:
            self._work.close()  # and lets go of the pictures

    def _measure(
        self, training: tuple[Tensor, Tensor], test: tuple[Tensor, Tensor], keep: bool
    ) -> Generator[bool]:
        read: list[dict[str, Tensor]] = []
        for pictures, _ in (training, test):
            parts: list[dict[str, Tensor]] = []
            for batch in pictures.split(BATCH):
                parts.append(read_layers(self.network, batch, self.layers))
                yield True
            read.append({title: torch.cat([part[title] for part in parts]) for title in self.layers})
        for title in self.layers:
            features, tested = (each.pop(title) for each in read)
            right = fit_probe(features, training[1]).classify(tested) == test[1]
            yield True
            nearest = find_nearest(features, tested, 1)[1][:, 0]
            nearest_right = training[1][nearest] == test[1]
            self.found.append(LayerProbe(title, features.shape[1], right.numpy(), nearest_right.numpy()))
            if keep:
                self.features[title] = features.half()
            yield True
