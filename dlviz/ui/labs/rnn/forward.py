"""Forward pass of the RNN lab: a sequence read by a network, with the learner's intervention."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.inputs import sentence
from dlviz.ui.labs.rnn.sequence import Sequence
from dlviz.ui.labs.rnn.state import State
from dlviz.ui.runs.loaded_network import LoadedNetwork

if TYPE_CHECKING:
    from torch import Tensor, nn

    from dlviz.recurrence.equations import Terms
    from dlviz.recurrence.input_gradients import Target
    from dlviz.recurrence.reading import Reading
    from dlviz.scripts.labs import Held
    from dlviz.trace import Edit

BACK = 60  # words, which the gradient of their whole hidden state goes back
# Multiplications that the gradient of a whole hidden state may cost: a few seconds.
COST = 3e10
MEASURED = 200  # test digits on which an intervention is measured


@dataclass(frozen=True, eq=False)
class ForwardPass:
    """A sequence read by one network.

    Args:
        sequence: as it was read, with a step swapped if that is the intervention.
        layer: the one that is looked at, such as "lstm.0".
        unit: the one that is selected in it.
        held: gates and states that the intervention holds.
        edits: the same, as the trace wants it.
        untouched: the reading without the intervention; None where nothing intervenes.
        everywhere: the reading with the forget gates of every layer held; None where no layer is left free.
    """

    network: LoadedNetwork
    sequence: Sequence
    reading: Reading
    layer: str
    unit: int
    held: list[Held]
    edits: Mapping[str, Edit]
    untouched: Reading | None
    everywhere: Reading | None = None

    @property
    def kind(self) -> str:
        """The network's kind: lstm, rnn or gru."""
        return kind_of(self.network.model)

    @property
    def values(self) -> dict[str, np.ndarray]:
        """Gates and states (steps, hidden) of the layer that is looked at."""
        return self.reading.layers[self.layer]

    @property
    def answers(self) -> np.ndarray:
        """The network's answer if it stopped at each step: (steps, classes) probabilities, or (steps, 1)."""
        return read_answers(self.reading, self.sequence)

    @property
    def answers_before(self) -> np.ndarray | None:
        """Answers (steps, classes) without the intervention; None where nothing intervenes."""
        return None if self.untouched is None else read_answers(self.untouched, self.sequence)

    @property
    def order(self) -> np.ndarray:
        """Units (hidden,) int64, the one that is most active first at the top; an intervention moves none."""
        reading = self.reading if self.untouched is None else self.untouched
        return sort_by_activity(reading.layers[self.layer]["hidden"])

    @property
    def terms(self) -> Terms:
        """The selected unit's equations with their numbers."""
        from dlviz.recurrence.equations import terms

        return terms(self.network.model, self.reading, self.layer, self.unit)

    def looked_back(self, target: Target) -> int:
        """The number of steps back that gradients are computed: those of a whole hidden state take long."""
        from dlviz.recurrence.reading import recurrent

        if target != "hidden":
            return len(self.sequence)
        _, layers = recurrent(self.network.model)
        weights = sum(values.numel() for values in layers.parameters())
        longest = BACK if self.sequence.kind == "sentence" else len(self.sequence)
        return int(max(1, min(longest, COST / (weights * layers.hidden_size))))

    def remembered(self, step: int, target: Target) -> np.ndarray:
        """(step + 1,): how much each step up to this one still matters for the answer or the hidden state.

        0 for what lies further back than is looked.
        """
        from dlviz.recurrence.input_gradients import remembered

        back = self.looked_back(target)
        found = remembered(self.network.model, self.sequence.batch, step, target, self.edits, back)
        return np.pad(found, (step + 1 - len(found), 0))


def forward(network: LoadedNetwork, sequence: Sequence, state: State) -> ForwardPass:
    """Let a network read the sequence, with the learner's intervention and, to compare, without it."""
    from dlviz.recurrence.interventions import hold
    from dlviz.recurrence.reading import names, read
    from dlviz.trace import combined

    model, layers = network.model, names(network.model)
    layer = layers[min(state.layer, len(layers)) - 1]
    untouched = read(model, sequence.batch)
    unit = _unit(kind_of(model), untouched.layers[layer]["hidden"], state)
    swapped = swap_step(sequence, state) if state.what == "swap" else sequence
    held = held_values(model, layer, unit, len(sequence), state)
    edits = combined(*(hold(*each) for each in held))
    touched = swapped is not sequence or bool(edits)
    reading = read(model, swapped.batch, edits) if touched else untouched
    everywhere = None
    if state.what == "forget" and state.held_in == "one" and touched and len(layers) > 1:
        in_all = held_values(model, layer, unit, len(sequence), replace(state, held_in="all"))
        everywhere = read(model, sequence.batch, combined(*(hold(*each) for each in in_all)))
    before = untouched if touched else None
    return ForwardPass(network, swapped, reading, layer, unit, held, edits, before, everywhere)


@dataclass(frozen=True)
class Effect:
    """Numbers of the first test digits, `digits` in all, that a network gets right untouched and touched."""

    digits: int
    before: int
    after: int


def measure_effect(passed: ForwardPass, state: State) -> Effect | None:
    """Measure the intervention on many test digits: one digit alone may mislead.

    None where nothing intervenes, or where the network was not trained for this lab's digits.
    """
    if passed.untouched is None or passed.sequence.kind != "digit" or passed.network.from_run:
        return None
    model = passed.network.model
    held = tuple((*each[:4], tuple(each[4]) if each[4] else None) for each in passed.held)
    inkless = start_step(len(passed.sequence), state) if state.what == "swap" else None
    return Effect(MEASURED, _count_right(model), _count_right(model, held, inkless))


@lru_cache(maxsize=128)
def _count_right(
    model: nn.Module,
    held: tuple[tuple[str, str, float, range, tuple[int, ...] | None], ...] = (),
    inkless: int | None = None,
) -> int:
    """Count the test digits that a network names correctly while it is held so, a row's ink left out."""
    from dlviz.recurrence.accuracy import count_right
    from dlviz.recurrence.interventions import hold
    from dlviz.trace import combined

    x, labels = _measured_digits()
    if inkless is not None:
        x = x.clone()
        x[:, inkless] = x.min()
    return count_right(model, x, labels, combined(*(hold(*each) for each in held)))


@lru_cache(maxsize=1)
def _measured_digits() -> tuple[Tensor, Tensor]:
    """The first test digits (digits, 28, 28) float32 as the networks get them, and their labels (digits,)."""
    from dlviz.data import digits, mnist

    images, labels = mnist.digits("test")
    return digits.normalise(images[:MEASURED])[:, 0], labels[:MEASURED]


def kind_of(model: nn.Module) -> str:
    """The kind of a recurrent network: lstm, rnn or gru."""
    from dlviz.recurrence.reading import recurrent

    name, _ = recurrent(model)
    return name


def read_answers(reading: Reading, sequence: Sequence) -> np.ndarray:
    """Answers after each step as the page shows them.

    Returns: (steps, classes) probabilities, or (steps, 1) forecasts of a series, in its own units.
    """
    if sequence.kind == "series":
        return reading.answers * np.float32(sequence.unit)
    import torch

    return torch.from_numpy(reading.answers).softmax(dim=1).numpy()


def shown_step(sequence: Sequence, state: State) -> int:
    """The step that is looked at: the learner's if it is there, else the last."""
    return state.step if 0 <= state.step < len(sequence) else len(sequence) - 1


def start_step(steps: int, state: State) -> int:
    """The step, of so many, at which the intervention begins: the learner's if it is there, else halfway."""
    return state.start if state.start < steps else steps // 2


def sort_by_activity(hidden: np.ndarray) -> np.ndarray:
    """Units in the order of the step at which they are most active, which is where |h| is largest.

    Args:
        hidden: (steps, hidden).
    Returns: (hidden,) int64.
    """
    return np.abs(hidden).argmax(axis=0).argsort(kind="stable")


def _unit(kind: str, hidden: np.ndarray, state: State) -> int:
    """The learner's unit if it is there, else the one most active at the end of hidden (steps, hidden)."""
    wanted = state.unit if kind == "lstm" else state.rnn_unit
    return wanted if 0 <= wanted < hidden.shape[1] else int(np.abs(hidden[-1]).argmax())


def swap_step(sequence: Sequence, state: State) -> Sequence:
    """The sequence with one step replaced: by another word, an empty row, or a zero.

    It stays as it is where there is no other word.
    """
    start = start_step(len(sequence), state)
    if sequence.kind == "sentence":
        word = sentence.read(state.word, 1)
        if not len(word):
            return sequence
        other, x, steps = Sequence.from_words(word), sequence.x.copy(), list(sequence.steps)
        x[start], steps[start] = other.x[0], other.steps[0]
        unknown = sequence.unknown - {start} | ({start} if 0 in other.unknown else set())
        return replace(sequence, x=x, steps=tuple(steps), unknown=frozenset(unknown))
    assert sequence.shown is not None
    shown = sequence.shown.copy()
    shown[start] = 0
    if sequence.kind == "digit":
        return Sequence.from_digit(shown)
    x = sequence.x.copy()
    x[start] = 0
    return replace(sequence, x=x, shown=shown)


def held_values(model: nn.Module, layer: str, unit: int, steps: int, state: State) -> list[Held]:
    """Gates and states that the learner's intervention holds while a sequence of so many steps is read.

    For a forget gate a GRU has its update gate, which says how much of the state stays. An RNN has nothing
    that could be held: to forget, its hidden state is wiped once, before the intervention's first step.
    """
    from dlviz.recurrence.reading import names

    kind, start = kind_of(model), start_step(steps, state)
    match state.what:
        case "forget" if kind == "rnn":
            wiped = start > 0 and state.hold == 0
            return [(layer, "hidden", 0.0, range(start - 1, start), None)] if wiped else []
        case "forget":
            gate = "forget_gate" if kind == "lstm" else "update_gate"
            held = names(model) if state.held_in == "all" else [layer]
            return [(each, gate, float(state.hold), range(start, steps), None) for each in held]
        case "silence":
            return [(layer, "hidden", 0.0, range(start, steps), [unit])]
        case "cut":
            states = ["cell", "hidden"] if kind == "lstm" else ["hidden"]
            once = range(start, start + 1)
            return [(each, name, 0.0, once, None) for each in names(model) for name in states]
    return []
