"""Network of the Text classification lab: the TextClassifier trained for it, or that of a training run."""

from dataclasses import dataclass

from dlviz.data.sentiment import Vocabulary
from dlviz.ui.inputs import sentence
from dlviz.ui.inputs.sentence import Sentence
from dlviz.ui.labs.text.state import LAB, WORDS, State
from dlviz.ui.runs import opening, vocabulary, weights_choice
from dlviz.ui.runs.loaded_network import LoadedNetwork
from dlviz.ui.sentiment_results import CLASSIFIER, LEARNED, results
from dlviz.ui.server import model_cache
from dlviz.weights import BadWeights

SENTIMENTS = tuple(vocabulary.SENTIMENTS)  # as runs on a grammar's sentences name them
POLARITIES = tuple(vocabulary.SENTIMENTS.values())  # as a learner reads them


@dataclass(frozen=True, eq=False, kw_only=True)
class Classifier(LoadedNetwork):
    """A TextClassifier, and the words that it knows.

    Args:
        run: id of the training run; empty for the network of the lab.
    """

    vocabulary: Vocabulary
    run: str = ""

    @property
    def of_sentiment(self) -> bool:
        """True if it tells positive from negative, as the lab's examples do."""
        return self.classes in (SENTIMENTS, POLARITIES)

    @property
    def names(self) -> tuple[str, ...]:
        """Its classes as a learner reads them."""
        return POLARITIES if self.of_sentiment else self.classes

    def read(self, text: str) -> Sentence:
        """The first words of a text, as this network knows them."""
        return sentence.read(text, WORDS, self.vocabulary)


def load_network(state: State) -> Classifier:
    """The network that is chosen.

    Raises: BadWeights if weights are missing or damaged, or the run cannot be shown.
    """
    return _load_run_network(state.run) if state.weights == "run" else load_lab_network()


def load_lab_network() -> Classifier:
    """The network that was trained for the lab.

    Raises: BadWeights if its weights are missing or damaged.
    """
    return Classifier(
        model_cache.trained(CLASSIFIER),
        f"TextClassifier, {LEARNED}. {results(CLASSIFIER)}",
        POLARITIES,
        f"{CLASSIFIER}.safetensors",
        vocabulary=sentence.vocabulary(),
    )


def _load_run_network(run: str) -> Classifier:
    found = opening.open_run(run, str(LAB))
    words = found.checkpoint.facts.get("vocabulary")
    if not isinstance(words, list):
        raise BadWeights("These weights do not say which words they know: there is nothing to read with.")
    return Classifier(
        found.checkpoint.model,
        weights_choice.describe(found),
        tuple(found.checkpoint.classes),
        weights_choice.weights_file(found),
        from_run=True,
        vocabulary=Vocabulary(tuple(map(str, words))),
        run=found.run.run,
    )
