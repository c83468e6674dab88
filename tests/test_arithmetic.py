from typing import TypeVar

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlviz import weights
from dlviz.arithmetic import (
    Arithmetic,
    Convolution,
    DropoutUnit,
    Flattened,
    MaxPool,
    Normed,
    Record,
    Softmax,
    WeightedSum,
    explain_unit,
)
from dlviz.dropout import trace_in_training
from dlviz.trace import switch_off, trace
from tests.kept_runs import network
from tests.networks import Stack

MODEL = weights.build("SimpleCNN", {"num_classes": 10}, seed=1)
DIGIT = torch.rand(1, 1, 28, 28, generator=torch.Generator().manual_seed(2)) * 2 - 1
LOGITS, RECORD = trace(MODEL, DIGIT)


Kind = TypeVar("Kind", bound=Arithmetic)


def told_as(kind: type[Kind], stage: str, *unit: int, seen: Record = RECORD) -> Kind:
    """The arithmetic of a unit of MODEL, of the kind that is expected there."""
    told = explain_unit(MODEL, seen, stage, unit)
    assert isinstance(told, kind)
    return told


def some_units(values: np.ndarray) -> list[tuple[int, ...]]:
    """The first, the last and twenty random units of a (1, …) array."""
    shape = values.shape[1:]
    chosen = np.random.default_rng(0).integers(values.size, size=20)
    flat = [0, values.size - 1, *chosen.tolist()]
    return [tuple(int(i) for i in np.unravel_index(index, shape)) for index in flat]


@pytest.mark.parametrize("stage", list(RECORD)[1:])
def test_total_of_every_stage_equals_the_value_pytorch_computed(stage: str) -> None:
    for unit in some_units(RECORD[stage]):
        told = explain_unit(MODEL, RECORD, stage, unit)
        assert told.shown == RECORD[stage][0][unit]
        assert told.total == pytest.approx(told.shown, rel=0, abs=1e-5 * max(told.scale, 1e-30))
        assert not told.edited


def test_every_stage_of_a_network_with_batch_norm_is_what_pytorch_computed() -> None:
    model = network("SimpleCNNBatchNorm", 10)
    _, seen = trace(model, DIGIT)
    for stage in list(seen)[1:]:
        for unit in some_units(seen[stage]):
            told = explain_unit(model, seen, stage, unit)
            assert told.total == pytest.approx(told.shown, rel=0, abs=1e-5 * max(told.scale, 1e-30))
    assert {type(explain_unit(model, seen, f"conv_layers.{at}", (0, 0, 0))) for at in (1, 5, 9)} == {Normed}


def test_batch_norm_worked_out_by_hand() -> None:
    model = Stack(nn.BatchNorm2d(1, eps=0.75)).eval()
    kept = {"running_mean": 2.0, "running_var": 8.25, "weight": -1.5, "bias": 0.25}
    model.load_state_dict({f"layers.0.{name}": torch.tensor([of]) for name, of in kept.items()}, strict=False)
    _, seen = trace(model, torch.full((1, 1, 1, 1), 8.0))
    told = explain_unit(model, seen, "layers.0", (0, 0, 0))
    assert isinstance(told, Normed)
    # (8 − 2) / √9 × −1.5 + 0.25
    assert (told.spread, told.total, told.shown) == (3.0, -2.75, -2.75)
    assert told.scale == 5.25


def test_convolution_worked_out_by_hand_shows_its_padding() -> None:
    model = Stack(nn.Conv2d(1, 1, 3, padding=1))
    kernel, bias = torch.arange(1.0, 10).reshape(1, 1, 3, 3), torch.tensor([0.5])
    model.load_state_dict({"layers.0.weight": kernel, "layers.0.bias": bias})
    _, seen = trace(model, torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]))
    told = explain_unit(model, seen, "layers.0", (0, 0, 0))
    assert isinstance(told, Convolution)
    assert told.inputs.tolist() == [[[0, 0, 0], [0, 1, 2], [0, 3, 4]]]
    assert told.padded.tolist() == [[True, True, True], [True, False, False], [True, False, False]]
    assert told.rows.tolist() == [-1, 0, 1]
    assert told.products.tolist() == [[[0, 0, 0], [0, 5, 12], [0, 24, 36]]]
    assert told.channel_sums.tolist() == [77]
    assert told.total == told.shown == 77.5


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(2, 4, (1, 3), padding=(0, 2), stride=(2, 1)),
        nn.Conv2d(2, 4, 3, dilation=2, padding=1, bias=False),
        nn.Conv2d(2, 4, (2, 4), padding="same"),
        nn.Conv2d(2, 4, 5, padding="valid", stride=2),
        nn.Conv2d(2, 4, 3, groups=2),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
def test_total_is_right_for_any_kernel_stride_padding_dilation_and_groups(layer: nn.Conv2d) -> None:
    model = Stack(layer)
    _, seen = trace(model, torch.randn(1, 2, 9, 8))
    for unit in np.ndindex(seen["layers.0"].shape[1:]):
        told = explain_unit(model, seen, "layers.0", unit)
        assert told.total == pytest.approx(told.shown, abs=1e-5)


def test_relu_keeps_what_is_positive_and_cuts_what_is_negative() -> None:
    model = Stack(nn.ReLU())
    _, seen = trace(model, torch.tensor([[-2.0, 3.0]]))
    cut, kept = (explain_unit(model, seen, "layers.0", (i,)) for i in (0, 1))
    assert (cut.total, kept.total) == (0.0, 3.0)


@pytest.mark.parametrize(
    "layer",
    [nn.MaxPool2d(2), nn.MaxPool2d(3, stride=2, padding=1), nn.MaxPool2d((1, 2), ceil_mode=True)],
    ids=str,
)
def test_winner_of_a_pooling_window_is_pytorchs_also_among_equals(layer: nn.MaxPool2d) -> None:
    model = Stack(layer)
    # Few different values, so that most windows hold equal ones.
    x = torch.randint(-2, 1, (1, 3, 7, 7), generator=torch.Generator().manual_seed(0)).float()
    _, seen = trace(model, x)
    _, winners = F.max_pool2d(
        x, layer.kernel_size, layer.stride, layer.padding, ceil_mode=layer.ceil_mode, return_indices=True
    )
    for unit in np.ndindex(seen["layers.0"].shape[1:]):
        told = explain_unit(model, seen, "layers.0", unit)
        assert told.total == told.shown
        assert isinstance(told, MaxPool)
        assert told.source == divmod(int(winners[0][unit]), 7)


def test_last_pooling_leaves_out_the_odd_row_and_column() -> None:
    told = told_as(MaxPool, "conv_layers.8", 5, 2, 2)
    assert told.rows.tolist() == told.cols.tolist() == [4, 5]
    assert told.unused_rows == told.unused_cols == (6,)
    assert told_as(MaxPool, "conv_layers.5", 5, 2, 2).unused_rows == ()


def test_flattened_unit_tells_where_it_was_on_the_maps() -> None:
    assert told_as(Flattened, "fc_layers.0", 1 * 9 + 2 * 3 + 1).source == (1, 2, 1)


def test_hidden_unit_is_told_channel_by_channel() -> None:
    told = told_as(WeightedSum, "fc_layers.1", 17)
    assert told.inputs.shape == told.weights.shape == (128, 3, 3)
    maps, rows = torch.from_numpy(RECORD["conv_layers.8"][0]), MODEL.state_dict()["fc_layers.1.weight"][17]
    of_map_40 = rows[40 * 9 : 41 * 9] @ maps[40].flatten()
    assert told.channel_sums[40] == pytest.approx(of_map_40.item(), abs=1e-6)


def test_logit_is_told_as_256_products_and_a_bias() -> None:
    told = told_as(WeightedSum, "fc_layers.4", 3)
    assert told.products.shape == told.channel_sums.shape == (256,)
    assert told.channel_sums.sum() + told.bias == pytest.approx(LOGITS[0, 3].item(), abs=1e-6)


def test_upstream_intervention_enters_the_arithmetic() -> None:
    _, seen = trace(MODEL, DIGIT, {"conv_layers.2": switch_off([4])})
    told = told_as(Convolution, "conv_layers.3", 9, 5, 5, seen=seen)
    assert not told.inputs[4].any()
    assert told.channel_sums[4] == 0
    assert not told.edited
    assert told.total != pytest.approx(RECORD["conv_layers.3"][0, 9, 5, 5], abs=1e-5)


@pytest.mark.parametrize("stage", list(RECORD)[1:])
def test_unit_whose_own_value_was_replaced_says_so(stage: str) -> None:
    unit = tuple(int(i) for i in np.unravel_index(RECORD[stage].argmax(), RECORD[stage].shape[1:]))
    _, seen = trace(MODEL, DIGIT, {stage: switch_off([unit[0]])})
    told = explain_unit(MODEL, seen, stage, unit)
    assert told.edited
    assert told.shown == 0
    assert told.total == pytest.approx(RECORD[stage][0][unit], abs=1e-5)


def test_dropout_at_rest_passes_values_on() -> None:
    told = told_as(DropoutUnit, "fc_layers.3", int(RECORD["fc_layers.3"].argmax()))
    assert (told.factor, told.probability) == (1.0, 0.5)
    assert told.shown == told.value > 0


def test_dropout_at_work_tells_the_factor_where_it_can_be_told() -> None:
    _, seen = trace_in_training(MODEL, DIGIT, seed=0)
    before, after = seen["fc_layers.2"][0], seen["fc_layers.3"][0]
    told = [told_as(DropoutUnit, "fc_layers.3", unit, seen=seen) for unit in range(256)]
    factors = [None if value == 0 else shown / value for value, shown in zip(before, after, strict=True)]
    assert [unit.factor for unit in told] == factors
    assert set(factors) == {None, 0.0, 2.0}
    assert not any(unit.edited for unit in told)


@pytest.mark.parametrize("logits", [[1.0, 2.0, 3.0], [1000.0, 0.0, -1000.0]])
def test_softmax_written_out_equals_pytorchs(logits: list[float]) -> None:
    told = Softmax(np.array(logits, np.float32))
    assert told.probabilities == pytest.approx(torch.tensor(logits).softmax(0).numpy(), abs=1e-6)
    assert told.exponentials.max() == 1.0
    assert told.exponentials.sum() == told.total


@pytest.mark.parametrize(
    ("stage", "unit", "words"),
    [
        ("conv_layers.9", (0, 0, 0), "No layer 'conv_layers.9'"),
        ("input", (0, 0, 0), "No layer 'input'"),
        ("conv_layers.0", (32, 0, 0), r"no unit \(32, 0, 0\): its shape is 32×28×28"),
        ("conv_layers.0", (0, -1, 0), "no unit"),
        ("conv_layers.0", (0,), "no unit"),
        ("fc_layers.4", (10,), "its shape is 10"),
    ],
)
def test_stage_or_unit_that_is_not_there_is_refused_in_a_sentence(
    stage: str, unit: tuple[int, ...], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        explain_unit(MODEL, RECORD, stage, unit)


@pytest.mark.parametrize("layer", [nn.Tanh(), nn.Conv2d(1, 1, 3, padding=1, padding_mode="reflect")], ids=str)
def test_layer_that_is_not_written_out_is_refused_by_name(layer: nn.Module) -> None:
    model = Stack(layer)
    _, seen = trace(model, torch.ones(1, 1, 4, 4))
    with pytest.raises(ValueError, match=type(layer).__name__):
        explain_unit(model, seen, "layers.0", (0, 0, 0))
