"""The lesson's two tables and its four exercises, each entry a door into a lab."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dlviz.ui.lesson_map.doors import Door


@dataclass(frozen=True)
class Cell:
    """A text, and the situation that shows it."""

    text: str
    door: Door


@dataclass(frozen=True)
class Table:
    """Rows of cells under their heads."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Exercise:
    """Something to build, and the lab in which to begin."""

    title: str
    task: str
    door: Door


ARCHITECTURES = Table(
    "Which architecture for what",
    ["Architecture", "Best for", "Key feature"],
    [
        [
            Cell("CNN", Door("cnn")),
            Cell(
                "Images and other data in space", Door("mlp", {"sample": "5", "panel": "shift", "shift": "5"})
            ),
            Cell("Local patterns, found by convolution", Door("cnn", {"sample": "0", "panel": "unit"})),
        ],
        [
            Cell("RNN, LSTM", Door("rnn")),
            Cell("Sequences and time series", Door("rnn", {"input": "series"})),
            Cell("A memory of what came before", Door("rnn", {"networks": "lstm", "what": "forget"})),
        ],
        [
            Cell("Transformer", Door("block")),
            Cell("Text, or any other sequence", Door("block", {"part": "write"})),
            Cell("Attention", Door("attention")),
        ],
        [
            Cell("Transfer learning", Door("transfer")),
            Cell("A few examples of your own", Door("transfer", {"view": "own"})),
            Cell("A start from a trained network", Door("transfer", {"view": "few"})),
        ],
    ],
)
PARTS = Table(
    "What each part is for",
    ["Part", "Purpose"],
    [
        [
            Cell("Convolution", Door("convolution")),
            Cell("Extracts features", Door("convolution", {"kernel": "learned"})),
        ],
        [
            Cell("Pooling", Door("cnn", {"sample": "0", "select": "conv_layers.2:8:11:7"})),
            Cell("Reduces the size", Door("cnn", {"sample": "0", "select": "conv_layers.5:52:4:3"})),
        ],
        [
            Cell("ReLU", Door("cnn", {"sample": "0", "select": "conv_layers.1:19:15:15"})),
            Cell("Adds non-linearity", Door("depth", {"view": "regions"})),
        ],
        [
            Cell("Dropout", Door("cnn", {"sample": "0", "panel": "dropout", "training": "on"})),
            Cell("Regularises", Door("training", {"view": "compare", "experiment": "dropout"})),
        ],
        [
            Cell("Batch norm", Door("cnn", {"sample": "0", "weights": "normed", "panel": "norm"})),
            Cell("Stabilises training", Door("training", {"view": "compare", "experiment": "batch-norm"})),
        ],
    ],
)
TABLES = (ARCHITECTURES, PARTS)
EXERCISES = (
    Exercise(
        "A CNN for CIFAR-10",
        "Train a network on photographs in ten classes. Which classes does it mix up?",
        # Settings of a run of about a minute, as the lab itself proposes them.
        Door("training", {"task": "cifar10", "model": "ColourCNN", "samples": "5000", "panel": "confusion"}),
    ),
    Exercise(
        "An LSTM that writes",
        "Train a network on novels, character by character. When does it begin to spell?",
        Door(
            "training",
            {"task": "text", "model": "CharacterLSTM", "samples": "1500", "epochs": "4", "batch_size": "16"},
        ),
    ),
    Exercise(
        "Fine-tune BERT",
        "Teach a trained BERT your own labels. How much of it has to change?",
        Door("finetune"),
    ),
    Exercise(
        "CNN against transformer",
        "Let both learn the same pictures. Predict who leads, and by how much.",
        Door("race"),
    ),
)
