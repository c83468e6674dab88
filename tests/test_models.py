import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

import dlviz.models
from dlviz.models import SimpleCNN
from dlviz.trace import trace

# The public contract: a student's own weights, saved from the lesson's class, load into this one.
STATE = {
    "conv_layers.0.weight": (32, 1, 3, 3),
    "conv_layers.0.bias": (32,),
    "conv_layers.3.weight": (64, 32, 3, 3),
    "conv_layers.3.bias": (64,),
    "conv_layers.6.weight": (128, 64, 3, 3),
    "conv_layers.6.bias": (128,),
    "fc_layers.1.weight": (256, 1152),
    "fc_layers.1.bias": (256,),
    "fc_layers.4.weight": (10, 256),
    "fc_layers.4.bias": (10,),
}
STAGES = {
    "input": (1, 28, 28),
    "conv_layers.0": (32, 28, 28),
    "conv_layers.1": (32, 28, 28),
    "conv_layers.2": (32, 14, 14),
    "conv_layers.3": (64, 14, 14),
    "conv_layers.4": (64, 14, 14),
    "conv_layers.5": (64, 7, 7),
    "conv_layers.6": (128, 7, 7),
    "conv_layers.7": (128, 7, 7),
    "conv_layers.8": (128, 3, 3),
    "fc_layers.0": (1152,),
    "fc_layers.1": (256,),
    "fc_layers.2": (256,),
    "fc_layers.3": (256,),
    "fc_layers.4": (10,),
}


@pytest.fixture(scope="module")
def cnn() -> SimpleCNN:
    torch.manual_seed(0)
    return SimpleCNN().eval()


def written_out(state: dict[str, Tensor], x: Tensor) -> dict[str, Tensor]:
    """Every stage by PyTorch's functions, from the weights alone."""
    stages = {"input": x}
    for index in (0, 3, 6):
        x = F.conv2d(x, state[f"conv_layers.{index}.weight"], state[f"conv_layers.{index}.bias"], padding=1)
        stages[f"conv_layers.{index}"] = x
        stages[f"conv_layers.{index + 1}"] = x = F.relu(x)
        stages[f"conv_layers.{index + 2}"] = x = F.max_pool2d(x, 2)
    stages["fc_layers.0"] = x = x.flatten(1)
    stages["fc_layers.1"] = x = F.linear(x, state["fc_layers.1.weight"], state["fc_layers.1.bias"])
    stages["fc_layers.2"] = stages["fc_layers.3"] = x = F.relu(x)
    stages["fc_layers.4"] = F.linear(x, state["fc_layers.4.weight"], state["fc_layers.4.bias"])
    return stages


def test_the_public_networks_are_the_lessons() -> None:
    assert "SimpleCNN" in dlviz.models.__all__
    assert all(issubclass(getattr(dlviz.models, name), torch.nn.Module) for name in dlviz.models.__all__)


def test_simple_cnn_has_the_lessons_state(cnn: SimpleCNN) -> None:
    assert {name: tuple(tensor.shape) for name, tensor in cnn.state_dict().items()} == STATE


def test_simple_cnn_has_390_410_parameters(cnn: SimpleCNN) -> None:
    assert sum(parameter.numel() for parameter in cnn.parameters()) == 390_410


def test_simple_cnn_tells_as_many_classes_apart_as_asked() -> None:
    model = SimpleCNN(num_classes=3)
    assert model(torch.zeros(2, 1, 28, 28)).shape == (2, 3)
    assert sum(parameter.numel() for parameter in model.parameters()) == 390_410 - 7 * 257


def test_simple_cnn_records_every_stage_in_order_with_its_shape(cnn: SimpleCNN) -> None:
    _, record = trace(cnn, torch.randn(2, 1, 28, 28))
    assert [(name, array.shape) for name, array in record.items()] == [
        (name, (2, *shape)) for name, shape in STAGES.items()
    ]
    assert sum(array[0].size for name, array in record.items() if name.startswith("conv")) == 98_368


def test_simple_cnn_equals_pytorchs_functions_stage_by_stage(cnn: SimpleCNN) -> None:
    x = torch.randn(2, 1, 28, 28)
    _, record = trace(cnn, x)
    expected = written_out(cnn.state_dict(), x)
    assert list(record) == list(expected)
    for name, array in record.items():
        np.testing.assert_allclose(array, expected[name].numpy(), atol=1e-6)


def test_the_last_pooling_drops_the_odd_row_and_column(cnn: SimpleCNN) -> None:
    x = torch.randn(1, 1, 28, 28)

    def blank(tensor: Tensor) -> Tensor:
        tensor = tensor.clone()
        tensor[..., 6, :] = tensor[..., :, 6] = 1e9
        return tensor

    assert torch.equal(trace(cnn, x, {"conv_layers.7": blank})[0], trace(cnn, x)[0])


def test_dropout_in_training_silences_some_hidden_units_and_doubles_the_others() -> None:
    torch.manual_seed(0)
    _, record = trace(SimpleCNN().train(), torch.randn(4, 1, 28, 28))
    before, after = record["fc_layers.2"], record["fc_layers.3"]
    silenced = (after == 0) & (before > 0)
    assert 0.4 < silenced.sum() / (before > 0).sum() < 0.6
    np.testing.assert_allclose(after[~silenced], 2 * before[~silenced])
