"""View of the BERT lab: positive or negative in one call of transformers' pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dlviz.encoders import NoEncoder
from dlviz.ui.fetching import fetch
from dlviz.ui.labs.bert import captions
from dlviz.ui.labs.bert.fine_tuned import FILE, provenance
from dlviz.ui.labs.bert.state import LAB, PACKAGED
from dlviz.ui.pressed import pressed
from dlviz.ui.sentiment_results import results, show_reliability
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import probability
from dlviz.ui.verdict import show_sentence, show_verdict

if TYPE_CHECKING:
    from dlviz.encoders.sentiment import Pipeline
    from dlviz.ui.labs.bert.forward import ForwardPass

WITH_USUAL = f"{LAB}.usual"
# Sentence -> what a reader would say of it.
READERS = {
    "I would recommend it to anyone": "positive",
    "the soup was cold and the waiter was rude": "negative",
    "the film was not bad at all": "positive",
    "great, another broken phone": "negative",
    "the hotel was lovely but the bed was hard": "negative",
    "a wonderful book": "positive",
}
SAME = {"POSITIVE": "positive", "NEGATIVE": "negative"}


def show_sentiment(passed: ForwardPass) -> None:
    """Show the pipeline's answer to the learner's text, and to sentences of which a reader knows it."""
    from dlviz.encoders.sentiment import said

    pipeline, usual = _choose_pipeline()
    label, score = said(pipeline, passed.texts[0])
    show_verdict(LAB, f"The pipeline says {label}: {probability(score)}")
    if passed.encoder.name != PACKAGED:
        st.info(
            plain(f"The pipeline has a network of its own: {passed.encoder.name} is not asked here."),
            icon=":material/info:",
        )
    elif unknown := captions.unknown_tokens(passed.encoder, passed.tokens):
        st.info(plain(unknown), icon=":material/help:")
    if usual:
        st.caption("By the model that transformers takes by default, with its makers’ weights.")
        given = ""
    else:
        st.caption(f"Nothing was downloaded. This is {provenance()} {results(FILE)}")
        given = ", model=classifier, tokenizer=tokenizer"
    st.code(f'pipeline("sentiment-analysis"{given})(text)', language="python")
    st.markdown("**Sentences of which a reader knows the answer**")
    rows = [(sentence, reader, *said(pipeline, sentence)) for sentence, reader in READERS.items()]
    right = sum(SAME.get(label, label) == reader for _, reader, label, _ in rows)
    st.table(  # wraps on a phone, where all columns are needed
        [
            {"sentence": sentence, "a reader": reader, "the pipeline": label, "score": probability(score)}
            for sentence, reader, label, score in rows
        ],
        hide_index=True,
        border="horizontal",
        alt=f"{len(rows)} sentences with the answers of a reader and of the pipeline; {right} of them agree.",
    )
    show_sentence(
        f"{LAB}.readers", st.caption, f"The pipeline agrees with a reader on {right} of {len(rows)}."
    )
    if not usual:
        show_reliability(LAB, FILE)


def _choose_pipeline() -> tuple[Pipeline, bool]:
    """The pipeline, and whether it has its usual model; ours until the learner has asked for that."""
    from dlviz.encoders import sentiment

    wanted = pressed(
        "Load the pipeline’s usual model (268 MB)",
        icon=":material/download:",
        key=f"{LAB}.load_usual",
        help=sentiment.USUAL,
    )
    if wanted:
        bar = st.progress(0.0, "Loading …")
        try:
            fetch(sentiment.usual, bar, "Loading …")
            st.session_state[WITH_USUAL] = True
        except NoEncoder as problem:
            st.error(plain(f"{problem} Ours goes on."), icon=":material/cloud_off:")
        finally:
            bar.empty()
    found = sentiment.in_memory() if st.session_state.get(WITH_USUAL) else None
    return found or sentiment.offline(), found is not None
