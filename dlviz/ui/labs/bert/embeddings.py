"""Where tokens and sentences lie, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui.labs.bert.state import FIELDS, LAB, SENTENCES, WORD, get, put
from dlviz.ui.text_format.markdown import plain

if TYPE_CHECKING:
    from dlviz.encoders.loading import Encoder
    from dlviz.encoders.reading import Reading

LONGEST = 64  # tokens of a sentence that are drawn


@dataclass(frozen=True, eq=False)
class Cloud:
    """The text tokens of several sentences.

    Args:
        sentence: (token,) which each belongs to, from 0; words: how it is written.
        hidden: (layer + 1, token, hidden); means: (layer + 1, sentence, hidden), over a sentence's tokens.
        texts: the sentences; remark: what was left out.
    """

    texts: list[str]
    sentence: np.ndarray
    words: list[str]
    hidden: np.ndarray
    means: np.ndarray
    remark: str


def embeddings(encoder: Encoder) -> None:
    """The sentences, the layer, the picture of tokens, and the likeness of sentences."""
    from dlviz.figures.embeddings import plane
    from dlviz.figures.matrices import matrix

    left, right = st.columns([1, 2.2], gap="large")
    with left:
        cloud = _controls(encoder)
    if cloud is None:
        return
    layer = get("depth")
    with right:
        points, shares = _flat(cloud, layer)
        chosen = followed(cloud, get("word"))
        st.markdown(f"**{named(layer)}: each point a token** {_shown(shares)}")
        st.plotly_chart(
            plane(points, cloud.sentence, cloud.words, chosen),
            key=f"{LAB}.plane",
            config={"displayModeBar": False},
        )
        st.markdown(told(cloud, chosen, layer))
    with left:
        st.markdown(f"**Likeness of the sentences** ({named(layer).lower()})")
        alike, names = likeness(cloud, layer), [str(at + 1) for at in range(len(cloud.texts))]
        st.plotly_chart(matrix(alike, names, names), key=f"{LAB}.likeness", config={"displayModeBar": False})
        st.caption(pairs(alike))


def _controls(encoder: Encoder) -> Cloud | None:
    st.text_area("Sentences, one a line", key=f"{LAB}.sentences", height=170, persist_state="page")
    put("depth", min(get("depth"), encoder.layers))
    st.slider(
        "Layer",
        0,
        encoder.layers,
        key=f"{LAB}.depth",
        persist_state="page",
        help="0 is the embedding: the word, its place, and which text it is in.",
    )
    st.text_input("Follow the word", key=f"{LAB}.word", max_chars=WORD, persist_state="page")
    cloud = read(encoder, get("sentences"))
    if cloud is None:
        st.info("There is no sentence to read: write some, one a line.", icon=":material/notes:")
        return read(encoder, st.session_state.get(f"{LAB}.lines", FIELDS["sentences"].default))
    st.session_state[f"{LAB}.lines"] = get("sentences")
    if cloud.remark:
        st.info(cloud.remark, icon=":material/content_cut:")
    return cloud


def read(encoder: Encoder, text: str) -> Cloud | None:
    """The lines of a text, read one by one; None where no line has a token of text."""
    from dlviz.encoders import reading

    lines = [line.strip() for line in text.splitlines() if line.strip()]
    read = [reading.tokens(encoder, line) for line in lines[:SENTENCES]]
    kept = [(line, tokens) for line, tokens in zip(lines, read, strict=False) if tokens.text]
    if not kept:
        return None
    readings = [reading.read(encoder, tokens) for _, tokens in kept]
    places = [tokens.text[:LONGEST] for _, tokens in kept]
    remarks = []
    if len(lines) > SENTENCES:
        remarks.append(f"Of your {len(lines):,} sentences the first {SENTENCES} are read.")
    if any(len(tokens.text) > LONGEST or tokens.left_out for _, tokens in kept):
        remarks.append(f"Of each sentence the first {LONGEST} tokens are drawn.")
    return Cloud(
        [line for line, _ in kept],
        np.repeat(np.arange(len(kept)), [len(each) for each in places]),
        [tokens.words[at] for (_, tokens), each in zip(kept, places, strict=True) for at in each],
        np.concatenate([one.hidden[:, each] for one, each in zip(readings, places, strict=True)], axis=1),
        _means(readings),
        " ".join(remarks),
    )


def _means(readings: Sequence[Reading]) -> np.ndarray:
    return np.stack([reading.hidden.mean(axis=1) for reading in readings], axis=1)


def _flat(cloud: Cloud, layer: int) -> tuple[np.ndarray, np.ndarray]:
    from dlviz.encoders.geometry import flattened

    return flattened(cloud.hidden[layer])


def likeness(cloud: Cloud, layer: int) -> np.ndarray:
    """(sentence, sentence): the cosine of each pair of the sentences' mean vectors."""
    from dlviz.encoders.geometry import cosines

    return cosines(cloud.means[layer])


def followed(cloud: Cloud, word: str) -> list[int]:
    """The places of the tokens that are the word."""
    wanted = word.strip().lower()
    return [at for at, written in enumerate(cloud.words) if written.lower() == wanted]


def named(layer: int) -> str:
    """What a layer is called."""
    return f"After layer {layer}" if layer else "The embedding"


def _shown(shares: np.ndarray) -> str:
    return f"(PCA; these two directions show {100 * shares.sum():.0f} % of the variance)"


def told(cloud: Cloud, chosen: Sequence[int], layer: int) -> str:
    """Which occurrences of the followed word lie nearest and farthest from its first."""
    from dlviz.encoders.geometry import cosines

    word = plain(get("word"))
    if len(chosen) < 3:
        count = {0: "does not occur as one token", 1: "occurs once"}.get(len(chosen), "occurs twice")
        return f"“{word}” {count} in these sentences: with three or more there is something to compare."
    to_first = cosines(cloud.hidden[layer][list(chosen)])[0, 1:]
    near, far = int(to_first.argmax()) + 1, int(to_first.argmin()) + 1
    first, like, unlike = (int(cloud.sentence[chosen[at]]) + 1 for at in (0, near, far))
    return (
        f"“{word}” in sentence {first} is most like that of {like}, cosine {to_first[near - 1]:.3f}, "
        f"and least like that of {unlike} ({to_first[far - 1]:.3f})."
    ).replace("-", "−")


def pairs(matrix: np.ndarray) -> str:
    """The most alike pair of sentences."""
    if len(matrix) < 2:
        return "One sentence alone has nothing to be compared with."
    others = np.where(np.eye(len(matrix), dtype=bool), -2, matrix)
    one, other = sorted(int(at) + 1 for at in np.unravel_index(int(others.argmax()), others.shape))
    return f"Most alike: sentences {one} and {other}, cosine {others.max():.3f}."
