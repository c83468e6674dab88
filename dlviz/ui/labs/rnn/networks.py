"""Networks of the RNN lab: the pair that was trained for it, or the one of a training run."""

from __future__ import annotations

from dlviz.ui.labs.rnn.state import LAB, State
from dlviz.ui.runs import weights_choice
from dlviz.ui.runs.loaded_network import LoadedNetwork
from dlviz.ui.sentiment_results import LEARNED, results
from dlviz.ui.server import model_cache

# By what they read.
FILES = {"digit": "digit_rows", "sentence": "real_sentiment", "series": "waves"}
CLASSES = {"digit": tuple(map(str, range(10))), "sentence": ("negative", "positive"), "series": ()}
DATA = {"digit": "MNIST, row by row", "series": "generated series"}
LAYERS = {"lstm": 2, "rnn": 1}  # of the trained pair
ROW = 28  # pixels of the pad


def load_networks(kind: str, state: State) -> list[LoadedNetwork]:
    """The networks that read a digit, sentence or series, as the learner has chosen.

    Raises: BadWeights if weights are missing or damaged, or the run cannot be shown.
    """
    if state.weights == "run":
        return [_load_run_network(state.run)]
    return [_load_trained(name, kind) for name in _chosen(state)]


def count_layers(state: State) -> int:
    """The most layers that a chosen network has.

    Raises: BadWeights if the run cannot be shown.
    """
    from dlviz.recurrence.reading import names

    if state.weights == "run":
        return len(names(_load_run_network(state.run).model))
    return max(LAYERS[name] for name in _chosen(state))


def _chosen(state: State) -> list[str]:
    return list(LAYERS) if state.networks == "both" else [state.networks]


def _load_trained(name: str, kind: str) -> LoadedNetwork:
    file = f"{FILES[kind]}_{name}"
    model = model_cache.trained(file)
    if kind == "sentence":
        provenance = f"{type(model).__name__}, {LEARNED}. {results(file)}"
    else:
        provenance = f"{type(model).__name__}, trained on {DATA[kind]}: {model_cache.result(file)}."
    return LoadedNetwork(model, provenance, CLASSES[kind], f"{file}.safetensors")


def _load_run_network(run: str) -> LoadedNetwork:
    from dlviz.recurrence.reading import recurrent
    from dlviz.weights import BadWeights

    network = weights_choice.load_run_network(LAB, run)
    _, layers = recurrent(network.model)
    if layers.input_size != ROW:
        raise BadWeights(f"This network reads {layers.input_size} numbers a step, and a row here has {ROW}.")
    return network
