"""Networks that others have trained on ImageNet, all behind one interface: frozen, in evaluation mode.

EfficientNet-Lite0 comes with the project. Those of torchvision are downloaded when a learner asks for them.
"""

import dlviz.vision_operators  # noqa: F401, I001  (before torchvision)

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

import torch
import torchvision
from torch import Tensor, nn
from torchvision.models import ResNet50_Weights

from dlviz import weights
from dlviz.models import EfficientNetLite0
from dlviz.paths import WEIGHTS
from dlviz.trace import record, run_recorded
from dlviz.transfer import NoBackbone
from dlviz.transfer.published import PUBLISHED, Progress, download

EMBEDDED = "efficientnet_lite0"

Layers = Callable[[Tensor], Tensor]

_kept: dict[tuple[str, Path | None], "Backbone"] = {}  # 160 MB, should learners ask for all of them


@dataclass(frozen=True, eq=False)
class Backbone:
    """A network trained on ImageNet, one for all sessions: it is read, never changed.

    Args:
        name: of its class or function, such as resnet50.
        model: with `requires_grad` false everywhere, batch norm's running statistics as they are.
        maps: from pictures (batch, 3, height, width), normalised, to the last maps (batch, channels, rows,
            columns); inside a trace every layer is recorded.
        classify: from the means of those maps (batch, channels) to the logits (batch, 1000).
        channels: number of features of a picture: the mean of each of the last maps.
        mean, deviation: of each colour, values in [0, 1], by which its pictures are normalised.
    """

    name: str
    model: nn.Module = field(repr=False)
    maps: Layers = field(repr=False)
    classify: Layers = field(repr=False)
    channels: int
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]


@lru_cache(maxsize=1)
@torch.inference_mode(False)  # whoever asks first may be computing without gradients
def load_embedded(folder: Path = WEIGHTS) -> Backbone:
    """Load EfficientNet-Lite0, which needs no network, once for all sessions.

    Raises: BadWeights if its file is missing, damaged, or of another network.
    """
    model = weights.load(EMBEDDED, folder)
    if not isinstance(model, EfficientNetLite0) or model.fc.out_features != len(imagenet_classes()):
        raise weights.BadWeights(f"The weights file {EMBEDDED} is not EfficientNet-Lite0’s.")
    return freeze(model)


def load_published(
    name: str, progress: Progress = lambda share: None, folder: Path | None = None
) -> Backbone:
    """Load a network of torchvision: from memory, from this computer, or over the network.

    Args:
        progress: called with the share of the file that has come.
        folder: of downloads; usually that of torchvision itself.
    Raises: NoBackbone.
    """
    if (found := _kept.get((name, folder))) is None:
        found = _kept[name, folder] = _read(name, download(name, progress, folder))
    return found


def find_loaded(name: str, folder: Path | None = None) -> Backbone | None:
    """Find a network of torchvision that `load_published` has loaded before; None if it has not."""
    return _kept.get((name, folder))


@torch.inference_mode(False)
def _read(name: str, file: Path) -> Backbone:
    model = getattr(torchvision.models, name)(weights=None)
    try:
        model.load_state_dict(torch.load(file, map_location="cpu", weights_only=True))
    except Exception as error:  # whatever is wrong with the file
        raise NoBackbone(f"{file.name} does not hold the weights of {PUBLISHED[name].title}.") from error
    return freeze(model, name)


def freeze(model: nn.Module, name: str = EMBEDDED) -> Backbone:
    """Freeze EfficientNet-Lite0, or torchvision's ResNet or MobileNetV3, behind the common interface."""
    model.eval().requires_grad_(False)
    parts: Any = model
    if isinstance(model, EfficientNetLite0):
        colours = (0.498, 0.498, 0.498), (0.502, 0.502, 0.502)
        return Backbone(name, model, model.maps, model.fc, model.fc.in_features, *colours)
    colours = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    if isinstance(model, torchvision.models.ResNet):
        return Backbone(name, model, _resnet_layers(model), model.fc, model.fc.in_features, *colours)
    features, classifier = parts.features, parts.classifier
    return Backbone(name, model, _record_features(features), classifier, classifier[0].in_features, *colours)


def _resnet_layers(model: torchvision.models.ResNet) -> Layers:
    """All layers up to the pooling, in order."""
    layers = [(name, layer) for name, layer in model.named_children() if name not in ("avgpool", "fc")]

    def maps(x: Tensor) -> Tensor:
        x = record("input", x)
        for name, layer in layers:
            if isinstance(layer, nn.Sequential):
                x = run_recorded(layer, name, x)
            else:
                # ReLU works in place here: it must not change what was recorded as its input.
                x = record(name, layer(x.clone() if name == "relu" else x))
        return x

    return maps


def _record_features(features: nn.Sequential) -> Layers:
    return lambda x: run_recorded(features, "features", record("input", x))


@cache
def imagenet_classes() -> tuple[str, ...]:
    """Names of ImageNet's 1,000 classes, in the order of the logits."""
    meta = cast(Mapping[str, Any], ResNet50_Weights.DEFAULT.meta)
    return tuple(meta["categories"])
