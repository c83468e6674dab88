"""Sentences on the RNN lab's readings: who made the network, what they show, what has changed."""

from __future__ import annotations

import numpy as np

from dlviz.ui.labs.rnn.forward import Effect, ForwardPass, read_answers, start_step
from dlviz.ui.labs.rnn.sequence import unit_of
from dlviz.ui.labs.rnn.state import SHOWN, State
from dlviz.ui.text_format.numbers import counted, number, probability
from dlviz.ui.text_format.quotes import isolated

TITLES = {"lstm": "LSTM", "rnn": "RNN", "gru": "GRU"}
SWAPPED = {"digit": "a row without ink", "series": "0"}


def title(passed: ForwardPass) -> str:
    """The network's kind, and the layer that is looked at where there are several."""
    return TITLES[passed.kind] + _layer(passed, ", ")


def provenance(passed: ForwardPass, state: State) -> str:
    """Origin of the weights, their measured result, and the intervention."""
    made = passed.network.provenance
    return made if passed.untouched is None else f"{made} {_intervention(passed, state)}"


def _layer(passed: ForwardPass, before: str) -> str:
    """The layer that is looked at, after these words; nothing where there is one alone."""
    layers = list(passed.reading.layers)
    return f"{before}layer {layers.index(passed.layer) + 1}" if len(layers) > 1 else ""


def _intervention(passed: ForwardPass, state: State) -> str:
    step = start_step(len(passed.sequence), state)
    start, layer = passed.sequence.step_name(step), _layer(passed, " of ")
    match state.what:
        case "forget" if passed.kind == "rnn":
            return f"Hidden state set to 0 once, before {start}."
        case "forget":
            gates = "Forget gates" if passed.kind == "lstm" else "Update gates"
            where = layer if state.held_in == "one" else " of every layer" if layer else ""
            return f"{gates}{where} held at {state.hold} from {start} on."
        case "silence":
            return f"Unit {passed.unit}{layer} silenced from {start} on."
        case "cut":
            return f"All that is carried over was set to 0 once, after {start}."
        case _:
            return f"Step {step + 1} was made {SWAPPED.get(passed.sequence.kind, start)}."


def answer(passed: ForwardPass, step: int, answers: np.ndarray | None = None) -> str:
    """The answer if the network stopped at a step, such as “7 (98.1 %)”.

    Args:
        answers: (steps, classes) or (steps, 1); without it those of the pass.
    """
    values = (passed.answers if answers is None else answers)[step]
    if passed.sequence.kind == "series":
        return f"the forecast {number(values[0])}"
    best = int(values.argmax())
    return f"{isolated(passed.network.classes[best])} ({probability(float(values[best]))})"


def what_changed(passed: ForwardPass, state: State) -> str:
    """The intervention's effect, computed from the readings with it and without."""
    name, sequence = TITLES[passed.kind], passed.sequence
    last, start = len(sequence) - 1, start_step(len(sequence), state)
    if passed.untouched is None:
        if state.what == "swap":
            return f"The {name} reads the same: there is no other word yet."
        if state.hold == 1:
            return f"The {name} has no forget gate that could be held at 1: it reads as before."
        return f"The {name} reads as before: nothing is carried over to {sequence.step_name(0)}."
    moved = np.abs(passed.values["hidden"] - passed.untouched.layers[passed.layer]["hidden"])
    now, before = answer(passed, last), answer(passed, last, passed.answers_before)
    return (
        f"{_counterpart(passed, state)}The {name} ends with {now}; untouched it ends with {before}. "
        f"On average its hidden units have moved by {moved[start].mean():.2g} at "
        f"{sequence.step_name(start)}, by {moved[last].mean():.2g} at the end.{_still_known(passed)}"
    )


def _counterpart(passed: ForwardPass, state: State) -> str:
    """The counterpart, in a network without a forget gate, of holding it."""
    if state.what != "forget" or passed.kind == "lstm":
        return ""
    if passed.kind == "gru":
        return "The GRU has no forget gate: its update gate, which says how much stays, is held instead. "
    start = passed.sequence.step_name(start_step(len(passed.sequence), state))
    return (
        f"The RNN has no forget gate: before {start} its hidden state, all its memory, is set to 0 instead. "
    )


def _still_known(passed: ForwardPass) -> str:
    """The answer with every layer held, beside which one sees what a free layer still knows."""
    if passed.everywhere is None:
        return ""
    others = [layer for layer in passed.reading.layers if layer != passed.layer]
    free = " and ".join(str(list(passed.reading.layers).index(layer) + 1) for layer in others)
    subject = f"Layer {free} keeps its" if len(others) == 1 else f"Layers {free} keep their"
    without = answer(passed, -1, read_answers(passed.everywhere, passed.sequence))
    return f" {subject} own memory: with every layer held it would end with {without}."


def measured_effect(passed: ForwardPass, effect: Effect | None) -> str:
    """The intervention's effect on many test digits; "" where it was not measured."""
    if effect is None:
        return ""
    return (
        f"Of the first {effect.digits} test digits the {TITLES[passed.kind]} gets {effect.after} right "
        f"when this is done, {effect.before} untouched."
    )


def text_alternative(passed: ForwardPass, step: int, state: State) -> str:
    """The strips in words, at a step."""
    hidden, parts = passed.values["hidden"][step], ""
    if "forget_gate" in passed.values:
        mean = passed.values["forget_gate"][step].mean()
        parts = f" the forget gates stand at {mean:.2f} on average;"
    if state.shown == "difference" and state.what != "none":
        parts += f" shown is {SHOWN['difference'].lower()};"
    strongest = int(np.abs(hidden).argmax())
    return (
        f"{TITLES[passed.kind]}, {counted(len(hidden), 'unit')} over "
        f"{counted(len(passed.sequence), 'step')}. "
        f"At {passed.sequence.step_name(step)}:{parts} "
        f"unit {strongest} is the most active with {number(hidden[strongest])}. "
        f"It would say {answer(passed, step)}."
    )


def input_alternative(passed: ForwardPass) -> str:
    """The digit or the series in words."""
    if passed.sequence.kind == "digit":
        return "The digit, 28 rows of 28 pixels, read from the top."
    return f"{len(passed.sequence)} values, read from the left."


def series(values: np.ndarray) -> str:
    """Describe a series (steps,) as it was read, and as the networks are given it if it goes beyond ±1."""
    read = f"{len(values)} values, from {number(values.min())} to {number(values.max())}."
    if (unit := unit_of(values)) == 1:
        return read
    return (
        f"{read} The networks have learned from series between −1 and 1: they read these values divided by "
        f"{number(unit)}, and their forecasts are multiplied by it."
    )


def forecast_error(passed: ForwardPass) -> str:
    """Mean error of a series' forecasts beside that of “same as the last value”; "" for what is no series."""
    from dlviz.training.waves import KNOWN

    values = passed.sequence.shown
    if passed.sequence.kind != "series" or values is None or len(values) <= KNOWN:
        return ""
    own = np.abs(passed.answers[KNOWN - 1 : -1, 0] - values[KNOWN:]).mean()
    same = np.abs(np.diff(values)[KNOWN - 1 :]).mean()
    better = "better" if own < same else "worse"
    return (
        f"The {TITLES[passed.kind]} misses the next value by {own:.3f} on average, {better} than the guess "
        f"“same as the last value”, which misses by {same:.3f}."
    )


def liked_rows(unit: int, rows: int, dreamed: np.ndarray, real: float, digits: int) -> str:
    """Compare the rows that a unit would like to read with real ones.

    Args:
        rows: read so far.
        dreamed: (starts,) hidden states after the dreams.
        real: the highest after a real digit.
        digits: of how many it is the highest.
    """
    best = float(dreamed.max())
    return (
        f"After {counted(rows, 'row')}, unit {unit}’s hidden state is **{number(best, '.3g')}** in the best "
        f"dream and **{number(real, '.3g')}** in the strongest of {digits:,} test digits. "
        + (
            "This dream does not get as far."
            if best <= real
            else f"The dream goes {number(best - real, '.2g')} further; no hidden state can pass 1."
        )
    )
