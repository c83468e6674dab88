"""Files that a learner uploads: what holds weights is read, anything else is a sentence and runs nothing."""

import io
import json
import os
import pickle
import zipfile
from collections.abc import Callable

import pytest
import torch
from safetensors.torch import save
from torch import Tensor

from dlviz import models
from dlviz.training.exchange import uploaded
from dlviz.training.exchange.uploaded import BadUpload, read


def pickled(content: object, **how: object) -> bytes:
    """As torch.save writes it."""
    file = io.BytesIO()
    torch.save(content, file, **how)  # pyright: ignore[reportArgumentType]
    return file.getvalue()


def repacked(stored: bytes, change: Callable[[str, bytes], bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    """The same archive with its files changed, or compressed."""
    other = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(stored)) as before, zipfile.ZipFile(other, "w", how) as after:
        for file in before.infolist():
            after.writestr(file.filename, change(file.filename, before.read(file)))
    return other.getvalue()


def as_it_is(_name: str, content: bytes) -> bytes:
    return content


def enlarged(name: str, content: bytes) -> bytes:
    """A storage of 300 numbers says that it has 2³⁰."""
    whole, huge = b"M" + (300).to_bytes(2, "little"), b"J" + (2**30).to_bytes(4, "little")
    return content.replace(whole, huge) if name.endswith("data.pkl") else content


def instead(pickle_of: bytes) -> Callable[[str, bytes], bytes]:
    """The archive's pickle replaced."""
    return lambda name, content: pickle_of if name.endswith("data.pkl") else content


def header(**entries: object) -> bytes:
    """A safetensors file of this header alone."""
    text = json.dumps(entries).encode()
    return len(text).to_bytes(8, "little") + text


WEIGHTS = {"a": torch.arange(6.0).reshape(2, 3), "b.c": torch.ones(1)}
WRAPPED: dict[str, object] = {
    "state_dict": {"state_dict": WEIGHTS, "epoch": 3},
    "model_state_dict": {"model_state_dict": WEIGHTS, "optimizer_state_dict": {"lr": 0.1}},
    "model": {"model": WEIGHTS},
    "DataParallel": {f"module.{name}": tensor for name, tensor in WEIGHTS.items()},
    "compiled, Lightning": {"state_dict": {f"model._orig_mod.{name}": t for name, t in WEIGHTS.items()}},
    **{
        name: {"epoch": 3, name: WEIGHTS, "optimizer": {"state": {0: {"exp_avg": torch.ones(99)}}}}
        for name in ("net", "params", "model_state", "network", "state", "best_weights_so_far")
    },
    "beside an epoch": {**WEIGHTS, "epoch": 3, "b.loss": 0.5},
    "a pair": (WEIGHTS, 3),
    "a list": [{"lr": 0.1}, WEIGHTS],
    "numbered": {0: WEIGHTS},
    "a list of checkpoints": {"checkpoints": [WEIGHTS]},
    "averaged": {"n_averaged": torch.tensor(3), **{f"module.{name}": t for name, t in WEIGHTS.items()}},
    "deep": {"checkpoint": {"run": {"net": WEIGHTS}}},
    "beside random numbers": {"rng": {"cpu": torch.zeros(5_056, dtype=torch.uint8)}, "net": WEIGHTS},
    "beside a smaller part": {"scaler": {"a.scale": torch.ones(1)}, "net": WEIGHTS},
    "twice": {"net": WEIGHTS, "ema": {name: 2 * tensor for name, tensor in WEIGHTS.items()}},
    **{
        prefix: {f"{prefix}{name}": tensor for name, tensor in WEIGHTS.items()}
        for prefix in (
            "net.",
            "model.",
            "net.model.module.",
            "module.net.",
            "model._orig_mod.module.",
            "cnn.",
        )
    },
    "parameters": {name: torch.nn.Parameter(tensor) for name, tensor in WEIGHTS.items()},
    "double": {name: tensor.double() for name, tensor in WEIGHTS.items()},
    "half": {name: tensor.half() for name, tensor in WEIGHTS.items()},
    "bfloat16": {name: tensor.bfloat16() for name, tensor in WEIGHTS.items()},
    "turned": {"a": WEIGHTS["a"].T.contiguous().T, "b.c": WEIGHTS["b.c"]},
}


@pytest.mark.parametrize("content", WRAPPED.values(), ids=WRAPPED)
def test_weights_are_found_however_other_programs_wrap_them(content: object) -> None:
    found = read(pickled(content)).tensors
    assert found.keys() == WEIGHTS.keys()
    assert all(torch.equal(found[name], WEIGHTS[name]) for name in WEIGHTS)
    assert {tensor.dtype for tensor in found.values()} == {torch.float32}


@pytest.mark.parametrize("prefix", ["", "module.", "net.model."])
def test_an_mlps_own_names_which_all_begin_alike_are_kept(prefix: str) -> None:
    state = models.MLP(784, 4).state_dict()
    found = read(pickled({f"{prefix}{name}": tensor for name, tensor in state.items()})).tensors
    assert found.keys() == state.keys()


def test_a_lone_layer_keeps_its_name() -> None:
    assert read(pickled({"fc.weight": torch.ones(1), "fc.bias": torch.ones(1)})).tensors.keys() == {
        "fc.weight",
        "fc.bias",
    }


def test_a_checkpoint_that_holds_itself_ends() -> None:
    content: dict[str, object] = {"net": WEIGHTS, "epoch": 1}
    content |= {str(number): content for number in range(1_000)}
    assert read(pickled(content)).tensors.keys() == WEIGHTS.keys()


def test_weights_that_share_memory_are_parted() -> None:
    tensor = torch.ones(3)
    first, second = read(pickled({"a": tensor, "b": tensor})).tensors.values()
    assert first.untyped_storage().data_ptr() != second.untyped_storage().data_ptr()


def test_half_precision_is_read_from_safetensors_too() -> None:
    file = save({"a": torch.tensor([0.5, 1.5], dtype=torch.bfloat16)}, {"class": "X"})
    assert read(file).tensors["a"].tolist() == [0.5, 1.5]
    assert read(file).tensors["a"].dtype == torch.float32
    assert read(file).metadata == {"class": "X"}


@pytest.mark.parametrize("beginning", [b"PK", b"\x80"])
def test_a_safetensors_file_may_begin_like_another_kind(beginning: bytes) -> None:
    length = int.from_bytes(beginning, "little")
    bare = len(save(WEIGHTS, {"a": ""})) - sum(tensor.nbytes for tensor in WEIGHTS.values()) - 8
    data = save(WEIGHTS, {"a": "x" * (length + 2**16 * (length < bare) - bare)})
    assert data.startswith(beginning)
    assert read(data).tensors.keys() == WEIGHTS.keys()


class Trap:
    """What runs a command when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, ("touch /tmp/dlviz-was-here",)


def nested(depth: int) -> bytes:
    """A pickle of lists in lists in lists."""
    return b"\x80\x02" + b"]" * depth + b"a" * (depth - 1) + b"."


BAD = {
    "nothing": (b"", "neither a safetensors file nor one that torch.save wrote"),
    "zeros": (b"\0" * 100, "neither a safetensors file"),
    "no archive": (b"PK" + b"\0" * 100, "cut or damaged"),
    "cut safetensors": (save(WEIGHTS)[:-10], "neither a safetensors file"),
    "a header of any length": (b"\xff" * 8 + b"{}", "neither a safetensors file"),
    "a shape of any size": (
        header(a={"dtype": "F32", "shape": [2**40, 2**40], "data_offsets": [0, 4]}),
        "neither a safetensors file",
    ),
    "metadata that are no text": (header(__metadata__={"class": 1}), "neither a safetensors file"),
    "cut archive": (pickled(WEIGHTS)[:-300], "cut or damaged"),
    "cut to the half": (pickled(models.SimpleCNN().state_dict())[:700_000], "cut or damaged"),
    "a whole model": (pickled(models.SimpleCNN()), "holds more than weights"),
    "a trap": (pickled({"a": Trap()}), "holds more than weights"),
    "a trap alone": (pickle.dumps(Trap()), "a pickle, which is not opened"),
    "a trap in an archive": (
        repacked(pickled(WEIGHTS), instead(pickle.dumps(Trap(), 2))),
        "more than weights",
    ),
    "nested without an end": (repacked(pickled(WEIGHTS), instead(nested(100_000))), "holds no state_dict"),
    "an empty stack": (repacked(pickled(WEIGHTS), instead(b"\x80\x02a.")), "holds more than weights"),
    "torch.save of 2019": (pickled(WEIGHTS, _use_new_zipfile_serialization=False), "if PyTorch 1.6 or newer"),
    "a list": (pickled([1, 2]), "holds no state_dict"),
    "numbers": (pickled({"a": 1}), "holds no state_dict"),
    "numbered": (pickled({1: torch.zeros(1)}), "holds no state_dict"),
    "no weights": (pickled({}), "no weights in it"),
    "stretched": (pickled({"a": torch.zeros(1).expand(10**11)}), "more than 4,000,000 numbers"),
    "a storage that says too much": (repacked(pickled({"a": torch.zeros(300)}), enlarged), "holds more than"),
    "many numbers": (save({"a": torch.zeros(4_000_001, dtype=torch.int8)}), "more than 4,000,000 numbers"),
    "sparse": (pickled({"a": torch.eye(3).to_sparse()}), "a is no plain tensor"),
    "without values": (pickled({"a": torch.zeros(3, device="meta")}), "a is no plain tensor with values"),
    "complex": (pickled({"a": torch.zeros(3, dtype=torch.complex64)}), r"of the type torch\.complex64"),
    "complex safetensors": (save({"a": torch.zeros(3, dtype=torch.complex64)}), r"type torch\.complex64"),
    "not a number": (pickled({"a": torch.tensor([1, torch.nan])}), "no finite numbers"),
    "infinite in half": (save({"a": torch.tensor([torch.inf]).half()}), "no finite numbers"),
    "too large for float32": (save({"a": torch.tensor([1e300], dtype=torch.float64)}), "no finite numbers"),
    "packed": (
        repacked(pickled({"a": torch.zeros(5_000_000)}), as_it_is, zipfile.ZIP_DEFLATED),
        "unpacks to more than 15 MB",
    ),
    "too large": (b"\0" * (uploaded.LARGEST + 1), "larger than 15 MB"),
}


@pytest.mark.parametrize(("data", "sentence"), BAD.values(), ids=BAD)
def test_files_that_hold_no_weights_are_refused_and_run_nothing(data: bytes, sentence: str) -> None:
    with pytest.raises(BadUpload, match=sentence):
        read(data)
    assert not os.path.exists("/tmp/dlviz-was-here")


@pytest.mark.parametrize("write", [save, pickled])
def test_whichever_byte_is_wrong_there_is_a_sentence_or_numbers(
    write: Callable[[dict[str, Tensor]], bytes],
) -> None:
    data = write(WEIGHTS)
    random = torch.Generator().manual_seed(0)
    for _ in range(300):
        at, value = (int(torch.randint(high, (1,), generator=random)) for high in (len(data), 256))
        try:
            found = read(data[:at] + bytes([value]) + data[at + 1 :])
        except BadUpload:
            continue
        assert all(tensor.isfinite().all() for tensor in found.tensors.values())


def test_a_torchscript_file_is_refused_as_what_it_is_and_torch_is_not_asked(
    recwarn: pytest.WarningsRecorder,
) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:  # the files of torch.jit.save
        for name in ("data.pkl", "constants.pkl", "code/__torch__/net.py", "version"):
            archive.writestr(f"archive/{name}", b"")
    with pytest.raises(BadUpload, match=r"^This is a TorchScript file, .* model\.state_dict\(\) instead\.$"):
        read(file.getvalue())
    assert not recwarn.list
