"""The networks that a run can train and the labs can open: one entry each for the classes of `dlviz.models`.

No torch is imported, so that a config can be checked, and pages listed, before anything heavy is loaded.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from math import isqrt
from typing import Literal

WIDEST, DEEPEST = 20_000, 10  # sizes and layers of a network that is read from shapes
PICTURES = ("digits", "fashion", "drawings", "cifar10")  # tasks whose inputs are pictures


class BadShapes(ValueError):
    """Weights whose shapes are no network's; the message is one sentence for the learner."""


@dataclass(frozen=True)
class Shapes:
    """Shapes of a network's weights, by their names in its `state_dict`."""

    class_name: str
    of: Mapping[str, tuple[int, ...]]

    def size(self, name: str, dimension: int) -> int:
        """Size of a weight matrix in a dimension.

        Raises: BadShapes if it is missing, no matrix, or too large.
        """
        if name not in self.of:
            raise BadShapes(f"The weights have no {name}, which {self.class_name} needs.")
        shape = self.of[name]
        if len(shape) != 2 or not 0 < shape[dimension] <= WIDEST:
            raise BadShapes(f"{name} has shape {shape}, which does not fit {self.class_name}.")
        return shape[dimension]

    def count(self, name: str) -> int:
        """Number of layers whose weights are named so, such as `lstm.weight_hh_l{}` with a number in it."""
        return next(number for number in range(DEEPEST + 1) if name.format(number) not in self.of)


Arguments = dict[str, object]
# Pictures as a network must be told of them, if it is not built for the first kind alone.
DRAWING, PHOTOGRAPH = {"colours": 1, "side": 28}, {"colours": 3, "side": 32}


@dataclass(frozen=True)
class Size:
    """A size of a network that may be chosen: its usual value, and its bounds."""

    usual: int
    least: int
    most: int


# Of SimpleCNN and ColourCNN: no wider than the lesson's, so that the labs know all their units.
CNN_SIZES = {"channels": Size(32, 4, 32), "hidden_size": Size(256, 4, 256)}


def _convolutional(shapes: Shapes, last_side: int) -> Arguments:
    """Arguments of a CNN whose last maps have this side: four of them for each channel of its first ones."""
    found = {
        "channels": shapes.size("fc_layers.1.weight", 1) // (4 * last_side**2),
        "hidden_size": shapes.size("fc_layers.1.weight", 0),
    }
    for name, value in found.items():
        size = CNN_SIZES[name]
        if not size.least <= value <= size.most:
            raise BadShapes(
                f"{shapes.class_name} has {name} from {size.least} to {size.most}, not {value:,}."
            )
    sizes = {name: value for name, value in found.items() if value != CNN_SIZES[name].usual}
    return {"num_classes": shapes.size("fc_layers.4.weight", 0), **sizes}


def _fully_connected(shapes: Shapes) -> Arguments:
    # A file need not hold the layers in their order.
    places = sorted(
        int(name.split(".")[1]) for name in shapes.of if re.fullmatch(r"layers\.[1-9]\d?\.weight", name)
    )
    names = [f"layers.{place}.weight" for place in places]
    linear = [name for name in names if len(shapes.of[name]) == 2][: DEEPEST + 1]
    last = linear[-1] if linear else "layers.1.weight"
    return {
        "input_size": shapes.size("layers.1.weight", 1),
        "hidden_size": shapes.size("layers.1.weight", 0),
        "depth": len(linear) - 1,
        "num_classes": shapes.size(last, 0),
        "batch_norm": "layers.2.running_mean" in shapes.of,
    }


def _one_recurrent_layer(shapes: Shapes, name: str) -> Arguments:
    return {
        "input_size": shapes.size(f"{name}.weight_ih_l0", 1),
        "hidden_size": shapes.size(f"{name}.weight_hh_l0", 1),
        "output_size": shapes.size("fc.weight", 0),
    }


def _lstm_layers(shapes: Shapes) -> Arguments:
    return {**_one_recurrent_layer(shapes, "lstm"), "num_layers": shapes.count("lstm.weight_hh_l{}")}


def _text_classifier(shapes: Shapes) -> Arguments:
    return {
        "vocab_size": shapes.size("embedding.weight", 0),
        "embed_dim": shapes.size("embedding.weight", 1),
        "hidden_dim": shapes.size("lstm.weight_hh_l0", 1),
        "output_dim": shapes.size("fc.weight", 0),
    }


def _character_lstm(shapes: Shapes) -> Arguments:
    return {
        "vocab_size": shapes.size("embedding.weight", 0),
        "embed_dim": shapes.size("embedding.weight", 1),
        "hidden_size": shapes.size("lstm.weight_hh_l0", 1),
        "num_layers": shapes.count("lstm.weight_hh_l{}"),
    }


def _transformer(shapes: Shapes) -> Arguments:
    # The heads share their matrices, so no shape tells how many there are.
    embed_size = shapes.size("embed.weight", 0)
    read = {
        "colours": shapes.size("embed.weight", 1) // 4**2,  # a patch has 4×4 pixels
        "side": 4 * isqrt(shapes.size("positions", 0) - 1),
    }
    if read not in (DRAWING, PHOTOGRAPH):
        raise BadShapes(
            f"{shapes.class_name} reads pictures of 28×28 in grey or of 32×32 in colour, not these."
        )
    return {
        "embed_size": embed_size,
        "depth": shapes.count("blocks.{}.attention.queries.weight"),
        "num_classes": shapes.size("fc.weight", 0),
        "forward_expansion": max(1, shapes.size("blocks.0.feed_forward.0.weight", 0) // embed_size),
        **({} if read == DRAWING else read),
    }


@dataclass(frozen=True)
class NetworkSpec:
    """One network of the lesson.

    Args:
        class_name: of the class in `dlviz.models`.
        title: for learners who choose a network to train; empty for a variant, which no one chooses.
        reads: kind of input: whole pictures, a picture's rows one after the other, words, or characters.
        arguments: from the shapes of its weights to the arguments of the class, as far as they tell.
        tasks: of `dlviz.training.options` that a run can train it on.
        labs: that open it with the weights of a run.
        drawings_only: true if its labs show it only where it reads drawings, which have one colour.
        sizes: arguments of the class that may be chosen.
        sized_by_class: true if the class has the usual sizes of itself, so that a run names only others.
        dropout, batch_norm: true if a run may choose them.
        variant_of: the network whose variant it is, with other dropout or batch norm.
        dropout_variant, batch_norm_variant: classes that have another dropout, or batch norm; empty where
            the class itself takes them.
        first_look: the part that the time machine shows of it at first.
        script: template in `assets/scripts/networks` for a run's script; empty for a variant, which has its
            network's.
        checkpoint_script: template there for a script about its checkpoints.
        layer: name of its recurrent layer in PyTorch, such as LSTM.
        flattens: true if it reads a picture as one list of numbers, and must be told how many.
        cuts: true if it cuts a picture into patches, and must be told if it is none like DRAWING.
        layers: those with weights, by their names in the class, in order; empty where no run may freeze some.
        starts: weights files of the project from which a run may start, without their last layer.
    """

    class_name: str
    title: str
    reads: Literal["pictures", "rows", "words", "characters"]
    arguments: Callable[[Shapes], Arguments]
    tasks: tuple[str, ...] = ()
    labs: tuple[str, ...] = ()
    drawings_only: bool = False
    sizes: Mapping[str, Size] = field(default_factory=dict)
    sized_by_class: bool = False
    dropout: bool = False
    batch_norm: bool = False
    variant_of: str = ""
    dropout_variant: str = ""
    batch_norm_variant: str = ""
    first_look: Literal["maps", "attention", "gates"] = "maps"
    script: str = ""
    checkpoint_script: str = "asked_recurrent"
    layer: str = ""
    flattens: bool = False
    cuts: bool = False
    layers: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()


_GREY = ("digits", "fashion", "drawings")
_HIDDEN = Size(128, 1, 1024)
_CNN = partial(
    NetworkSpec,
    reads="pictures",
    arguments=partial(_convolutional, last_side=3),
    labs=("cnn",),
    dropout=True,
    batch_norm=True,
    checkpoint_script="asked_layers",
)
_BY_ROWS = partial(
    NetworkSpec,
    reads="rows",
    tasks=(*_GREY, "memory"),
    labs=("rnn",),
    first_look="gates",
    script="recurrent",
)
NETWORKS: Mapping[str, NetworkSpec] = {
    spec.class_name: spec
    for spec in (
        _CNN(
            "SimpleCNN",
            "CNN (the lesson’s SimpleCNN)",
            tasks=_GREY,
            sizes=CNN_SIZES,
            sized_by_class=True,
            dropout_variant="SimpleCNNDropout",
            batch_norm_variant="SimpleCNNBatchNorm",
            script="convolutional",
            layers=("conv_layers.0", "conv_layers.3", "conv_layers.6", "fc_layers.1", "fc_layers.4"),
            starts=("simple_cnn", "simple_cnn_digits_0_to_4", "simple_cnn_clothes"),
        ),
        _CNN("SimpleCNNDropout", "", variant_of="SimpleCNN"),
        _CNN("SimpleCNNBatchNorm", "", variant_of="SimpleCNN"),
        _CNN(
            "ColourCNN",
            "CNN for colour (ColourCNN)",
            arguments=partial(_convolutional, last_side=4),
            tasks=("cifar10",),
            sizes=CNN_SIZES,
            sized_by_class=True,
            batch_norm_variant="ColourCNNBatchNorm",
            script="convolutional",
        ),
        _CNN(
            "ColourCNNBatchNorm", "", arguments=partial(_convolutional, last_side=4), variant_of="ColourCNN"
        ),
        NetworkSpec(
            "MLP",
            "MLP: fully connected layers",
            "pictures",
            _fully_connected,
            tasks=PICTURES,
            labs=("mlp",),
            drawings_only=True,
            sizes={"hidden_size": _HIDDEN, "depth": Size(1, 1, 8)},
            dropout=True,
            batch_norm=True,
            script="mlp",
            checkpoint_script="asked_layers",
            flattens=True,
        ),
        _BY_ROWS(
            "LSTMModel",
            "LSTM, step by step",
            arguments=_lstm_layers,
            sizes={"hidden_size": _HIDDEN, "num_layers": Size(1, 1, 4)},
            layer="LSTM",
        ),
        _BY_ROWS(
            "GRUModel",
            "GRU, step by step",
            arguments=partial(_one_recurrent_layer, name="gru"),
            sizes={"hidden_size": _HIDDEN},
            layer="GRU",
        ),
        _BY_ROWS(
            "SimpleRNN",
            "RNN, step by step",
            arguments=partial(_one_recurrent_layer, name="rnn"),
            sizes={"hidden_size": _HIDDEN},
            layer="RNN",
        ),
        NetworkSpec(
            "DigitTransformer",
            "Transformer over patches",
            "pictures",
            _transformer,
            tasks=PICTURES,
            labs=("attention", "block"),
            drawings_only=True,
            sizes={"embed_size": Size(64, 8, 256), "heads": Size(4, 1, 16), "depth": Size(3, 1, 8)},
            dropout=True,
            first_look="attention",
            cuts=True,
            script="transformer",
            checkpoint_script="asked_transformer",
        ),
        NetworkSpec(
            "TextClassifier",
            "Bidirectional LSTM (TextClassifier)",
            "words",
            _text_classifier,
            tasks=("reviews", "sentiment", "table"),
            labs=("text",),
            sizes={"embed_dim": Size(50, 2, 300), "hidden_dim": Size(64, 2, 512)},
            first_look="gates",
            script="text_classifier",
            layer="LSTM",
        ),
        NetworkSpec(
            "CharacterLSTM",
            "Character LSTM",
            "characters",
            _character_lstm,
            tasks=("text",),
            labs=("generate",),
            sizes={
                "embed_dim": Size(32, 2, 256),
                "hidden_size": Size(128, 2, 1024),
                "num_layers": Size(1, 1, 3),
            },
            first_look="gates",
            script="character_lstm",
            layer="LSTM",
        ),
    )
}


def networks_of(task: str) -> tuple[str, ...]:
    """Networks that can learn a task; the first is its usual one."""
    return tuple(name for name, spec in NETWORKS.items() if task in spec.tasks)
