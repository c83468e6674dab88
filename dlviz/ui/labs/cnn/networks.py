"""Networks of the CNN lab: SimpleCNN trained, with batch norm or without, or random, or that of a run."""

from __future__ import annotations

from dataclasses import dataclass

from dlviz.networks import NETWORKS
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.components.unit.selection import DIGITS
from dlviz.ui.components.wall import input_shape
from dlviz.ui.labs.cnn.state import LAB, NEED_RUN, State
from dlviz.ui.runs import opening, weights_choice
from dlviz.ui.runs.live_run import watch
from dlviz.ui.runs.loaded_network import LoadedNetwork
from dlviz.ui.server import model_cache

TRAINED, NORMED = "simple_cnn", "simple_cnn_batch_norm"  # the weights files


@dataclass(frozen=True, eq=False)
class ConvolutionalNetwork(LoadedNetwork):
    """A network with the layers of SimpleCNN or a variant of it.

    Its provenance has no full stop: more follows on the same line.

    Args:
        seed: of its random weights; None where they were trained.
    """

    seed: int | None = None

    @property
    def reads_digits(self) -> bool:
        """True if its classes are the ten digits."""
        return self.classes == DIGITS


def load_network(key: str, state: State) -> ConvolutionalNetwork:
    """The network of a key of `state.networks`.

    Raises: BadWeights if its weights are missing or damaged, or are of a network that this lab cannot show.
    """
    if key == "run":
        found = opening.open_run(state.run, str(LAB))
        return ConvolutionalNetwork(
            found.checkpoint.model,
            weights_choice.provenance(found),
            tuple(found.checkpoint.classes),
            weights_choice.weights_file(found),
            from_run=True,
        )
    if key == "random":
        model, seed = model_cache.untrained("SimpleCNN", state.seed), state.seed
        return ConvolutionalNetwork(model, f"Random weights, seed {seed}: never trained", DIGITS, seed=seed)
    name, kind = (NORMED, " with batch norm") if key == "normed" else (TRAINED, "")
    model = model_cache.trained(name)
    result = f"Trained{kind} on MNIST: {model_cache.result(name)}"
    return ConvolutionalNetwork(model, result, DIGITS, f"{name}.safetensors")


def sees_colours(state: State) -> bool:
    """True if the network of the learner's run is shown and reads pictures in colour."""
    if state.weights not in NEED_RUN:
        return False
    try:
        found = watch(state.run)
        found.history()
    except UnknownRun:
        return False
    spec = NETWORKS.get(str(found.start.get("network")))
    if spec is None or str(LAB) not in spec.labs:
        return False
    return input_shape(model_cache.untrained(spec.class_name, 0))[0] > 1
