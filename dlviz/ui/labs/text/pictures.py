"""Pictures of the Text classification lab: the answer, the text's way to it, and what each word did."""

import numpy as np
import streamlit as st

from dlviz.data.reviews import NEUTRAL
from dlviz.ui.components.flow import Flow, chosen_word, flow
from dlviz.ui.components.word_highlights import word_highlights
from dlviz.ui.labs.text import captions
from dlviz.ui.labs.text.forward import Contributions, ForwardPass, measure_contributions, selected_word
from dlviz.ui.labs.text.networks import Classifier
from dlviz.ui.labs.text.state import LAB, WORDS, State
from dlviz.ui.sentiment_results import CLASSIFIER, show_reliability
from dlviz.ui.session_cache import compute_once
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import probability
from dlviz.ui.text_format.quotes import isolated
from dlviz.ui.verdict import show_sentence, show_verdict

FLOW = f"{LAB}.flow"
PROGRESS = "Leaving out one word after the other …"


def take_clicks() -> None:
    """Put the word that the learner has chosen since the last run into the lab's state."""
    if (word := chosen_word(FLOW, WORDS)) is not None:
        LAB.update(word=word)


def show_answer(passed: ForwardPass, state: State) -> None:
    """Say what the network answers, what a reader would say, and what made the network."""
    share = probability(float(passed.probabilities.max()))
    show_verdict(LAB, plain(f"The network says {isolated(passed.answer)}: {share}"))
    if agrees := captions.agrees_with_reader(passed, state):
        show_sentence(f"{LAB}.reader", st.markdown, agrees)
    show_sentence(f"{LAB}.provenance", st.caption, plain(passed.network.provenance))


def show_certainty(network: Classifier) -> None:
    """Draw a panel, folded away, on how sure the lab's network may be; none for that of a run."""
    if network.run:
        return
    panel = st.expander(
        "How sure may it be?", icon=":material/verified:", key=f"{LAB}.certainty", on_change="rerun"
    )
    if panel.open:
        with panel:
            show_reliability(LAB, CLASSIFIER)
            st.caption(
                "About twenty people rated each sentence, from −4 to +4. Where the mean lies within "
                f"{NEUTRAL} of 0 it is neutral: neither learned nor counted here."
            )


def show_flow(passed: ForwardPass, state: State) -> None:
    """Draw the text's way through the network."""
    sentence = passed.sentence
    flow(
        FLOW,
        Flow(
            words=sentence.words,
            indices=sentence.indices,
            unknown=sentence.unknown,
            word=selected_word(sentence, state.word),
            classes=passed.network.names,
            alt=captions.text_alternatives(passed),
            vectors=passed.vectors,
            forward=passed.forward,
            backward=passed.backward,
            parts=passed.terms,
            logits=passed.logits,
            probabilities=passed.probabilities,
        ),
    )
    show_sentence(f"{LAB}.readers", st.caption, plain(captions.both_readers(passed)))


def show_contributions(passed: ForwardPass) -> Contributions:
    """Mark the words by what each did, measured once a text; the measured contributions."""
    sentence, (end, other) = passed.sentence, map(isolated, passed.pair_names)
    methods = plain(f"Two methods, both in logits for {end} against {other}.")
    show_sentence(f"{LAB}.methods", st.markdown, f"**What did each word do?** {methods}")
    place = st.empty()
    bar = place.progress(0.0, PROGRESS)
    contributions = compute_once(
        f"{LAB}.contributions",
        (passed.network.model, sentence.indices),
        # The path of integrated gradients takes the last third.
        lambda: measure_contributions(passed, lambda share: bar.progress(0.67 * share, PROGRESS)),
    )
    place.empty()
    integrated = contributions.integrated
    rows = [("Integrated gradients", captions.path_of_gradients(integrated), integrated.words)]
    if contributions.without is not None:
        rows.insert(0, ("Leave one word out", "how much the margin falls without it", contributions.without))
    limit = max(float(np.abs(values).max()) for _, _, values in rows)
    key = f"{LAB}.word_highlights"
    word_highlights(key, sentence.words, rows, passed.pair_names, sentence.unknown, limit=limit)
    if sentence.unknown:
        st.caption("Integrated gradients begin with unknown words: by that method an unknown word counts 0.")
    show_sentence(f"{LAB}.agreement", st.markdown, captions.agreement(contributions))
    return contributions
