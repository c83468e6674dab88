import copy

import pytest
import torch
from torch import nn

from dlviz import nonfinite
from dlviz.models import CharacterLSTM, SimpleCNNBatchNorm
from dlviz.trace import trace
from dlviz.weights import BadWeights
from tests.kept_runs import network

SENTENCE = (
    "^Inside this network numbers grow so large, beyond 10¹⁵, that its answers no longer mean anything.$"
)
DIGIT = torch.rand(1, 1, 28, 28, generator=torch.Generator().manual_seed(0))


def grown(factor: float) -> nn.Module:
    """SimpleCNN whose every weight is so many times as large, and still a number."""
    model = network("SimpleCNN", 10)
    with torch.no_grad():
        for values in model.parameters():
            values *= factor
    return model


@pytest.mark.parametrize(
    ("part", "value", "problem"),
    [
        ("conv_layers.0.bias", 1.0, ""),
        ("conv_layers.0.bias", torch.nan, "no longer numbers"),
        ("conv_layers.1.running_var", torch.inf, "no longer numbers"),
        ("conv_layers.1.running_var", 1e30, ""),  # a square
        ("conv_layers.0.bias", -1e16, "beyond 10¹⁵, too large to compute with"),
    ],
)
def test_weights_that_cannot_be_computed_with(part: str, value: float, problem: str) -> None:
    model = SimpleCNNBatchNorm()
    model.state_dict()[part][0] = value
    assert nonfinite.problem(model) == problem


@torch.inference_mode()
def test_an_overflow_is_noticed_in_every_way_to_ask() -> None:
    model = grown(1e10)
    assert model(DIGIT).isnan().any()
    nonfinite.noticed(model)
    for ask in (model, lambda x: trace(model, x), copy.deepcopy(model)):
        with pytest.raises(BadWeights, match=SENTENCE):
            ask(DIGIT)


@torch.inference_mode()
def test_whether_there_is_one_depends_on_the_input() -> None:
    expected = grown(1e3)(DIGIT)
    model = nonfinite.noticed(grown(1e3))
    assert model(DIGIT).equal(expected)
    with pytest.raises(BadWeights, match=SENTENCE):
        model(DIGIT * 1e4)


@torch.inference_mode()
def test_an_overflow_that_a_later_layer_hides_is_noticed() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2))
    model.get_parameter("0.weight").fill_(-3e38)
    x = torch.full((1, 2), 10.0)
    assert model(x).isfinite().all()
    with pytest.raises(BadWeights, match=SENTENCE):
        nonfinite.noticed(model)(x)


@torch.inference_mode()
def test_a_network_that_is_read_on_step_by_step_is_looked_at_too() -> None:
    model = CharacterLSTM(vocab_size=5, embed_dim=2, hidden_size=3, num_layers=1)
    model.get_parameter("fc.bias").fill_(1e20)
    nonfinite.noticed(model)
    with pytest.raises(BadWeights, match=SENTENCE):
        model.read_on(torch.tensor([[1, 2]]))
