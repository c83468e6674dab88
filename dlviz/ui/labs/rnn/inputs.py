"""What is read: a digit's rows, a sentence's words or a series' values, with the controls to choose it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dlviz.ui.inputs import digit, sentence
from dlviz.ui.labs.rnn import series
from dlviz.ui.labs.rnn.state import EXAMPLE, INPUTS, LAB, SERIES, WORDS, get
from dlviz.ui.runs import weights_choice
from dlviz.ui.server import model_cache

EXAMPLES = (
    EXAMPLE,
    "the hotel was lovely but the waiter was rude",
    "although the plot was boring, I loved the film",
)


@dataclass(frozen=True, eq=False)
class Sequence:
    """What the networks read.

    Args:
        kind: digit, sentence or series.
        x: (steps, input) float32 as the networks get it.
        steps: what each step is called: a row's number, the word, a value's number.
        unknown: steps with a word that no network has learnt.
        shown: the digit's pixels (28, 28) in [0, 1], or the series (steps,); nothing for words.
    """

    kind: str
    x: np.ndarray
    steps: tuple[str, ...]
    unknown: frozenset[int] = frozenset()
    shown: np.ndarray | None = None

    def __len__(self) -> int:
        """How many steps there are."""
        return len(self.steps)

    def called(self, step: int) -> str:
        """A step as it stands in a sentence: words in quotation marks."""
        return f"“{self.steps[step]}”" if self.kind == "sentence" else self.steps[step]


def current() -> Sequence | None:
    """The controls of the input, and what is there to be read; None while there is nothing."""
    if weights_choice.shows_run(LAB):
        return _digit()  # a run of this lab has learned from pictures
    st.segmented_control(
        "What they read",
        list(INPUTS),
        format_func=INPUTS.__getitem__,
        required=True,
        key=f"{LAB}.input",
        wrap=True,
        width="stretch",
    )
    return {"digit": _digit, "sentence": _sentence, "series": _series}[get("input")]()


def _digit() -> Sequence | None:
    with st.container(key="paper"):
        drawing = digit.current(LAB)
    with st.container(horizontal=True):
        digit.others(LAB)
    return None if drawing.pixels is None else of_digit(drawing.pixels)


def of_digit(pixels: np.ndarray) -> Sequence:
    """A digit's 28 rows, (28, 28) in [0, 1]."""
    import torch

    from dlviz.data.digits import normalise

    x = normalise(torch.from_numpy(np.ascontiguousarray(pixels, np.float32))[None])[0, 0].numpy()
    return Sequence("digit", x, tuple(f"row {row}" for row in range(len(x))), shown=pixels)


def _sentence() -> Sequence | None:
    text = st.text_area(
        "Your sentence",
        key=f"{LAB}.text",
        height=110,
        persist_state="page",
        help="English, about a film, a meal, a book, a gadget or a place.",
    )
    with st.container(key="examples", gap="xsmall"):
        for index, example in enumerate(EXAMPLES):
            st.button(example, key=f"{LAB}.example.{index}", type="tertiary", on_click=_take, args=(example,))
    read = sentence.kept(LAB, sentence.read(text, WORDS))
    if read.remark:
        st.info(read.remark, icon=":material/notes:")
    return of_words(read) if len(read) else None


def _take(example: str) -> None:
    st.session_state[f"{LAB}.text"] = example


def of_words(read: sentence.Sentence) -> Sequence:
    """A sentence's words, at least one, as the classifier's vectors."""
    import torch

    from dlviz.training.sentiment import CLASSIFIER

    with torch.inference_mode():
        x = model_cache.trained(CLASSIFIER).get_submodule("embedding")(torch.tensor(read.indices)).numpy()
    return Sequence("sentence", x, read.words, read.unknown)


def _series() -> Sequence | None:
    st.segmented_control(
        "Kind",
        list(SERIES),
        format_func=SERIES.__getitem__,
        required=True,
        key=f"{LAB}.kind",
        label_visibility="collapsed",
        wrap=True,
        width="stretch",
    )
    values = series.current()
    return None if values is None else of_series(values)


def of_series(values: np.ndarray) -> Sequence:
    """A series (steps,), none of its values beyond ±1."""
    values = np.ascontiguousarray(values, np.float32)
    return Sequence(
        "series", values[:, None], tuple(f"value {step}" for step in range(len(values))), shown=values
    )
