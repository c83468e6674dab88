"""The text classifier that is looked at: the one trained for the lab, or that of a training run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlviz.ui.inputs import sentence
from dlviz.ui.labs.text.state import LAB
from dlviz.ui.runs import weights_choice
from dlviz.ui.server import model_cache

if TYPE_CHECKING:
    from torch import nn

    from dlviz.data.sentiment import Vocabulary

FILE = "sentiment_classifier"
SENTIMENTS = ("blame", "praise")


@dataclass(frozen=True, eq=False)
class Network:
    """A TextClassifier.

    Args:
        words: that it knows.
        classes: what its answers mean.
        made: what made its weights, and how well it does.
        run: its id; empty for the network of the lab.
        usage: how a script that needs these weights is called.
    """

    model: nn.Module
    words: Vocabulary
    classes: tuple[str, ...]
    made: str
    run: str
    usage: str

    def read(self, text: str, limit: int) -> sentence.Sentence:
        """The first words of a text, as this network knows them."""
        return sentence.read(text, limit, self.words)


def network() -> Network:
    """The learner's choice.

    Raises: BadWeights if weights are missing or damaged, or the run cannot be shown.
    """
    return _of_run() if weights_choice.shows_run(LAB) else trained()


def trained() -> Network:
    """The network of the lab.

    Raises: BadWeights if its weights are missing or damaged.
    """
    made = (
        f"TextClassifier, trained on sentences that a grammar writes: {model_cache.result(FILE)}; a "
        "coin gets half. "
        "So expect it to be lost outside what the grammar can say."
    )
    usage = f"python script.py {FILE}.safetensors"
    return Network(model_cache.trained(FILE), sentence.vocabulary(), SENTIMENTS, made, "", usage)


def _of_run() -> Network:
    from dlviz.data.sentiment import Vocabulary
    from dlviz.weights import BadWeights

    found = weights_choice.opened(LAB)
    words = found.trained.facts.get("vocabulary")
    if not isinstance(words, list):
        raise BadWeights("These weights do not say which words they know: there is nothing to read with.")
    classes = tuple(found.trained.classes)
    usage = weights_choice.usage(found)
    known = Vocabulary(tuple(map(str, words)))
    return Network(found.trained.model, known, classes, weights_choice.made(found), found.run.run, usage)
