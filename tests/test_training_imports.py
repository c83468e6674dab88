"""A learner's own weights, brought in: what fits is opened, every fault is a sentence."""

import io
import os
import zipfile
from collections.abc import Callable

import pytest
import torch
from safetensors.torch import save
from torch import Tensor, nn

from dlviz import models, weights
from dlviz.training import imports
from dlviz.training.imports import BadUpload, open_weights

NETWORKS: list[Callable[[], nn.Module]] = [
    lambda: models.SimpleCNN(3),
    lambda: models.SimpleCNNBatchNorm(),
    lambda: models.ColourCNN(),
    lambda: models.ColourCNNBatchNorm(7),
    lambda: models.MLP(),
    lambda: models.MLP(10, 5, 3, 4, 0.0, batch_norm=True),
    lambda: models.SimpleRNN(3, 4, 5),
    lambda: models.GRUModel(3, 4, 5),
    lambda: models.LSTMModel(3, 4, 2, 5),
    lambda: models.TextClassifier(20, 3, 4, 2),
    lambda: models.CharacterLSTM(20, 3, 4, 2),
    lambda: models.DigitTransformer(depth=2),
]
State = dict[str, Tensor]


def pickled(content: object) -> bytes:
    """As torch.save writes it."""
    file = io.BytesIO()
    torch.save(content, file)
    return file.getvalue()


@pytest.mark.parametrize("make", NETWORKS)
@pytest.mark.parametrize("write", [save, pickled])
def test_weights_are_opened_with_the_sizes_that_their_shapes_have(
    make: Callable[[], nn.Module], write: Callable[[State], bytes]
) -> None:
    model = make().eval()
    opened = weights.fit(open_weights(write(model.state_dict()), type(model).__name__))
    assert all(torch.equal(value, opened.state_dict()[name]) for name, value in model.state_dict().items())
    assert opened.state_dict().keys() == model.state_dict().keys()


def changed(**tensors: Tensor | None) -> State:
    """SimpleCNN's weights, some of them replaced or left out."""
    state: dict[str, Tensor | None] = {**models.SimpleCNN().state_dict(), **tensors}
    return {name: tensor for name, tensor in state.items() if tensor is not None}


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (changed(**{"conv_layers.3.bias": None}), r"have no conv_layers\.3\.bias, which SimpleCNN needs"),
        (changed(**{"fc_layers.4.weight": None}), r"have no fc_layers\.4\.weight"),
        (changed(extra=torch.zeros(1)), "have extra, which SimpleCNN does not know"),
        (changed(**{"conv_layers.0.weight": torch.zeros(32, 3, 3, 3)}), r"has shape \(32, 3, 3, 3\) in"),
        (changed(**{"fc_layers.4.weight": torch.zeros(256)}), r"has shape \(256,\), which does not fit"),
        (changed(**{"fc_layers.4.weight": torch.zeros(0, 256)}), "does not fit SimpleCNN"),
        (changed(**{"fc_layers.4.bias": torch.full((10,), torch.nan)}), "no finite numbers"),
        (changed(a=torch.zeros(2000, 2000, dtype=torch.int8)), "more than 4,000,000 numbers"),
        ({}, "no weights in it"),
    ],
)
@pytest.mark.parametrize("write", [save, pickled])
def test_what_does_not_fit_is_named(state: State, sentence: str, write: Callable[[State], bytes]) -> None:
    with pytest.raises(BadUpload, match=sentence):
        open_weights(write(state), "SimpleCNN")


def test_shapes_that_ask_for_any_amount_of_memory_are_refused_before_it_is_taken() -> None:
    wide = {"layers.1.weight": torch.zeros(20_000, 1), "layers.4.weight": torch.zeros(20_000, 1)}
    with pytest.raises(BadUpload, match="MLP"):
        open_weights(save(wide), "MLP")
    wide["layers.1.weight"] = torch.zeros(20_001, 1)
    with pytest.raises(BadUpload, match="does not fit MLP"):
        open_weights(save(wide), "MLP")


def packed(stored: bytes) -> bytes:
    """The same archive, its files compressed."""
    small = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(stored)) as before,
        zipfile.ZipFile(small, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for file in before.infolist():
            after.writestr(file.filename, before.read(file))
    return small.getvalue()


class Trap:
    """What runs a command when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, ("touch /tmp/dlviz-was-here",)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "neither a safetensors file nor one that torch.save wrote"),
        (b"\0" * 100, "neither a safetensors file"),
        (b"PK" + b"\0" * 100, "damaged, or holds more than weights"),
        (save(changed())[:-10], "neither a safetensors file"),
        (pickled(changed())[:-1000], "damaged, or holds more than weights"),
        (pickled(models.SimpleCNN()), "holds more than weights"),
        (pickled({"a": Trap()}), "holds more than weights"),
        (pickled([1, 2]), "holds no state_dict"),
        (pickled({"a": 1}), "holds no state_dict"),
        (pickled({1: torch.zeros(1)}), "holds no state_dict"),
        (pickled({"a": torch.zeros(1).expand(10**11)}), "more than 4,000,000 numbers"),
        (pickled({"a": torch.zeros(3, 3).to_sparse()}), "is no plain tensor"),
        (packed(pickled({"a": torch.zeros(5_000_000)})), "unpacks to more than 15 MB"),
        (b"\0" * (imports.LARGEST + 1), "larger than 15 MB"),
    ],
    ids=range(14),
)
def test_files_that_hold_no_weights_are_refused_and_run_nothing(data: bytes, sentence: str) -> None:
    with pytest.raises(BadUpload, match=sentence):
        open_weights(data, "SimpleCNN")
    assert not os.path.exists("/tmp/dlviz-was-here")


@pytest.mark.parametrize("name", ["Nothing", "SelfAttention", "os"])
def test_other_networks_are_refused(name: str) -> None:
    with pytest.raises(BadUpload, match=f"Weights of {name} cannot be brought in; there are SimpleCNN"):
        open_weights(save(changed()), name)
