"""The networks that read: the pair trained for the lab, or the one of a training run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlviz.ui.labs.rnn.state import LAB, get, put
from dlviz.ui.runs import weights_choice
from dlviz.ui.server import model_cache

if TYPE_CHECKING:
    from torch import nn

FILES = {"digit": "digit_rows", "sentence": "sentiment", "series": "waves"}
CLASSES = {"digit": tuple(map(str, range(10))), "sentence": ("blame", "praise"), "series": ()}
DATA = {"digit": "MNIST, row by row", "sentence": "generated sentences", "series": "generated series"}
LAYERS = {"lstm": 2, "rnn": 1}  # of the trained pair
ROW = 28  # pixels of the pad


@dataclass(frozen=True, eq=False)
class Network:
    """A recurrent network.

    Args:
        name: lstm, rnn or gru.
        classes: what its answers mean; none for forecasts.
        made: what made its weights, and how well it does.
        usage: how a script that needs these weights is called.
    """

    name: str
    model: nn.Module
    classes: tuple[str, ...]
    made: str
    usage: str

    @property
    def layer(self) -> str:
        """The layer that is looked at, such as lstm.0: the learner's, or its last."""
        from dlviz.recurrence.reading import names

        every = names(self.model)
        return every[min(int(get("layer")), len(every)) - 1]


def chosen(kind: str) -> list[Network]:
    """The networks that read a digit, sentence or series, as the learner has chosen.

    Raises: BadWeights if weights are missing or damaged, or the run cannot be shown.
    """
    if weights_choice.shows_run(LAB):
        return [_of_run()]
    return [_trained(name, kind) for name in (LAYERS if get("networks") == "both" else [get("networks")])]


def layers() -> list[str]:
    """The numbers of the layers that can be looked at; the one that is, is made one of them.

    Raises: BadWeights if the run cannot be shown.
    """
    from dlviz.recurrence.reading import names

    if weights_choice.shows_run(LAB):
        count = len(names(_of_run().model))
    else:
        count = max(count for name, count in LAYERS.items() if get("networks") in ("both", name))
    put("layer", str(min(int(get("layer")), count)))
    return [str(layer) for layer in range(1, count + 1)]


def _trained(name: str, kind: str) -> Network:
    file = f"{FILES[kind]}_{name}"
    model = model_cache.trained(file)
    half = "; a coin gets half" if kind == "sentence" else ""
    made = f"{type(model).__name__}, trained on {DATA[kind]}: {model_cache.result(file)}{half}."
    return Network(name, model, CLASSES[kind], made, f"python script.py {file}.safetensors")


def _of_run() -> Network:
    from dlviz.recurrence.reading import recurrent
    from dlviz.weights import BadWeights

    found = weights_choice.opened(LAB)
    name, read = recurrent(found.trained.model)
    if read.input_size != ROW:
        raise BadWeights(f"This network reads {read.input_size} numbers a step, and a row here has {ROW}.")
    classes = tuple(found.trained.classes)
    return Network(
        name, found.trained.model, classes, weights_choice.made(found), weights_choice.usage(found)
    )
