"""What goes through the blocks: words, a digit or a text, with the controls to choose it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import streamlit as st

from dlviz.ui.inputs import digit
from dlviz.ui.labs.block.state import CHARACTERS, LAB, NETWORKS, SENTENCE, TABLES, WIDTHS, WORDS, get, put
from dlviz.ui.runs import digit_transformer, weights_choice
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

    from dlviz.ui.runs.loaded_network import LoadedNetwork

FILES = {"digit": "digit_transformer", "text": "char_transformer"}
PASTED = 100_000  # characters of what is pasted, the most that is looked at
LETTERS = 60  # of a word that are kept
SHOWN = {" ": "␣", "\n": "↵"}
LAST = f"{LAB}.last"  # the last words that were some


@dataclass(frozen=True, eq=False)
class Source:
    """What the network gets.

    Args:
        kind: words, digit or text.
        tokens: what each row of the stream is called.
        x: the model's input, a batch of one.
        pixels: the digit (28, 28), where it is one.
        network: what reads it.
    """

    kind: str
    tokens: tuple[str, ...]
    x: Tensor
    model: nn.Module
    pixels: np.ndarray | None = None
    network: LoadedNetwork | None = None

    @property
    def file(self) -> str:
        """The weights' name; "" where they are random."""
        return FILES.get(self.kind, "")


def current() -> Source | None:
    """The controls of the input, and what is there; None while there is nothing.

    Raises: BadWeights if weights are missing or damaged, or a run has none that fit.
    """
    st.segmented_control(
        "What goes in",
        list(NETWORKS),
        format_func=NETWORKS.__getitem__,
        required=True,
        key=f"{LAB}.network",
        wrap=True,
    )
    return {"words": _words, "digit": _digit, "text": _text}[get("network")]()


def _words() -> Source:
    words = sentence()
    random_blocks()
    return of_words(words)


def sentence() -> tuple[str, ...]:
    """The field for the learner's words, and the words; of none, the last that there were."""
    st.text_area(
        "Your words",
        key=f"{LAB}.words",
        height=75,
        persist_state="page",
        help="Each is a token.",
        on_change=_turn,
    )
    words, remark = split(get("words"))
    if remark:
        st.info(plain(remark), icon=":material/notes:")
    words = words or st.session_state.get(LAST, split(SENTENCE)[0])
    st.session_state[LAST] = words
    return words


def _turn() -> None:
    """Other words need another order: at first they are turned round."""
    if words := split(get("words"))[0]:
        put("other", " ".join(words[::-1]))


def split(text: str) -> tuple[tuple[str, ...], str]:
    """The words of a text, and one sentence on what was left out."""
    every = text[:PASTED].split()
    words = tuple(word if len(word) <= LETTERS else f"{word[: LETTERS - 1]}…" for word in every[:WORDS])
    if not words:
        return (), "There is no word: write a few. What was read last stays."
    if len(every) > WORDS:
        more = "more than " if len(text) > PASTED else ""
        return words, f"Of your {more}{len(every):,} words the first {WORDS} are read."
    return words, ""


def random_blocks() -> None:
    """The controls of blocks that nobody has trained."""
    st.slider("Blocks", 1, 6, key=f"{LAB}.depth", persist_state="page")
    with st.popover("Change the blocks", icon=":material/tune:", width="stretch"):
        st.selectbox("Heads", [1, 2, 4, 8, 16], key=f"{LAB}.heads", persist_state="page")
        learned = get("table") in FILES
        help_text = "A learned table has its own width." if learned else "Numbers a token."
        if learned:
            st.selectbox("Embed size", [width()], disabled=True, help=help_text)
        else:
            st.selectbox("Embed size", WIDTHS, key=f"{LAB}.width", persist_state="page", help=help_text)
        if get("part") == "stream":  # the part about the order has them in sight
            st.selectbox(
                "Positions added to the words",
                list(TABLES),
                format_func=TABLES.__getitem__,
                key=f"{LAB}.table",
                persist_state="page",
            )
        st.number_input("Seed of words and weights", 0, 9999, key=f"{LAB}.seed", persist_state="page")


def width() -> int:
    """The size of a word's vector: the learner's, or that of the learned table."""
    learned = {"text": 128, "digit": 64}
    return learned[get("table")] if get("table") in learned else get("width")


def of_words(words: tuple[str, ...]) -> Source:
    """Words as random vectors with their positions, through random blocks."""
    from dlviz.attention.order import word_vectors

    x = word_vectors(words, width(), get("seed")) + positions(len(words))
    return Source("words", words, x[None], blocks(width(), get("heads"), get("depth"), get("seed")))


@lru_cache(maxsize=32)
def blocks(embed_size: int, heads: int, depth: int, seed: int) -> nn.Module:
    """Untrained blocks, one for all sessions."""
    from dlviz import weights

    return weights.build("TransformerStack", {"embed_size": embed_size, "heads": heads, "depth": depth}, seed)


def positions(count: int) -> Tensor:
    """(count, width), what is added to the words for their places.

    Raises: BadWeights if a learned table's weights are missing or damaged.
    """
    return table()[:count]


def table() -> Tensor:
    """(places, width): the chosen positional encoding, as many places as the learned ones have."""
    import torch

    from dlviz.models.transformers import sinusoids

    kind = get("table")
    if kind in FILES:
        learned = model_cache.trained(FILES[kind]).positions.detach()  # pyright: ignore[reportCallIssue, reportAttributeAccessIssue]
        # The class token's place is no place in the picture.
        return learned[1:] if kind == "digit" else learned
    return sinusoids(128, width()) if kind == "sinusoidal" else torch.zeros(128, width())


def _digit() -> Source | None:
    weights_choice.control(LAB)
    with st.container(key="paper"):
        drawing = digit.current(LAB)
    with st.container(horizontal=True):
        digit.others(LAB)
    return None if drawing.pixels is None else of_digit(drawing.pixels)


def of_digit(pixels: np.ndarray) -> Source:
    """A digit (28, 28) in [0, 1] through DigitTransformer."""
    import numpy as np
    import torch

    from dlviz.data.digits import normalise

    x = normalise(torch.from_numpy(np.ascontiguousarray(pixels, np.float32))[None])
    network = digit_transformer.load_network(LAB)
    return Source("digit", digit_transformer.TOKENS, x, network.model, pixels, network)


def _text() -> Source:
    from dlviz.generation import prepared

    st.text_area(
        "Your text", key=f"{LAB}.text", height=110, persist_state="page", help="Each character is a token."
    )
    text, remark = prepared(get("text"), CHARACTERS)
    if remark:
        st.info(plain(remark), icon=":material/notes:")
    return of_text(text)


def of_text(text: str) -> Source:
    """Characters of the novels' alphabet through the trained CharTransformer."""
    from dlviz.data import novels

    tokens = tuple(SHOWN.get(character, character) for character in text)
    return Source("text", tokens, novels.encode(text)[None], model_cache.trained(FILES["text"]))
