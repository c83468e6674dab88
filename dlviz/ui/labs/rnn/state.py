"""State of the RNN lab: what is read, by which networks, the step and units looked at, an intervention."""

from dataclasses import dataclass
from typing import Literal

from dlviz.ui import fields
from dlviz.ui.inputs import sentence
from dlviz.ui.inputs.digit import TEST_DIGITS, DigitFields
from dlviz.ui.lab import Lab
from dlviz.ui.runs.fields import RunFields

WORDS = 200  # of a sentence; longer ones are shortened
LONGEST = 200  # steps: of a series that a learner writes
INPUTS = {"digit": "Digit", "sentence": "Sentence", "series": "Series"}
OPENINGS = {"digit": "", "sentence": "words", "series": "a series"}  # of the lesson
SERIES = {"sines": "Waves", "pulses": "Pulses", "trends": "Trend", "own": "Own"}
NETWORKS = {"both": "Both", "lstm": "LSTM", "rnn": "RNN"}
LAYERS = 4  # of a network, at the most
UNITS = 1024  # of a layer, at the most
TARGETS = {"answer": "the answer", "hidden": "the hidden state"}
INTERVENTIONS = {
    "none": "Nothing",
    "forget": "Hold the forget gate",
    "silence": "Silence the unit",
    "cut": "Cut what is carried over",
    "swap": "Swap a step",
}
SHOWN = {"values": "Values", "difference": "What changed"}
HELD_IN = {"all": "Every layer", "one": "One layer"}
ORDERS = {"active": "by when they are active", "number": "by number"}
EXAMPLE = "the film was not good at all"


def _check_word(text: str) -> None:
    if not text.strip():
        raise ValueError(text)


def _check_series(text: str) -> None:
    if text:
        from dlviz.data import waves  # late: it takes torch with it

        waves.written(text)


@dataclass(frozen=True)
class State(DigitFields, RunFields):
    """Choices of a learner.

    Args:
        input: "digit", "sentence" or "series".
        text: the sentence.
        kind: of the series; with "own" it is `values`, else drawn from the seed.
        seed: of the series.
        values: the learner's own series, numbers with spaces between; empty until there is one.
        networks: "both", "lstm" or "rnn".
        layer: the one that is looked at, counted from 1; of a network with fewer, its last.
        step: the one that is looked at; −1 for the last.
        unit: of the LSTM, the one that is selected; −1 for the one most active at the end.
        rnn_unit: the same for an RNN or a GRU.
        of: "answer" or "hidden", for which it is shown how much each step still matters.
        what: the intervention.
        hold: value at which the forget gates are held.
        held_in: "all" layers, or the "one" that is looked at, in which the forget gates are held.
        start: step at which the intervention begins; one that is not there stands for halfway.
        word: the one that is read instead of a sentence's word.
        shown: "values", or "difference" that the intervention makes.
        order: of the units in the strips: "active" or "number".
    """

    sample: int = fields.integer(-1, TEST_DIGITS - 1, 0)
    input: str = fields.choice(INPUTS, "digit")
    text: str = fields.coded(EXAMPLE, str, lambda text: sentence.link(text, WORDS))
    kind: str = fields.choice(SERIES, "sines")
    seed: int = fields.integer(0, 9999, 0)
    values: str = fields.text("", _check_series)
    networks: str = fields.choice(NETWORKS, "both")
    layer: int = fields.integer(1, LAYERS, 1)
    step: int = fields.integer(-1, LONGEST - 1, -1)
    unit: int = fields.integer(-1, UNITS - 1, -1)
    rnn_unit: int = fields.integer(-1, UNITS - 1, -1)
    of: Literal["answer", "hidden"] = fields.choice(TARGETS, "answer")
    what: str = fields.choice(INTERVENTIONS, "none")
    hold: int = fields.integer(0, 1, 0)
    held_in: str = fields.choice(HELD_IN, "all")
    start: int = fields.integer(0, LONGEST - 1, 14)
    word: str = fields.text("good", _check_word)
    shown: str = fields.choice(SHOWN, "values")
    order: str = fields.choice(ORDERS, "active")


LAB = Lab("rnn", State)
