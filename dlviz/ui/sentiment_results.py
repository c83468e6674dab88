"""Networks that tell positive from negative: how often each is right, and how sure it may be."""

import streamlit as st

from dlviz.ui.lab import Lab
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.numbers import percent

CLASSIFIER = "real_sentiment_classifier"  # its embedding also reads words for the RNN lab's networks
REAL = {"films": "film reviews", "products": "product reviews", "tweets": "tweets"}
LEARNED = (
    "trained on rated sentences of film reviews, product reviews and tweets, and some that a grammar wrote"
)


def results(file: str) -> str:
    """Sentences on how many answers are right, of real sentences by kind, of hand-written ones and of pairs.

    Args:
        file: name of the network's weights file, which carries what was measured.
    Raises: BadWeights if the file is missing or damaged.
    """
    measured = model_cache.measured(file)
    right, of = measured["right"], measured["of"]
    shares = [f"{percent(right[kind] / of[kind])} of {name}" for kind, name in REAL.items()]
    return (
        f"On sentences that it has not learned from it is right in {shares[0]}, {shares[1]} and {shares[2]}, "
        f"in {percent(right['hand-written'] / of['hand-written'])} of {of['hand-written']:.0f} sentences "
        f"written by hand, and in both sentences of {right['pairs']:.0f} of {of['pairs']:.0f} pairs that "
        "differ in one thing, such as a “not”. A coin gets half, and both of a pair one time in four."
    )


def show_reliability(lab: Lab, file: str) -> None:
    """Draw how often the answers to the real test sentences are right, by how sure the network is of them.

    Args:
        file: name of the network's weights file.
    """
    from dlviz.figures.reliability import reliability

    measured = model_cache.measured(file)
    shares, counts = measured["reliability"], measured["counts"]
    st.markdown("**As sure as it should be?** Real sentences that it has not learned from")
    figure = reliability(
        [float(said) for said in shares], list(shares.values()), [int(counts[said]) for said in shares]
    )
    st.plotly_chart(figure, key=f"{lab}.reliability", config={"displayModeBar": False})
    st.caption(
        "A point on the line: of the answers of which it is 80 % sure, 80 % are right. Large points are many "
        "answers. All these sentences are English, and none is neutral: of other texts the picture says "
        "nothing."
    )
