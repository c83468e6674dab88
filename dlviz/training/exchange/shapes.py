"""The sizes of a network, read from the shapes of its weights."""

import re
from collections.abc import Callable, Mapping
from functools import partial

from torch import Tensor

from dlviz.training.exchange.uploaded import BadUpload

WIDEST, DEEPEST = 20_000, 10  # sizes and layers of a network
LAYER = r"layers\.[1-9]\d?\.weight"


class Shapes:
    """The shapes of a network's weights, by their names."""

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


def _classes(shapes: Shapes) -> dict[str, object]:
    return {"num_classes": shapes.size("fc_layers.4.weight", 0)}


def _mlp(shapes: Shapes) -> dict[str, object]:
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


def _steps(shapes: Shapes, name: str) -> dict[str, object]:
    return {
        "input_size": shapes.size(f"{name}.weight_ih_l0", 1),
        "hidden_size": shapes.size(f"{name}.weight_hh_l0", 1),
        "output_size": shapes.size("fc.weight", 0),
    }


def _lstm(shapes: Shapes) -> dict[str, object]:
    return {**_steps(shapes, "lstm"), "num_layers": shapes.count("lstm.weight_hh_l{}")}


def _text(shapes: Shapes) -> dict[str, object]:
    return {
        "vocab_size": shapes.size("embedding.weight", 0),
        "embed_dim": shapes.size("embedding.weight", 1),
        "hidden_dim": shapes.size("lstm.weight_hh_l0", 1),
        "output_dim": shapes.size("fc.weight", 0),
    }


def _writer(shapes: Shapes) -> dict[str, object]:
    return {
        "vocab_size": shapes.size("embedding.weight", 0),
        "embed_dim": shapes.size("embedding.weight", 1),
        "hidden_size": shapes.size("lstm.weight_hh_l0", 1),
        "num_layers": shapes.count("lstm.weight_hh_l{}"),
    }


def _transformer(shapes: Shapes) -> dict[str, object]:
    # The heads share their matrices, so no shape tells how many there are.
    embed_size = shapes.size("embed.weight", 0)
    return {
        "embed_size": embed_size,
        "depth": shapes.count("blocks.{}.attention.queries.weight"),
        "num_classes": shapes.size("fc.weight", 0),
        "forward_expansion": max(1, shapes.size("blocks.0.feed_forward.0.weight", 0) // embed_size),
    }


SIZES: Mapping[str, Callable[[Shapes], dict[str, object]]] = {
    "SimpleCNN": _classes,
    "SimpleCNNDropout": _classes,
    "SimpleCNNBatchNorm": _classes,
    "ColourCNN": _classes,
    "ColourCNNBatchNorm": _classes,
    "MLP": _mlp,
    "SimpleRNN": partial(_steps, name="rnn"),
    "GRUModel": partial(_steps, name="gru"),
    "LSTMModel": _lstm,
    "DigitTransformer": _transformer,
    "TextClassifier": _text,
    "CharacterLSTM": _writer,
}
