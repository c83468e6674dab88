"""Sentences about a learner's classes, computed from what is on screen."""

from dlviz.ui.labs.transfer.own_classes.forward import Answer
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import probability
from dlviz.ui.text_format.quotes import quoted


def verdict(given: Answer) -> str:
    """The class that a head answers, and how probable it finds it."""
    best = int(given.probabilities.argmax())
    return f"The answer: {plain(quoted(given.classes[best]))}, {probability(given.probabilities[best])}"


def describe_answer(given: Answer) -> str:
    """A word of warning where the head has learned from the very picture that it names."""
    if given.learned_from:
        return (
            "The head has learned from this very picture, so that it knows it proves little: "
            "the test below uses other pictures."
        )
    return "The head has not learned from this picture."
