"""A learner's own weights: a `state_dict` of a network of the lesson, checked before it is used."""

import io
import pickle
import re
from collections.abc import Callable, Mapping
from functools import partial
from zipfile import BadZipFile, ZipFile

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import Tensor

from dlviz import weights
from dlviz.weights import Weights

LARGEST = 15_000_000  # bytes of a file
VALUES = 4_000_000  # numbers in it
WIDEST, DEEPEST = 20_000, 10  # sizes and layers of a network
LAYER = r"layers\.[1-9]\d?\.weight"
ZIP = b"PK"  # how a file of torch.save begins


class BadUpload(ValueError):
    """A file holds no weights that fit; the message says why, in a sentence for the learner."""


def read(data: bytes) -> dict[str, Tensor]:
    """The tensors of a safetensors file, or of a `.pt` file with a `state_dict` in it.

    Nothing in a file is ever run: a `.pt` is read with `weights_only=True`.

    Raises: BadUpload if it is too large, no such file, or holds something else than finite numbers.
    """
    if len(data) > LARGEST:
        raise BadUpload(f"The file is larger than {LARGEST // 1_000_000} MB.")
    content = _pickled(data) if data[:2] == ZIP else _plain(data)
    if not content:
        raise BadUpload("The file has no weights in it.")
    if sum(tensor.numel() for tensor in content.values()) > VALUES:
        raise BadUpload(f"The file has more than {VALUES:,} numbers in it.")
    for name, tensor in content.items():
        if tensor.layout != torch.strided or tensor.is_quantized:
            raise BadUpload(f"{name[:60]} is no plain tensor.")
        if tensor.is_floating_point() and not tensor.isfinite().all():
            raise BadUpload(f"{name[:60]} has values that are no finite numbers.")
    return {name: tensor.contiguous() for name, tensor in content.items()}


def _plain(data: bytes) -> dict[str, Tensor]:
    try:
        return load(data)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise BadUpload(
            "This is neither a safetensors file nor one that torch.save wrote, or it is damaged."
        ) from error


def _pickled(data: bytes) -> dict[str, Tensor]:
    try:
        # A packed file could unpack to any size; what torch.save writes is not packed.
        with ZipFile(io.BytesIO(data)) as archive:
            if sum(file.file_size for file in archive.infolist()) > LARGEST:
                raise BadUpload(f"The file unpacks to more than {LARGEST // 1_000_000} MB.")
        content = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except BadUpload:
        raise
    except (pickle.UnpicklingError, RuntimeError, BadZipFile, ValueError, KeyError, EOFError) as error:
        raise BadUpload(
            "This .pt file is damaged, or holds more than weights: save model.state_dict() alone."
        ) from error
    if not isinstance(content, Mapping) or not all(
        isinstance(name, str) and isinstance(tensor, Tensor) for name, tensor in content.items()
    ):
        raise BadUpload("This .pt file holds no state_dict: save model.state_dict().")
    return {name: tensor.detach() for name, tensor in content.items()}


def open_weights(data: bytes, class_name: str) -> Weights:
    """The weights of a network that the learner names, with everything that the labs need to open them.

    Args:
        data: of an uploaded file.
        class_name: of the network; its sizes are read from the weights' own shapes.
    Raises: BadUpload with one sentence for the first fault: a key that is missing, unknown or of another
        shape, or no such network.
    """
    if class_name not in SIZES:
        raise BadUpload(f"Weights of {class_name[:60]} cannot be brought in; there are {', '.join(SIZES)}.")
    state = read(data)
    given = Weights(class_name, SIZES[class_name](_Shapes(class_name, state)), {}, state)
    try:
        # Without memory at first: shapes that do not fit each other could ask for any amount of it.
        with torch.device("meta"):
            expected = weights.build(class_name, given.arguments).state_dict()
        weights.check(given, expected)
    except weights.BadWeights as error:
        raise BadUpload(str(error)) from error
    return given


class _Shapes:
    """The sizes that are written in the shapes of a network's weights."""

    def __init__(self, class_name: str, state: Mapping[str, Tensor]) -> None:
        self.class_name, self.state = class_name, state

    def size(self, name: str, dimension: int) -> int:
        """Of a weight in a dimension.

        Raises: BadUpload if it is missing or too large.
        """
        if name not in self.state:
            raise BadUpload(f"The weights have no {name}, which {self.class_name} needs.")
        shape = self.state[name].shape
        if len(shape) != 2 or not 0 < shape[dimension] <= WIDEST:
            raise BadUpload(f"{name} has shape {tuple(shape)}, which does not fit {self.class_name}.")
        return shape[dimension]

    def count(self, name: str) -> int:
        """How many layers there are whose weights are named so, with their number in it."""
        return next(number for number in range(DEEPEST + 1) if name.format(number) not in self.state)


def _classes(shapes: _Shapes) -> dict[str, object]:
    return {"num_classes": shapes.size("fc_layers.4.weight", 0)}


def _mlp(shapes: _Shapes) -> dict[str, object]:
    # A file need not hold the layers in their order.
    places = (int(name.split(".")[1]) for name in shapes.state if re.fullmatch(LAYER, name))
    names = [f"layers.{place}.weight" for place in sorted(places)]
    linear = [name for name in names if shapes.state[name].dim() == 2][: DEEPEST + 1]
    last = linear[-1] if linear else "layers.1.weight"
    return {
        "input_size": shapes.size("layers.1.weight", 1),
        "hidden_size": shapes.size("layers.1.weight", 0),
        "depth": len(linear) - 1,
        "num_classes": shapes.size(last, 0),
        "batch_norm": "layers.2.running_mean" in shapes.state,
    }


def _steps(shapes: _Shapes, name: str) -> dict[str, object]:
    return {
        "input_size": shapes.size(f"{name}.weight_ih_l0", 1),
        "hidden_size": shapes.size(f"{name}.weight_hh_l0", 1),
        "output_size": shapes.size("fc.weight", 0),
    }


def _lstm(shapes: _Shapes) -> dict[str, object]:
    return {**_steps(shapes, "lstm"), "num_layers": shapes.count("lstm.weight_hh_l{}")}


def _text(shapes: _Shapes) -> dict[str, object]:
    return {
        "vocab_size": shapes.size("embedding.weight", 0),
        "embed_dim": shapes.size("embedding.weight", 1),
        "hidden_dim": shapes.size("lstm.weight_hh_l0", 1),
        "output_dim": shapes.size("fc.weight", 0),
    }


def _writer(shapes: _Shapes) -> dict[str, object]:
    return {
        "vocab_size": shapes.size("embedding.weight", 0),
        "embed_dim": shapes.size("embedding.weight", 1),
        "hidden_size": shapes.size("lstm.weight_hh_l0", 1),
        "num_layers": shapes.count("lstm.weight_hh_l{}"),
    }


def _transformer(shapes: _Shapes) -> dict[str, object]:
    # The heads share their matrices, so no shape tells how many there are: as many as usual.
    return {
        "embed_size": shapes.size("embed.weight", 0),
        "depth": shapes.count("blocks.{}.attention.queries.weight"),
        "num_classes": shapes.size("fc.weight", 0),
    }


SIZES: Mapping[str, Callable[[_Shapes], dict[str, object]]] = {
    "SimpleCNN": _classes,
    "SimpleCNNBatchNorm": _classes,
    "ColourCNN": _classes,
    "ColourCNNBatchNorm": _classes,
    "MLP": _mlp,
    "SimpleRNN": partial(_steps, name="rnn"),
    "GRUModel": partial(_steps, name="gru"),
    "LSTMModel": _lstm,
    "TextClassifier": _text,
    "CharacterLSTM": _writer,
    "DigitTransformer": _transformer,
}
