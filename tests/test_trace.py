from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from dlviz.models import SimpleCNN
from dlviz.trace import keep_only, record, recording, run_recorded, switch_off, trace


@pytest.fixture(scope="module")
def cnn() -> SimpleCNN:
    torch.manual_seed(0)
    return SimpleCNN().eval()


def random_digits(count: int, seed: int = 0) -> Tensor:
    return torch.randn(count, 1, 28, 28, generator=torch.Generator().manual_seed(seed))


class InPlace(nn.Module):
    """Its second layer writes over the output of the first, as many well-known networks do."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(6, 5), nn.ReLU(inplace=True), nn.Linear(5, 2))

    def forward(self, x: Tensor) -> Tensor:
        return run_recorded(self.layers, "layers", x)


class Stumbling(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        record("before", x)
        raise RuntimeError("stumbled")


def test_record_is_the_identity_outside_a_trace() -> None:
    tensor = torch.ones(2)
    assert record("anything", tensor) is tensor


def test_output_and_last_record_equal_the_plain_forward(cnn: SimpleCNN) -> None:
    x = random_digits(3)
    output, kept = trace(cnn, x)
    assert torch.equal(output, cnn(x))
    np.testing.assert_array_equal(list(kept.values())[-1], cnn(x).detach().numpy())
    np.testing.assert_array_equal(kept["input"], x.numpy())


def test_arrays_are_the_callers_own(cnn: SimpleCNN) -> None:
    x = random_digits(1)
    output, kept = trace(cnn, x)
    arrays = [*kept.values(), x.numpy(), output.numpy()]
    assert not any(np.shares_memory(a, b) for a, b in combinations(arrays, 2))
    untouched = x.clone(), output.clone()
    for array in kept.values():
        array[...] = np.nan
    assert torch.equal(x, untouched[0])
    assert torch.equal(output, untouched[1])


def test_a_layer_that_works_in_place_does_not_change_what_was_recorded_before_it() -> None:
    torch.manual_seed(0)
    model, x = InPlace(), torch.randn(4, 6)
    _, kept = trace(model, x)
    before = model.layers[0](x).detach().numpy()
    assert (before < 0).any()
    np.testing.assert_array_equal(kept["layers.0"], before)
    np.testing.assert_array_equal(kept["layers.1"], before.clip(min=0))


def test_an_input_that_requires_its_gradient_is_traced_too(cnn: SimpleCNN) -> None:
    x = random_digits(1)
    expected, _ = trace(cnn, x)
    output, _ = trace(cnn, x.clone().requires_grad_())
    assert torch.equal(output, expected)


@pytest.mark.parametrize("name", ["conv_layers.1", "conv_layers.4", "conv_layers.8", "fc_layers.2"])
def test_an_edit_changes_its_tensor_and_what_is_downstream_only(cnn: SimpleCNN, name: str) -> None:
    x = random_digits(1)
    _, plain = trace(cnn, x)
    busy = int(plain[name].reshape(1, plain[name].shape[1], -1).max(axis=2).argmax())
    output, edited = trace(cnn, x, {name: switch_off([busy])})
    names = list(plain)
    place = names.index(name)
    for upstream in names[:place]:
        np.testing.assert_array_equal(edited[upstream], plain[upstream])
    assert not edited[name][:, busy].any()
    for downstream in names[place:]:
        assert not np.array_equal(edited[downstream], plain[downstream])
    np.testing.assert_array_equal(output.numpy(), edited["fc_layers.4"])


def test_the_edited_run_is_what_pytorch_computes_from_the_edited_tensor(cnn: SimpleCNN) -> None:
    x = random_digits(2)
    output, edited = trace(cnn, x, {"conv_layers.5": switch_off([0, 7])})
    maps = cnn.conv_layers[:6](x)
    maps[:, [0, 7]] = 0
    assert torch.equal(output, cnn.fc_layers(cnn.conv_layers[6:](maps)))
    np.testing.assert_array_equal(edited["conv_layers.5"], maps.detach().numpy())


def test_an_edit_in_place_leaves_what_was_recorded_upstream_alone(cnn: SimpleCNN) -> None:
    x = random_digits(1)
    _, plain = trace(cnn, x)
    _, edited = trace(cnn, x, {"fc_layers.0": lambda flat: flat.zero_()})
    assert not edited["fc_layers.0"].any()
    np.testing.assert_array_equal(edited["conv_layers.8"], plain["conv_layers.8"])


def test_an_edit_whose_name_is_never_recorded_is_an_error_that_lists_the_names(cnn: SimpleCNN) -> None:
    with pytest.raises(ValueError, match=r"'conv_layers.9'.*input, conv_layers.0, .*fc_layers.4$"):
        trace(cnn, random_digits(1), {"conv_layers.9": switch_off([0])})


def test_a_trace_that_fails_leaves_no_recorder_behind() -> None:
    x = torch.ones(1)
    with pytest.raises(RuntimeError, match="stumbled"):
        trace(Stumbling(), x, {"before": torch.zeros_like})
    assert record("before", x) is x


def test_a_trace_inside_a_recording_keeps_to_itself(cnn: SimpleCNN) -> None:
    with recording() as outer:
        trace(cnn, random_digits(1))
        record("mine", torch.ones(1))
    assert list(outer) == ["mine"]


def test_trace_of_shared_model_is_safe_from_eight_threads(cnn: SimpleCNN) -> None:
    inputs = [random_digits(1, seed) for seed in range(8)]
    edits = [{"conv_layers.3": keep_only([seed])} if seed % 2 else None for seed in range(8)]
    expected = [trace(cnn, x, edit)[1] for x, edit in zip(inputs, edits, strict=True)]

    def right(run: int) -> bool:
        _, kept = trace(cnn, inputs[run % 8], edits[run % 8])
        return all(np.allclose(kept[name], array, atol=1e-5) for name, array in expected[run % 8].items())

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(right, range(400))) == 400


def test_nothing_is_registered_on_the_model(cnn: SimpleCNN) -> None:
    trace(cnn, random_digits(1), {"conv_layers.0": switch_off([0])})
    for module in cnn.modules():
        assert not module._forward_hooks
        assert not module._forward_pre_hooks


def test_live_tensors_give_gradients() -> None:
    last = nn.Linear(5, 2)
    with recording() as kept:
        output = last(record("hidden", torch.randn(1, 5, requires_grad=True)))
    (gradient,) = torch.autograd.grad(output[0, 1], kept["hidden"])
    assert torch.equal(gradient[0], last.weight[1])


def test_switch_off_and_keep_only_by_hand() -> None:
    tensor = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert switch_off([1])(tensor).tolist() == [[1.0, 0.0, 3.0], [4.0, 0.0, 6.0]]
    assert keep_only([0, 2])(tensor).tolist() == [[1.0, 0.0, 3.0], [4.0, 0.0, 6.0]]
    assert tensor.tolist() == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
