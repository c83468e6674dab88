"""Every network that can be brought in, as a run has it, with random weights."""

from typing import Any

from dlviz import weights
from dlviz.data.novels import ALPHABET
from dlviz.training.config import TrainingConfig
from dlviz.training.state import Progress, State

WORDS = ["<pad>", "<unk>", "good", "bad", "naïve", "🎉"]
LETTERS = {"classes": list(ALPHABET), "alphabet": ALPHABET}
HOUSES = ["house", "“tree”", "<b>"]
# Each network, the task that it learned, and what its answers mean.
NETWORKS: list[tuple[str, dict[str, Any], str, dict[str, object]]] = [
    ("SimpleCNN", {"num_classes": 3}, "drawings", {"classes": HOUSES}),
    ("SimpleCNNDropout", {"num_classes": 10, "dropout": 0.1}, "fashion", {"classes": list("abcdefghij")}),
    ("SimpleCNNBatchNorm", {"num_classes": 10}, "digits", {"classes": list("0123456789")}),
    ("ColourCNN", {"num_classes": 2}, "cifar10", {"classes": ["cat", "dog"]}),
    ("ColourCNNBatchNorm", {"num_classes": 10, "dropout": 0.2}, "cifar10", {"classes": list("0123456789")}),
    (
        "MLP",
        {
            "input_size": 784,
            "hidden_size": 5,
            "depth": 3,
            "num_classes": 3,
            "dropout": 0.3,
            "batch_norm": True,
        },
        "digits",
        {"classes": HOUSES},
    ),
    (
        "MLP",
        {"input_size": 3072, "hidden_size": 5, "depth": 1, "num_classes": 2},
        "cifar10",
        {"classes": ["cat", "dog"]},
    ),
    ("SimpleRNN", {"input_size": 28, "hidden_size": 4, "output_size": 3}, "drawings", {"classes": HOUSES}),
    ("GRUModel", {"input_size": 28, "hidden_size": 4, "output_size": 3}, "digits", {"classes": HOUSES}),
    (
        "LSTMModel",
        {"input_size": 28, "hidden_size": 4, "num_layers": 2, "output_size": 3},
        "fashion",
        {"classes": HOUSES},
    ),
    (
        "DigitTransformer",
        {"embed_size": 24, "heads": 3, "depth": 2, "num_classes": 3, "dropout": 0.0, "forward_expansion": 2},
        "digits",
        {"classes": HOUSES},
    ),
    (
        "TextClassifier",
        {"vocab_size": 6, "embed_dim": 3, "hidden_dim": 4, "output_dim": 2},
        "table",
        {"classes": ["blame", "praise"], "vocabulary": WORDS},
    ),
    (
        "CharacterLSTM",
        {"vocab_size": 76, "embed_dim": 3, "hidden_size": 4, "num_layers": 2},
        "text",
        LETTERS,
    ),
    (
        "DigitTransformer",
        {
            "embed_size": 24,
            "heads": 4,
            "depth": 1,
            "num_classes": 2,
            "dropout": 0.0,
            "forward_expansion": 2,
            "colours": 3,
            "side": 32,
        },
        "cifar10",
        {"classes": ["cat", "dog"]},
    ),
]
NAMES = [f"{name} {task}" for name, _, task, _ in NETWORKS]
Network = tuple[str, dict[str, Any], str, dict[str, object]]
TRANSFORMER, TEXT = NETWORKS[10], NETWORKS[11]


def state_of(network: Network) -> State:
    """A run's state with random weights."""
    name, arguments, task, facts = network
    model = weights.build(name, arguments, seed=5)
    config = TrainingConfig(task=task, model=name.removesuffix("Dropout").removesuffix("BatchNorm"))
    progress = Progress(step=7)
    return State(config, name, arguments, facts, progress, model.state_dict(), {}, {}, {})
