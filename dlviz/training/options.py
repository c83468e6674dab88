"""What a run may choose from: its tasks, their networks and the sizes of these, optimizers and schedules."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """A network's size: what it is unless chosen, and between which bounds it may be chosen."""

    usual: int
    least: int
    most: int


@dataclass(frozen=True)
class Choice:
    """What may be chosen of a network: its sizes, and whether dropout and batch norm are to be had."""

    sizes: Mapping[str, Size]
    dropout: bool = False
    batch_norm: bool = False


_HIDDEN = Size(128, 1, 1024)
NETWORKS: Mapping[str, Choice] = {
    "SimpleCNN": Choice({}, dropout=True, batch_norm=True),
    "ColourCNN": Choice({}, dropout=True, batch_norm=True),
    "MLP": Choice({"hidden_size": _HIDDEN, "depth": Size(1, 1, 8)}, dropout=True, batch_norm=True),
    "SimpleRNN": Choice({"hidden_size": _HIDDEN}),
    "GRUModel": Choice({"hidden_size": _HIDDEN}),
    "LSTMModel": Choice({"hidden_size": _HIDDEN, "num_layers": Size(1, 1, 4)}),
    "DigitTransformer": Choice(
        {"embed_size": Size(64, 8, 256), "heads": Size(4, 1, 16), "depth": Size(3, 1, 8)}, dropout=True
    ),
    "TextClassifier": Choice({"embed_dim": Size(50, 2, 300), "hidden_dim": Size(64, 2, 512)}),
    "CharacterLSTM": Choice(
        {"embed_dim": Size(32, 2, 256), "hidden_size": Size(128, 2, 1024), "num_layers": Size(1, 1, 3)}
    ),
}
_PICTURES = ("SimpleCNN", "MLP", "SimpleRNN", "GRUModel", "LSTMModel", "DigitTransformer")
# The first network of a task is its usual one.
TASKS: Mapping[str, tuple[str, ...]] = {
    "digits": _PICTURES,
    "fashion": _PICTURES,
    "drawings": _PICTURES,
    "cifar10": ("ColourCNN", "MLP"),
    "sentiment": ("TextClassifier",),
    "table": ("TextClassifier",),
    "text": ("CharacterLSTM",),
}
PICTURES = ("digits", "fashion", "drawings", "cifar10")
# These have data of their own to be tested on, beside what is held out.
TESTED = ("digits", "fashion", "cifar10", "sentiment")
OPTIMIZERS = ("SGD", "momentum", "Nesterov", "Adam", "AdamW", "RMSprop")
SCHEDULERS = (
    "none",
    "StepLR",
    "MultiStep",
    "exponential",
    "cosine",
    "one-cycle",
    "reduce-on-plateau",
    "warm-up",
)
DEVICES = ("cpu", "cuda")
