"""View of the BERT lab: where tokens and sentences lie, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui.labs.bert.state import LAB, SENTENCES, WORD, State
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import number, percent
from dlviz.ui.text_format.quotes import quoted
from dlviz.ui.verdict import show_sentence

if TYPE_CHECKING:
    from dlviz.encoders.loading import Encoder

LONGEST = 64  # tokens of a sentence that are drawn
ENOUGH = 3  # vectors of a word, from which there is something to compare
SPACE = "▁"  # before a token that begins with one, of encoders that mark it
LAST = f"{LAB}.lines"  # the last sentences that could be read


@dataclass(frozen=True, eq=False)
class Cloud:
    """The tokens of several sentences, special ones left out.

    Args:
        encoder: it has read them.
        texts: the sentences.
        sentence: (token,) number of the sentence that each belongs to, from 0.
        words: tokens as they are written.
        sense: (sentence,) number of the group between empty lines that each sentence is in, from 0.
        hidden: (layer + 1, token, hidden) vectors, the embedding first.
        means: (layer + 1, sentence, hidden) mean vectors of each sentence's tokens, special ones included.
        remark: sentence on what was left out; "" if nothing was.
    """

    encoder: Encoder
    texts: list[str]
    sentence: np.ndarray
    words: list[str]
    sense: np.ndarray
    hidden: np.ndarray
    means: np.ndarray
    remark: str


def show_embeddings(encoder: Encoder) -> None:
    """Draw the sentences, the layer, the picture of tokens, and the likeness of sentences."""
    from dlviz.encoders.geometry import cosines, fixed_plane
    from dlviz.figures.embeddings import likeness_by_layer, plane
    from dlviz.figures.matrices import matrix

    left, right = st.columns([1, 2.2], gap="large")
    with left:
        cloud = _choose_sentences(encoder)
    if cloud is None:
        return
    state = LAB.read()
    layer, chosen = state.depth, places_of_word(cloud, state.word)
    with right:
        followed = len(chosen) >= ENOUGH
        deciding = chosen if followed else [*range(len(cloud.words))]
        points, shares = fixed_plane(cloud.hidden, deciding)  # (layer + 1, token, 2), (layer + 1,)
        what = f"the vectors of {plain(quoted(state.word))}" if followed else "all tokens"
        show_sentence(
            f"{LAB}.plane_told",
            st.markdown,
            f"**{layer_name(layer)}: each point a token** (one plane for all layers, in which {what} differ "
            f"most (PCA); here it shows {percent(float(shares[layer]))} of their variance)",
        )
        st.plotly_chart(
            plane(points[layer], cloud.sentence, cloud.words, chosen, float(np.abs(points).max())),
            key=f"{LAB}.plane",
            config={"displayModeBar": False},
        )
        show_sentence(f"{LAB}.word_told", st.markdown, compare_word(cloud, state, chosen))
        if curves := likeness_of_senses(cloud, chosen):
            show_sentence(f"{LAB}.senses_told", st.markdown, compare_senses(curves, state))
            st.plotly_chart(
                likeness_by_layer(curves, layer), key=f"{LAB}.senses", config={"displayModeBar": False}
            )
    with left:
        show_sentence(
            f"{LAB}.likeness_told",
            st.markdown,
            f"**Likeness of the sentences** ({layer_name(layer).lower()})",
        )
        likeness = cosines(cloud.means[layer])  # (sentence, sentence)
        names = [str(at + 1) for at in range(len(cloud.texts))]
        st.plotly_chart(
            matrix(likeness, names, names), key=f"{LAB}.likeness", config={"displayModeBar": False}
        )
        show_sentence(f"{LAB}.alike", st.caption, most_alike(likeness))


def _choose_sentences(encoder: Encoder) -> Cloud | None:
    """The sentences, read; where there is none, the last that there were."""
    st.text_area(
        "Sentences, one a line",
        key=LAB.key("sentences"),
        height=190,
        persist_state="page",
        help="An empty line parts two senses of the word that is followed.",
    )
    state = LAB.update(depth=min(LAB.read().depth, encoder.layers))
    st.slider(
        "Layer",
        0,
        encoder.layers,
        key=LAB.key("depth"),
        persist_state="page",
        help="0 is the embedding: the word, its place, and which text it is in.",
    )
    st.text_input("Follow the word", key=LAB.key("word"), max_chars=WORD, persist_state="page")
    cloud = read_sentences(encoder, state.sentences)
    if cloud is None:
        st.info("There is no sentence to read: write some, one a line.", icon=":material/notes:")
        return read_sentences(encoder, st.session_state.get(LAST, State.sentences))
    st.session_state[LAST] = state.sentences
    if cloud.remark:
        st.info(cloud.remark, icon=":material/content_cut:")
    return cloud


def read_sentences(encoder: Encoder, text: str) -> Cloud | None:
    """Read the lines of a text one by one; None where no line has a token of text."""
    from dlviz.encoders import reading

    # Groups of lines, which empty lines part.
    groups = [list(group) for has_text, group in groupby(map(str.strip, text.splitlines()), bool) if has_text]
    lines = [line for group in groups for line in group]
    senses = [number for number, group in enumerate(groups) for _ in group]
    tokens = [reading.tokens(encoder, line) for line in lines[:SENTENCES]]
    kept = [at for at, each in enumerate(tokens) if each.text]
    if not kept:
        return None
    read = [(lines[at], tokens[at]) for at in kept]
    readings = [reading.read(encoder, each) for _, each in read]
    places = [each.text[:LONGEST] for _, each in read]
    remarks = []
    if len(lines) > SENTENCES:
        remarks.append(f"Of your {len(lines):,} sentences the first {SENTENCES} are read.")
    if any(len(each.text) > LONGEST or each.left_out for _, each in read):
        remarks.append(f"Of each sentence the first {LONGEST} tokens are drawn.")
    return Cloud(
        encoder,
        [line for line, _ in read],
        np.repeat(np.arange(len(read)), [len(each) for each in places]),
        [each.words[at] for (_, each), drawn in zip(read, places, strict=True) for at in drawn],
        np.array([senses[at] for at in kept]),
        np.concatenate([one.hidden[:, drawn] for one, drawn in zip(readings, places, strict=True)], axis=1),
        np.stack([one.hidden.mean(axis=1) for one in readings], axis=1),
        " ".join(remarks),
    )


def places_of_word(cloud: Cloud, word: str) -> list[int]:
    """Places of the tokens that are the word, read as the encoder reads it: café may be its cafe."""
    wanted = {pieces[0] for pieces in pieces_of_word(cloud.encoder, word) if len(pieces) == 1}
    return [at for at, written in enumerate(cloud.words) if written.removeprefix(SPACE).lower() in wanted]


def pieces_of_word(encoder: Encoder, word: str) -> list[list[str]]:
    """Tokens that the encoder makes of a word, at the beginning of a text and after a space."""
    from dlviz.encoders import reading

    read = [reading.tokens(encoder, f"{before}{word.strip()}") for before in ("", " ")]
    return [[each.words[at].removeprefix(SPACE).lower() for at in each.text] for each in read]


def layer_name(layer: int) -> str:
    """Name of a layer, counted from 1; 0 is the embedding."""
    return f"After layer {layer}" if layer else "The embedding"


def compare_word(cloud: Cloud, state: State, places: list[int]) -> str:
    """Sentence on the word's first vector and the others of it, at the state's layer.

    Args:
        places: of the tokens that are the word.
    """
    from dlviz.encoders.geometry import cosines

    word = plain(quoted(state.word))
    pieces = min(pieces_of_word(cloud.encoder, state.word), key=len)
    if len(pieces) > 1:
        return f"{word} is {len(pieces)} tokens to this encoder: follow a word that is one."
    if len(places) < ENOUGH:
        count = {0: "does not occur", 1: "occurs once"}.get(len(places), "occurs twice")
        return f"{word} {count} in these sentences: with three or more there is something to compare."
    to_first = cosines(cloud.hidden[state.depth][places])[0, 1:]
    near, far = int(to_first.argmax()) + 1, int(to_first.argmin()) + 1
    first, like, unlike = (int(cloud.sentence[places[at]]) + 1 for at in (0, near, far))
    return (
        f"{word} in sentence {first} is most like that of {like}, "
        f"cosine {number(to_first[near - 1], '.3f')}, "
        f"and least like that of {unlike} ({number(to_first[far - 1], '.3f')})."
    )


def likeness_of_senses(cloud: Cloud, places: list[int]) -> dict[str, np.ndarray]:
    """Mean cosine of the word's vectors by layer, within a sense and between two: name -> (layer + 1,).

    Where the sentences are not parted, that of all pairs; {} of fewer than two vectors.

    Args:
        places: of the tokens that are the word.
    """
    from dlviz.encoders.geometry import mean_cosines

    if len(places) < 2:
        return {}
    senses = cloud.sense[cloud.sentence[places]]
    within, between = mean_cosines(cloud.hidden[:, places], senses)
    if len(np.unique(senses)) == 1:
        return {"all pairs": within}
    return {
        name: each
        for name, each in {"within a sense": within, "between senses": between}.items()
        if not np.isnan(each).any()
    }


def compare_senses(curves: dict[str, np.ndarray], state: State) -> str:
    """Sentence on the likeness of the word's vectors in the embedding and at the state's layer.

    Args:
        curves: name -> mean cosines (layer + 1,).
    """
    layer = state.depth
    parts = [
        f"{name} {number(values[0], '.3f')} at layer 0, {number(values[layer], '.3f')} at layer {layer}"
        for name, values in curves.items()
    ]
    return f"Mean cosine of {plain(quoted(state.word))}: {'; '.join(parts)}."


def most_alike(likeness: np.ndarray) -> str:
    """Sentence on the most alike pair of sentences.

    Args:
        likeness: (sentence, sentence) cosines.
    """
    if len(likeness) < 2:
        return "One sentence alone has nothing to be compared with."
    others = np.where(np.eye(len(likeness), dtype=bool), -2, likeness)
    one, other = sorted(int(at) + 1 for at in np.unravel_index(int(others.argmax()), others.shape))
    return f"Most alike: sentences {one} and {other}, cosine {number(others.max(), '.3f')}."
