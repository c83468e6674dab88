"""Sentences that praise or blame a film, a meal, a book, a gadget or a place, with their labels.

A grammar writes them, so that no single word gives the label away: what is negated, near or far, and what
follows "but" must be heard. Others were written by hand, for the test alone. Pure Python, without torch.
"""

from dlviz.data.sentiment.corpus import Split, draw, hand_written, sentences, split
from dlviz.data.sentiment.tokens import fallen_away, tokenise
from dlviz.data.sentiment.vocabulary import PADDING, UNKNOWN, Vocabulary

__all__ = [
    "PADDING",
    "UNKNOWN",
    "Split",
    "Vocabulary",
    "draw",
    "fallen_away",
    "hand_written",
    "sentences",
    "split",
    "tokenise",
]
