"""The layout that learns faster, against the network as the lesson writes it."""

import copy

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlviz import weights
from dlviz.models import layout

SHAPES = {"SimpleCNN": (1, 28, 28), "SimpleCNNBatchNorm": (1, 28, 28), "ColourCNN": (3, 32, 32)}


def learned(model: nn.Module, x: Tensor) -> list[Tensor]:
    """The answer, and the gradient of every weight."""
    torch.manual_seed(1)  # of the dropout
    logits = model.train()(x)
    F.cross_entropy(logits, torch.arange(len(x)) % 10).backward()
    return [logits, *(parameter.grad for parameter in model.parameters() if parameter.grad is not None)]


@pytest.mark.parametrize("name", SHAPES)
def test_answers_gradients_and_names_stay_to_the_last_bit(name: str) -> None:
    plain = weights.build(name, {"num_classes": 10}, 0).to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
    ours = copy.deepcopy(plain)
    layout.lay_out(ours)
    x = torch.randn(16, *SHAPES[name]).contiguous(memory_format=torch.channels_last)
    pairs = list(zip(learned(plain, x), learned(ours, x), strict=True))
    assert len(pairs) == 1 + len(list(plain.parameters()))
    assert all(torch.equal(one, other) for one, other in pairs)
    assert list(ours.state_dict()) == list(plain.state_dict())


def test_relu_has_only_what_pooling_leaves() -> None:
    model = weights.build("SimpleCNN", {}, 0)
    layout.lay_out(model)
    convolutions = model.get_submodule("conv_layers")
    kinds = [type(layer) for layer in convolutions.children()]
    assert kinds == [nn.Conv2d, nn.MaxPool2d, nn.ReLU] * 3
    assert model.get_parameter("conv_layers.3.weight").is_contiguous(memory_format=torch.channels_last)


def test_other_networks_are_left_alone() -> None:
    model = weights.build("MLP", {"input_size": 6, "num_classes": 2}, 0)
    before = str(model)
    layout.lay_out(model)
    assert str(model) == before
