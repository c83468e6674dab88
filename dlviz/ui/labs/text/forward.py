"""Forward pass of the Text classification lab, and what each word contributes to its answer."""

from dataclasses import dataclass

import numpy as np
import torch

from dlviz.contributions import Integrated, Progress, integrated_gradients, leave_one_out
from dlviz.models.unrolled import over_time
from dlviz.trace import trace
from dlviz.ui.inputs.sentence import Sentence
from dlviz.ui.labs.text.networks import Classifier


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """A text through a TextClassifier.

    Args:
        vectors: (words, embed), the embedding.
        forward, backward: (words, hidden), each direction's hidden state after it has read the word.
        weight, bias: of the linear layer, (classes, 2 · hidden) and (classes,).
        logits, probabilities: (classes,).
    """

    network: Classifier
    sentence: Sentence
    vectors: np.ndarray
    forward: np.ndarray
    backward: np.ndarray
    weight: np.ndarray
    bias: np.ndarray
    logits: np.ndarray
    probabilities: np.ndarray

    @property
    def terms(self) -> np.ndarray:
        """(classes, 3): what the forward state, the backward state and the bias add to each class's logit.

        The linear layer reads the last states: forward at the last word, backward at the first.
        """
        hidden = self.forward.shape[1]
        return np.stack(
            [
                self.weight[:, :hidden] @ self.forward[-1],
                self.weight[:, hidden:] @ self.backward[0],
                self.bias,
            ],
            axis=1,
        )

    @property
    def answer(self) -> str:
        """Name of the most probable class."""
        return self.network.names[int(self.logits.argmax())]

    @property
    def pair(self) -> tuple[int, int]:
        """The two classes whose margin is looked at: of more than two, the two most probable ones."""
        if len(self.logits) == 2:
            return 1, 0
        second, first = self.logits.argsort(kind="stable")[-2:]
        return int(first), int(second)

    @property
    def pair_names(self) -> tuple[str, str]:
        """Names of these two classes."""
        first, second = self.pair
        return self.network.names[first], self.network.names[second]

    @property
    def margin_terms(self) -> np.ndarray:
        """(3,): what the forward state, the backward state and the bias add to the pair's margin."""
        first, second = self.pair
        return self.terms[first] - self.terms[second]


@dataclass(frozen=True, eq=False)
class Contributions:
    """Contribution of each word to the margin between the pair of classes, by two methods.

    Args:
        without: (words,) how much the margin falls when the word is left out; None for one word alone.
    """

    without: np.ndarray | None
    integrated: Integrated


def forward(network: Classifier, sentence: Sentence) -> ForwardPass:
    """Trace a sentence of at least one word through the network."""
    logits, record = trace(network.model, torch.tensor([sentence.indices]))
    forward, backward = (over_time(record, f"lstm.0{way}.hidden")[0] for way in ("", "_reverse"))
    head = network.model.get_submodule("fc")
    return ForwardPass(
        network,
        sentence,
        record["embedding"][0],
        forward,
        backward,
        head.get_parameter("weight").detach().numpy(),
        head.get_parameter("bias").detach().numpy(),
        logits[0].numpy(),
        logits[0].softmax(0).numpy(),
    )


def measure_contributions(passed: ForwardPass, progress: Progress | None = None) -> Contributions:
    """Leave one word out after the other, then follow the integrated gradients.

    Args:
        progress: told the share of words that have been left out.
    """
    model, words, pair = passed.network.model, list(passed.sentence.indices), passed.pair
    without = leave_one_out(model, words, progress, pair) if len(words) > 1 else None
    return Contributions(without, integrated_gradients(model, words, pair))


def selected_word(sentence: Sentence, word: int) -> int:
    """Place of the word that is looked at: `word` if it is there, else the last."""
    return word if 0 <= word < len(sentence) else len(sentence) - 1
