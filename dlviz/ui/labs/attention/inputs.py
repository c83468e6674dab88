"""What attends: the words of a text or the patches of a digit, with the controls to choose them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui.inputs import digit
from dlviz.ui.labs.attention.state import EXAMPLE, INPUTS, LAB, SPECIAL, WORDS, get, put, renew
from dlviz.ui.runs import digit_transformer
from dlviz.weights import BadWeights

if TYPE_CHECKING:
    from dlviz.encoders.loading import Encoder
    from dlviz.encoders.reading import Tokens

EXAMPLES = (
    EXAMPLE,
    "the river bank was muddy but the bank lent us money",
    "dog bites man and man bites dog",
)
LAST = f"{LAB}.last"  # the last text that could be read


@dataclass(frozen=True, eq=False)
class Source:
    """What attends.

    Args:
        tokens: what each is called.
        digit: its pixels (28, 28) in [0, 1], where it is one.
        read: the tokens as BERT reads them, where it does.
        remark: one sentence on what was left out or is unknown, or "".
    """

    tokens: tuple[str, ...]
    digit: np.ndarray | None = None
    read: Tokens | None = None
    remark: str = ""

    def __len__(self) -> int:
        """How many tokens there are."""
        return len(self.tokens)

    def called(self, token: int) -> str:
        """A token as it stands in a sentence."""
        if self.digit is None:
            return f"“{self.tokens[token]}”"
        return f"patch {self.tokens[token]}" if token else "the class token"


def current() -> Source | None:
    """The controls of the input, and what there is; None while there is nothing.

    Raises: BadWeights if BERT is asked for and is not there.
    """
    st.segmented_control(
        "What attends",
        list(INPUTS),
        format_func=INPUTS.__getitem__,
        required=True,
        key=f"{LAB}.input",
        width="stretch",
    )
    return _digit() if get("input") == "digit" else _words()


def _digit() -> Source | None:
    with st.container(key="paper"):
        drawing = digit.current(LAB)
    with st.container(horizontal=True):
        digit.others(LAB)
    return None if drawing.pixels is None else of_digit(drawing.pixels)


def of_digit(pixels: np.ndarray) -> Source:
    """A digit's class token and its 49 patches."""
    return Source(digit_transformer.TOKENS, digit=pixels)


def _words() -> Source | None:
    text = st.text_area(
        "Your words",
        key=f"{LAB}.text",
        height=90,
        persist_state="page",
        help=f"The first {WORDS} are read. BERT knows English.",
    )
    with st.popover("Examples", icon=":material/notes:"), st.container(key="examples", gap="xsmall"):
        for index, example in enumerate(EXAMPLES):
            st.button(example, key=f"{LAB}.example.{index}", type="tertiary", on_click=_take, args=(example,))
    if not text.strip():
        st.info("There is no word to read: write some. What was read last stays.", icon=":material/notes:")
        text = st.session_state.get(LAST, EXAMPLE)
    st.session_state[LAST] = text
    with st.spinner("Loading BERT: a few seconds, once …", show_time=False):
        source = of_words(text, pieces=reads_bert(), special=get("weights") == "bert")
    if source.remark:
        st.info(source.remark, icon=":material/notes:")
    return source


def reads_bert() -> bool:
    """Whether words are read by BERT's vocabulary."""
    return get("weights") == "bert" or reads_table()


def reads_table() -> bool:
    """Whether random weights read vectors of BERT's table."""
    return get("weights") == "random" and get("vectors") == "table"


def bert() -> Encoder:
    """The packaged BERT.

    Raises: BadWeights if it is not there.
    """
    from dlviz.encoders import packaged
    from dlviz.encoders.loading import NoEncoder

    try:
        return packaged.encoder()
    except NoEncoder as problem:
        raise BadWeights(str(problem)) from problem


def _take(example: str) -> None:
    put("text", example)
    for choice, nothing in (("pin", -1), ("cell", ""), ("hidden", []), ("edit", False)):
        put(choice, nothing)
    renew()


def of_words(text: str, pieces: bool, special: bool) -> Source:
    """The tokens of a text: BERT's word pieces, with or without its special tokens, or words as they stand.

    Raises: BadWeights if BERT is not there.
    """
    if not pieces:
        words = text.split()
        return Source(tuple(words[:WORDS]), remark=_remark(len(words), len(words[:WORDS]), 0))
    from dlviz.encoders.reading import tokens

    encoder = bert()
    read = tokens(replace(encoder, limit=WORDS + SPECIAL), text)
    words = read.words if special else read.words[1:-1]
    unknown = sum(number == encoder.tokenizer.unk_token_id for number in read.ids)
    kept = len(read) - SPECIAL
    return Source(words, read=read, remark=_remark(kept + read.left_out, kept, unknown))


def _remark(every: int, kept: int, unknown: int) -> str:
    parts = []
    if every > kept:
        parts.append(f"Of your {every:,} words and word pieces the first {kept} are read.")
    if unknown:
        what = "one is" if unknown == 1 else f"{unknown} are"
        parts.append(f"BERT does not know every word: {what} read as [UNK].")
    if kept == 1:
        parts.append("A word alone has little to look at: write a second.")
    return " ".join(parts)
