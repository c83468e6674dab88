"""A text through TextClassifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui.labs.text.networks import Network
from dlviz.ui.labs.text.state import LAB, get

if TYPE_CHECKING:
    from dlviz.contributions import Integrated, Progress
    from dlviz.ui.inputs.sentence import Sentence


@dataclass(frozen=True, eq=False)
class Run:
    """One pass of a text.

    Args:
        vectors: (words, embed), the embedding.
        forward, backward: (words, hidden), each direction's hidden state after it has read the word.
        weight, bias: of the linear layer, (classes, 2 · hidden) and (classes,).
        logits: (classes,).
    """

    network: Network
    sentence: Sentence
    vectors: np.ndarray
    forward: np.ndarray
    backward: np.ndarray
    weight: np.ndarray
    bias: np.ndarray
    logits: np.ndarray

    @property
    def probabilities(self) -> np.ndarray:
        """(classes,)."""
        raised = np.exp(self.logits - self.logits.max())
        return raised / raised.sum()

    @property
    def last(self) -> np.ndarray:
        """(2 · hidden,), what the linear layer reads: forward at the last word, backward at the first."""
        return np.concatenate([self.forward[-1], self.backward[0]])

    @property
    def parts(self) -> np.ndarray:
        """(classes, 3): what the forward state, the backward state and the bias add to each class's logit."""
        products = self.weight * self.last
        half = products.shape[1] // 2
        return np.stack([products[:, :half].sum(1), products[:, half:].sum(1), self.bias], axis=1)

    @property
    def says(self) -> str:
        """The more probable class."""
        return self.network.classes[int(self.logits.argmax())]

    @property
    def pair(self) -> tuple[int, int]:
        """The two classes whose margin is looked at: of several, what it says and what it nearly said."""
        if len(self.logits) == 2:
            return 1, 0
        second, first = self.logits.argsort(kind="stable")[-2:]
        return int(first), int(second)

    @property
    def ends(self) -> tuple[str, str]:
        """What these two are called."""
        first, second = self.pair
        return self.network.classes[first], self.network.classes[second]


def run(network: Network, sentence: Sentence) -> Run:
    """Trace a sentence through a TextClassifier."""
    import torch

    from dlviz.models.unrolled import over_time
    from dlviz.trace import trace

    model = network.model
    logits, record = trace(model, torch.tensor([sentence.indices]))
    forward, backward = (over_time(record, f"lstm.0{way}.hidden")[0] for way in ("", "_reverse"))
    head = {name: values.detach().numpy() for name, values in model.get_submodule("fc").named_parameters()}
    states = record["embedding"][0], forward, backward
    return Run(network, sentence, *states, head["weight"], head["bias"], logits[0].numpy())


def word_of(sentence: Sentence) -> int:
    """The word that is looked at: the learner's if it is there, else the last."""
    return get("word") if 0 <= get("word") < len(sentence) else len(sentence) - 1


def contributions(current: Run, progress: Progress | None = None) -> tuple[np.ndarray | None, Integrated]:
    """The words' contributions by both means, computed once a text; the first is None for one word alone."""
    from dlviz.contributions import integrated_gradients, leave_one_out

    key = f"{LAB}.contributions"
    model, words, pair = current.network.model, list(current.sentence.indices), current.pair
    kept = st.session_state.get(key)
    if kept is None or kept[0] is not model or kept[1] != words:
        without = leave_one_out(model, words, progress, pair) if len(words) > 1 else None
        kept = model, words, (without, integrated_gradients(model, words, pair))
        st.session_state[key] = kept
    return kept[2]
