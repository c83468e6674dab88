"""A sequence read by the RNN and the LSTM, as the learner has set it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.inputs import sentence
from dlviz.ui.labs.rnn.inputs import Sequence, of_words
from dlviz.ui.labs.rnn.networks import Network, chosen
from dlviz.ui.labs.rnn.state import BACK, get

if TYPE_CHECKING:
    from torch import Tensor, nn

    from dlviz.recurrence.equations import Terms
    from dlviz.recurrence.reading import Reading
    from dlviz.scripts.labs import Held
    from dlviz.trace import Edit

# Multiplications that the gradient of a whole hidden state may cost: a few seconds.
COST = 3e10


@dataclass(frozen=True, eq=False)
class Run:
    """One pass of a sequence through a network.

    Args:
        layer: the one that is looked at, such as "lstm.0".
        unit: the one that is selected in it.
        held, edits: the intervention in the network's inside, and as the trace wants it.
        untouched: the same without the intervention, where there is one.
    """

    network: Network
    sequence: Sequence
    reading: Reading
    layer: str
    unit: int
    held: list[Held]
    edits: Mapping[str, Edit]
    untouched: Reading | None

    @property
    def name(self) -> str:
        """Its network's: lstm, rnn or gru."""
        return self.network.name

    @property
    def model(self) -> nn.Module:
        """The network itself."""
        return self.network.model

    @property
    def answers(self) -> np.ndarray:
        """What it would say after each step: (steps, classes) probabilities, or (steps, 1) forecasts."""
        return said(self.sequence.kind, self.reading)

    @property
    def terms(self) -> Terms:
        """The selected unit's equations with their numbers."""
        from dlviz.recurrence.equations import terms

        return terms(self.model, self.reading, self.layer, self.unit)

    def remembered(self, step: int) -> np.ndarray:
        """(step + 1,): how much each step up to this one still matters for the answer or the hidden state.

        0 for what lies further back than is looked.
        """
        from dlviz.recurrence.input_gradients import remembered

        back = looked_back(self.model, self.sequence)
        found = remembered(self.model, tensor(self.sequence), step, get("of"), self.edits, back)
        return np.pad(found, (step + 1 - len(found), 0))


def said(kind: str, reading: Reading) -> np.ndarray:
    """The answers of a reading as the page shows them: probabilities, or for a series the forecasts."""
    if kind == "series":
        return reading.answers
    raised = np.exp(reading.answers - reading.answers.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def looked_back(model: nn.Module, sequence: Sequence) -> int:
    """How many steps back gradients are looked at: those of a large network's whole state take long."""
    from dlviz.recurrence.reading import recurrent

    if get("of") != "hidden":
        return len(sequence)
    _, layers = recurrent(model)
    weights = sum(values.numel() for values in layers.parameters())
    longest = BACK if sequence.kind == "sentence" else len(sequence)
    return int(max(1, min(longest, COST / (weights * layers.hidden_size))))


def tensor(sequence: Sequence) -> Tensor:
    """(1, steps, input)."""
    import torch

    return torch.from_numpy(sequence.x[None])


def runs(sequence: Sequence) -> list[Run]:
    """The sequence through each chosen network.

    Raises: BadWeights if weights are missing or damaged, or those of the run cannot be shown.
    """
    return [run(network, sequence) for network in chosen(sequence.kind)]


def run(network: Network, sequence: Sequence) -> Run:
    """The sequence through one network, with the learner's intervention."""
    from dlviz.recurrence.interventions import hold
    from dlviz.recurrence.reading import read
    from dlviz.trace import combined

    name, model, layer = network.name, network.model, network.layer
    untouched = read(model, tensor(sequence))
    unit = _unit(name, untouched, layer)
    changed, holds = swapped(sequence), held(name, model, layer, unit, len(sequence))
    edits = combined(*(hold(*each) for each in holds))
    touched = changed is not sequence or bool(edits)
    reading = read(model, tensor(changed), edits) if touched else untouched
    return Run(network, changed, reading, layer, unit, holds, edits, untouched if touched else None)


def _unit(name: str, reading: Reading, layer: str) -> int:
    """The learner's unit if it is there, else the one most active at the end."""
    hidden = reading.layers[layer]["hidden"]
    wanted = get("unit" if name == "lstm" else "rnn_unit")
    return wanted if 0 <= wanted < hidden.shape[1] else int(np.abs(hidden[-1]).argmax())


def step_of(sequence: Sequence) -> int:
    """The step that is looked at: the learner's if it is there, else the last."""
    return get("step") if 0 <= get("step") < len(sequence) else len(sequence) - 1


def start_of(sequence: Sequence) -> int:
    """The step at which the intervention begins, within the sequence."""
    return min(get("start"), len(sequence) - 1)


def swapped(sequence: Sequence) -> Sequence:
    """The sequence with one step replaced, if that is chosen: another word, an empty row, a zero."""
    if get("what") != "swap":
        return sequence
    start, x = start_of(sequence), sequence.x.copy()
    if sequence.kind == "sentence":
        word = sentence.read(get("word"), 1)
        if not len(word):
            return sequence
        other = of_words(word)
        x[start], steps = other.x[0], list(sequence.steps)
        steps[start] = other.steps[0]
        unknown = sequence.unknown - {start} | ({start} if 0 in other.unknown else set())
        return replace(sequence, x=x, steps=tuple(steps), unknown=frozenset(unknown))
    assert sequence.shown is not None
    shown = sequence.shown.copy()
    x[start], shown[start] = _nothing(sequence), 0.0
    return replace(sequence, x=x, shown=shown)


def _nothing(sequence: Sequence) -> np.ndarray:
    """What the networks read where there is no ink, or a zero."""
    from dlviz.ui.labs.rnn.inputs import of_digit

    return (
        of_digit(np.zeros((28, 28), np.float32)).x[0] if sequence.kind == "digit" else np.zeros(1, np.float32)
    )


def held(name: str, model: nn.Module, layer: str, unit: int, steps: int) -> list[Held]:
    """What the learner's intervention holds in a network's inside."""
    from dlviz.recurrence.reading import names

    start = min(get("start"), steps - 1)
    if get("what") == "forget" and name == "lstm":
        return [(layer, "forget_gate", float(get("hold")), range(start, steps), None)]
    if get("what") == "silence":
        return [(layer, "hidden", 0.0, range(start, steps), [unit])]
    if get("what") == "cut":
        states = ["cell", "hidden"] if name == "lstm" else ["hidden"]
        return [
            (each, state, 0.0, range(start, start + 1), None) for each in names(model) for state in states
        ]
    return []
