"""State of the Text classification lab: the text, and the word that is looked at."""

from dataclasses import dataclass

from dlviz.ui import fields
from dlviz.ui.inputs import sentence
from dlviz.ui.lab import Lab
from dlviz.ui.runs.fields import RunFields

WORDS = 200  # longer texts are shortened
# Sentence -> what a reader would say of it. The last one is there because the network gets it wrong.
EXAMPLES = {
    "the film was not good at all": "negative",
    "although the plot was boring, I loved the film": "positive",
    "the hotel was lovely but the waiter was rude": "negative",
    "the battery dies after an hour": "negative",
    "I would recommend it to anyone": "positive",
    "the film was not bad at all": "positive",
    "great, another broken phone": "negative",
    "thanks for nothing": "negative",
}


@dataclass(frozen=True)
class State(RunFields):
    """Choices of a learner.

    Args:
        word: place of a word in the text, or −1 for the last.
    """

    text: str = fields.coded(next(iter(EXAMPLES)), str, lambda text: sentence.link(text, WORDS))
    word: int = fields.integer(-1, WORDS - 1, -1)


LAB = Lab("text", State)
