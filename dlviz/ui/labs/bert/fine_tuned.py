"""The fine-tuned BERT of two views: its file, and what made it."""

from dlviz.ui.labs.bert.state import PACKAGED

FILE = "bert_sentiment"


def provenance() -> str:
    """Sentence on the classifier: the packaged encoder, and what of it was trained on what."""
    return (
        f"{PACKAGED}, fine-tuned here: its last four layers, and a linear layer over the mean of its tokens, "
        "learned from 12,683 sentences that people had rated, and from some that a grammar wrote."
    )
