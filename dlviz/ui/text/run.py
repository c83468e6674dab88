"""A text through TextClassifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui import warm
from dlviz.ui.text.state import LAB, get

if TYPE_CHECKING:
    from dlviz.contributions import Integrated, Progress
    from dlviz.ui.sentence import Sentence

FILE = "sentiment_classifier"
CLASSES = ("blame", "praise")


@dataclass(frozen=True, eq=False)
class Run:
    """One pass of a text.

    Args:
        vectors: (words, 100), the embedding.
        forward, backward: (words, 256), each direction's hidden state after it has read the word.
        weight, bias: of the linear layer, (2, 512) and (2,).
        logits: (2,) of blame and praise.
    """

    sentence: Sentence
    vectors: np.ndarray
    forward: np.ndarray
    backward: np.ndarray
    weight: np.ndarray
    bias: np.ndarray
    logits: np.ndarray

    @property
    def probabilities(self) -> np.ndarray:
        """(2,) of blame and praise."""
        raised = np.exp(self.logits - self.logits.max())
        return raised / raised.sum()

    @property
    def last(self) -> np.ndarray:
        """(512,), what the linear layer reads: forward at the last word, backward at the first."""
        return np.concatenate([self.forward[-1], self.backward[0]])

    @property
    def parts(self) -> np.ndarray:
        """(2, 3): what the forward state, the backward state and the bias add to each class's logit."""
        products = self.weight * self.last
        half = products.shape[1] // 2
        return np.stack([products[:, :half].sum(1), products[:, half:].sum(1), self.bias], axis=1)

    @property
    def says(self) -> str:
        """The more probable class."""
        return CLASSES[int(self.logits.argmax())]


def run(sentence: Sentence) -> Run:
    """Trace a sentence through the trained TextClassifier.

    Raises: BadWeights if its weights are missing or damaged.
    """
    import torch

    from dlviz.models.unrolled import over_time
    from dlviz.trace import trace

    model = warm.trained(FILE)
    logits, record = trace(model, torch.tensor([sentence.indices]))
    forward, backward = (over_time(record, f"lstm.0{way}.hidden")[0] for way in ("", "_reverse"))
    head = {name: values.detach().numpy() for name, values in model.get_submodule("fc").named_parameters()}
    return Run(
        sentence, record["embedding"][0], forward, backward, head["weight"], head["bias"], logits[0].numpy()
    )


def word_of(sentence: Sentence) -> int:
    """The word that is looked at: the learner's if it is there, else the last."""
    return get("word") if 0 <= get("word") < len(sentence) else len(sentence) - 1


def contributions(
    sentence: Sentence, progress: Progress | None = None
) -> tuple[np.ndarray | None, Integrated]:
    """The words' contributions by both means, computed once a text; the first is None for one word alone."""
    from dlviz.contributions import integrated_gradients, leave_one_out

    key = f"{LAB}.contributions"
    indices, found = st.session_state.get(key, (None, None))
    if found is None or indices != sentence.indices:
        model, words = warm.trained(FILE), list(sentence.indices)
        without = leave_one_out(model, words, progress) if len(words) > 1 else None
        found = without, integrated_gradients(model, words)
        st.session_state[key] = sentence.indices, found
    return found
