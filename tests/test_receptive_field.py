import copy

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from dlviz import weights
from dlviz.receptive_field import Box, receptive_field
from dlviz.trace import recording, trace
from tests.networks import Stack

MODEL = weights.build("SimpleCNN", {"num_classes": 10})
_, RECORD = trace(MODEL, torch.zeros(1, 1, 28, 28))


def all_open(model: nn.Module) -> nn.Module:
    """The model with positive weights and mean pooling: every value that a unit reads changes it."""
    model = copy.deepcopy(model)
    for layers in (part for part in model.modules() if isinstance(part, nn.Sequential)):
        for index, layer in enumerate(layers):
            if isinstance(layer, nn.MaxPool2d):
                layers[index] = nn.AvgPool2d(layer.kernel_size, layer.stride, layer.padding)
    for parameter in model.parameters():
        parameter.data = torch.rand_like(parameter) + 0.1
    return model


def seen_by_gradient(model: nn.Module, x: Tensor, stage: str, row: int, col: int) -> dict[str, np.ndarray]:
    """Name -> (height, width), true where the unit changes with the map: the oracle."""
    with recording() as kept:
        all_open(model)(x.requires_grad_())
    names = list(kept)[: list(kept).index(stage) + 1]
    gradients = torch.autograd.grad(kept[stage][0, 0, row, col], [kept[name] for name in names])
    return {name: (g[0] != 0).any(0).numpy() for name, g in zip(names, gradients, strict=True)}


def inside(box: Box, shape: tuple[int, ...]) -> np.ndarray:
    """(height, width), true in the box."""
    mask = np.zeros(shape, bool)
    mask[slice(*box.rows), slice(*box.cols)] = True
    return mask


@pytest.mark.parametrize("stage", [name for name in RECORD if name.startswith("conv_layers")])
@pytest.mark.parametrize("place", ["corner", "edge", "centre", "last corner"])
def test_box_is_exactly_where_the_gradient_reaches(stage: str, place: str) -> None:
    last, middle = RECORD[stage].shape[-1] - 1, RECORD[stage].shape[-1] // 2
    row, col = {"corner": (0, 0), "edge": (middle, last), "centre": (middle, middle)}.get(place, (last, last))
    boxes = receptive_field(MODEL, RECORD, stage, row, col)
    reached = seen_by_gradient(MODEL, torch.rand(1, 1, 28, 28), stage, row, col)
    assert boxes.keys() == reached.keys()
    for name, mask in reached.items():
        assert np.array_equal(inside(boxes[name], mask.shape), mask), name


@pytest.mark.parametrize(
    "layers",
    [
        (nn.Conv2d(1, 2, (3, 5), stride=(1, 2), padding=(0, 2)), nn.ReLU(), nn.Conv2d(2, 1, 3, padding=2)),
        # The first pooling drops the last row and column; the second convolution must not see them.
        (nn.MaxPool2d(2), nn.Conv2d(1, 1, 3, padding=1), nn.Conv2d(1, 1, 3, padding=1)),
        (nn.MaxPool2d(3, stride=2, padding=1), nn.Conv2d(1, 1, 5, padding="same")),
    ],
    ids=["uneven kernel and stride", "odd size", "overlapping pooling"],
)
def test_box_is_right_at_every_position_of_other_networks(layers: tuple[nn.Module, ...]) -> None:
    model = Stack(*layers)
    _, shapes = trace(model, torch.zeros(1, 1, 11, 11))
    stage = f"layers.{len(layers) - 1}"
    for row, col in np.ndindex(shapes[stage].shape[2:]):
        boxes = receptive_field(model, shapes, stage, row, col)
        for name, mask in seen_by_gradient(model, torch.rand(1, 1, 11, 11), stage, row, col).items():
            assert np.array_equal(inside(boxes[name], mask.shape), mask), (name, row, col)


def test_dilated_box_starts_and_stops_at_what_is_read() -> None:
    model = Stack(nn.Conv2d(1, 1, 3, dilation=2, padding=1))
    _, shapes = trace(model, torch.zeros(1, 1, 8, 8))
    box = receptive_field(model, shapes, "layers.0", 0, 3)["input"]
    assert box == Box(rows=(1, 4), cols=(2, 7), all_rows=(-1, 4), all_cols=(2, 7))


def test_centre_of_the_last_maps_sees_22_by_22_pixels_of_the_drawing() -> None:
    box = receptive_field(MODEL, RECORD, "conv_layers.8", 1, 1)["input"]
    assert box == Box((1, 23), (1, 23), (1, 23), (1, 23))


def test_box_at_the_corner_reaches_into_the_padding_only_unclipped() -> None:
    boxes = receptive_field(MODEL, RECORD, "conv_layers.3", 0, 13)
    assert list(boxes) == ["conv_layers.3", "conv_layers.2", "conv_layers.1", "conv_layers.0", "input"]
    assert boxes["conv_layers.2"] == Box((0, 2), (12, 14), (-1, 2), (12, 15))
    assert boxes["input"] == Box((0, 5), (23, 28), (-3, 5), (23, 31))


@pytest.mark.parametrize(
    ("stage", "row", "col", "words"),
    [
        ("conv_layers.9", 0, 0, "There is no stage 'conv_layers.9'"),
        ("conv_layers.8", 3, 0, r"no position \(3, 0\) on maps of 3×3"),
        ("conv_layers.0", 0, -1, "no position"),
        ("fc_layers.1", 0, 0, "fc_layers.1 has no maps"),
    ],
)
def test_stage_or_position_that_is_not_there_is_refused_in_a_sentence(
    stage: str, row: int, col: int, words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        receptive_field(MODEL, RECORD, stage, row, col)
