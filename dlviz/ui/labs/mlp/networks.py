"""Networks of the MLP lab: the lesson's MLP with trained or random weights, or that of a training run."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt
from typing import TYPE_CHECKING

from dlviz.ui.labs.mlp.state import LAB, State
from dlviz.ui.runs import opening, weights_choice
from dlviz.ui.runs.loaded_network import LoadedNetwork
from dlviz.ui.server import model_cache

if TYPE_CHECKING:
    from torch import nn

TRAINED, CNN = "mlp", "simple_cnn"  # the weights files
DIGITS = tuple("0123456789")  # the classes of the lesson's own networks
SIDE = 28  # of a drawing


@dataclass(frozen=True)
class HiddenLayer:
    """Names of a hidden layer's parts, as a trace records them.

    Args:
        reads: what goes in.
        linear, norm, relu: its sums; those normed, empty without batch norm; what ReLU lets through.
    """

    reads: str
    linear: str
    norm: str
    relu: str


@dataclass(frozen=True, eq=False)
class FullyConnectedNetwork(LoadedNetwork):
    """An MLP for drawings.

    Its provenance has no full stop: more follows on the same line.

    Args:
        seed: of its random weights; None where they were trained.
    """

    seed: int | None = None

    @property
    def hidden_layers(self) -> list[HiddenLayer]:
        """Its hidden layers, the first first."""
        return hidden_layers(self.model)

    @property
    def output(self) -> str:
        """Name of its last layer, whose sums are the logits."""
        return output(self.model)

    @property
    def reads_digits(self) -> bool:
        """True if its classes are the ten digits."""
        return self.classes == DIGITS

    @property
    def can_tell_digits(self) -> bool:
        """True if its answers can be compared with those of a network that was trained on digits."""
        return self.reads_digits and self.seed is None


def hidden_layers(model: nn.Module) -> list[HiddenLayer]:
    """The hidden layers of an MLP, the first first."""
    from torch import nn

    found, reads = [], ""
    linear = norm = ""
    for name, layer in model.named_modules():
        match layer:
            case nn.Linear():
                linear, norm = name, ""
            case nn.BatchNorm1d():
                norm = name
            case nn.ReLU():
                found.append(HiddenLayer(reads, linear, norm, name))
        if isinstance(layer, nn.Flatten | nn.Dropout):
            reads = name
    return found


def output(model: nn.Module) -> str:
    """Name of an MLP's last layer."""
    return list(dict(model.named_modules()))[-1]


def load_network(state: State) -> FullyConnectedNetwork:
    """The network that is chosen.

    Raises: BadWeights if its weights are missing or damaged, or are of a network that this lab cannot show.
    """
    if state.weights == "run":
        return _of_run(state)
    if state.weights == "random":
        model, seed = model_cache.untrained("MLP", state.seed), state.seed
        return FullyConnectedNetwork(model, f"Random weights, seed {seed}: never trained", DIGITS, seed=seed)
    model = model_cache.trained(TRAINED)
    result = f"Trained on MNIST: {model_cache.result(TRAINED)}"
    return FullyConnectedNetwork(model, result, DIGITS, f"{TRAINED}.safetensors")


def _of_run(state: State) -> FullyConnectedNetwork:
    from dlviz.weights import BadWeights

    found = opening.open_run(state.run, str(LAB))
    model = found.checkpoint.model
    inputs = model.get_parameter("layers.1.weight").shape[1]
    if inputs != SIDE * SIDE:
        kind = "pictures in colour" if inputs % 3 == 0 and isqrt(inputs // 3) ** 2 * 3 == inputs else "inputs"
        raise BadWeights(
            f"This run’s network reads {kind} of {inputs:,} numbers; this lab’s drawings have {SIDE * SIDE}."
        )
    return FullyConnectedNetwork(
        model,
        weights_choice.provenance(found),
        tuple(found.checkpoint.classes),
        weights_choice.weights_file(found),
        from_run=True,
    )


def load_cnn() -> nn.Module:
    """The trained SimpleCNN, with which this lab's network is compared.

    Raises: BadWeights if its weights are missing or damaged.
    """
    return model_cache.trained(CNN)
