import numpy as np
import pytest
import torch
from torch import nn

from dlviz import weights
from dlviz.data import mnist
from dlviz.data.digits import normalise
from dlviz.models import SimpleCNN
from dlviz.trace import trace
from dlviz.ui.components.wall import Stage, message, stages
from tests.packed import unpack

MODEL = weights.load("simple_cnn")
IMAGE = mnist.digits("test")[0][0]
PIXELS = IMAGE.numpy().astype(np.float32) / 255
_, RECORD = trace(MODEL, normalise(IMAGE[None]))
PANELS = stages(MODEL)


def by_name(panels: tuple[Stage, ...]) -> dict[str, Stage]:
    return {panel.name: panel for panel in panels}


def test_every_stage_is_on_the_wall_in_order_with_its_shape_and_parameters() -> None:
    assert [(p.title, p.layer, p.shape, p.parameters) for p in PANELS] == [
        ("conv 1", nn.Conv2d, (32, 28, 28), 320),
        ("ReLU 1", nn.ReLU, (32, 28, 28), 0),
        ("pool 1", nn.MaxPool2d, (32, 14, 14), 0),
        ("conv 2", nn.Conv2d, (64, 14, 14), 18_496),
        ("ReLU 2", nn.ReLU, (64, 14, 14), 0),
        ("pool 2", nn.MaxPool2d, (64, 7, 7), 0),
        ("conv 3", nn.Conv2d, (128, 7, 7), 73_856),
        ("ReLU 3", nn.ReLU, (128, 7, 7), 0),
        ("pool 3", nn.MaxPool2d, (128, 3, 3), 0),
        ("linear", nn.Linear, (256,), 295_168),
        ("ReLU", nn.ReLU, (256,), 0),
        ("dropout", nn.Dropout, (256,), 0),
        ("output", nn.Linear, (10,), 2_570),
    ]
    assert sum(panel.parameters for panel in PANELS) == 390_410


def test_each_stage_is_drawn_by_its_kind() -> None:
    kinds = {name: (panel.kind, panel.round) for name, panel in by_name(PANELS).items()}
    assert kinds["conv_layers.0"] == ("maps", 1)
    assert kinds["conv_layers.5"] == ("maps", 2)
    assert kinds["conv_layers.8"] == ("maps", 3)
    assert kinds["fc_layers.2"] == ("units", None)
    assert kinds["fc_layers.4"] == ("bars", None)


def test_values_are_diverging_before_relu_and_sequential_after() -> None:
    signed = {name for name, panel in by_name(PANELS).items() if panel.scale == "diverging"}
    assert signed == {"conv_layers.0", "conv_layers.3", "conv_layers.6", "fc_layers.1", "fc_layers.4"}
    assert all((RECORD[panel.name] >= 0).all() for panel in PANELS if panel.name not in signed)


def test_a_redraw_carries_every_value_at_half_precision_and_the_drawing() -> None:
    header, arrays = unpack(message(PANELS, RECORD, PIXELS, {"scaling": "map"}))
    assert header["scaling"] == "map"
    assert [panel["name"] for panel in header["panels"]] == list(arrays)
    np.testing.assert_array_equal(arrays.pop("input")[0], PIXELS.astype(np.float16))
    assert arrays.keys() == by_name(PANELS).keys()
    for name, array in arrays.items():
        assert array.ndim == 3
        np.testing.assert_array_equal(array.ravel(), RECORD[name].astype(np.float16).ravel())


def test_a_redraw_stays_below_300_kilobytes() -> None:
    header = {"off": {panel.name: list(range(panel.shape[0])) for panel in PANELS}, "alt": "x" * 2000}
    assert sum(array.size for name, array in RECORD.items() if name != "fc_layers.0") > 98_000
    assert len(message(PANELS, RECORD, PIXELS, header)) <= 300_000


def test_before_the_first_stroke_the_wall_holds_zeros_in_the_same_frame() -> None:
    header, arrays = unpack(message(PANELS, {}, None, {}))
    filled, _ = unpack(message(PANELS, RECORD, PIXELS, {}))
    assert {**header, "ends": filled["ends"]} == filled
    assert set(header["ends"].values()) == {0}
    assert all((array == 0).all() for array in arrays.values())
    assert arrays["conv_layers.6"].shape == (128, 7, 7)


def test_differences_are_signed_in_every_stage() -> None:
    changed = {name: array - 1 for name, array in RECORD.items()}
    header, arrays = unpack(message(PANELS, changed, PIXELS, {}, differences=True))
    _, *scales = (panel["scale"] for panel in header["panels"])
    assert scales == ["diverging"] * len(PANELS)
    assert arrays["conv_layers.8"].min() == -1


@pytest.mark.parametrize("classes", [2, 26])
def test_a_network_of_other_classes_has_a_wall_of_its_own(classes: int) -> None:
    model = SimpleCNN(classes).eval()
    assert stages(model)[-1].shape == (classes,)
    _, record = trace(model, torch.zeros(1, 1, 28, 28))
    _, arrays = unpack(message(stages(model), record, PIXELS, {}))
    assert arrays["fc_layers.4"].shape == (classes, 1, 1)


@pytest.mark.parametrize("scaling", ["stage", "all"])
def test_what_is_written_under_the_maps_is_exact(scaling: str) -> None:
    header, _ = unpack(message(PANELS, RECORD, PIXELS, {"scaling": scaling}))
    peaks = {panel.name: float(abs(RECORD[panel.name]).max()) for panel in PANELS}
    if scaling == "all":
        over = max(peaks[panel.name] for panel in PANELS if panel.kind == "maps")
        peaks |= {panel.name: over for panel in PANELS if panel.kind == "maps"}
    assert header["ends"] == peaks
