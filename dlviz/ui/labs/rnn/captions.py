"""What the lab says in words of what is on screen: who made it, what it shows, what has changed."""

from __future__ import annotations

import numpy as np

from dlviz.ui.labs.rnn.forward import Run, said, start_of
from dlviz.ui.labs.rnn.state import SHOWN, get
from dlviz.ui.text_format.numbers import percent

TITLES = {"lstm": "LSTM", "rnn": "RNN", "gru": "GRU"}
SWAPPED = {"digit": "a row without ink", "series": "0"}


def made(run: Run) -> str:
    """Which weights, trained on what, how well; and the intervention."""
    return f"{run.network.made} {_edited(run)}" if run.untouched else run.network.made


def layer(run: Run, before: str) -> str:
    """Which layer is looked at, after these words; nothing where there is one alone."""
    from dlviz.recurrence.reading import names

    every = names(run.model)
    return f"{before}layer {every.index(run.layer) + 1}" if len(every) > 1 else ""


def _edited(run: Run) -> str:
    start, of = run.sequence.called(start_of(run.sequence)), layer(run, " of ")
    return {
        "forget": f"Forget gates{of} held at {get('hold')} from {start} on.",
        "silence": f"Unit {run.unit}{of} silenced from {start} on.",
        "cut": f"Nothing carried over from {start} on.",
        "swap": f"Step {start_of(run.sequence) + 1} was made {SWAPPED.get(run.sequence.kind, start)}.",
    }[get("what")]


def answer(run: Run, step: int, answers: np.ndarray | None = None) -> str:
    """What it would say if it stopped at a step, such as “7 (98.1 %)”."""
    values = (run.answers if answers is None else answers)[step]
    if run.sequence.kind == "series":
        return f"the forecast {values[0]:.3g}"
    best = int(values.argmax())
    return f"{run.network.classes[best]} ({percent(float(values[best]))})"


def changed(run: Run) -> str:
    """What the intervention has changed, computed from both runs."""
    if run.untouched is None and get("what") == "swap":
        return f"The {TITLES[run.name]} reads the same: there is no other word yet."
    if run.untouched is None:
        return f"The {TITLES[run.name]} has no forget gate: nothing changes in it."
    last, before = len(run.sequence) - 1, said(run.sequence.kind, run.untouched)
    moved = np.abs(run.reading.layers[run.layer]["hidden"] - run.untouched.layers[run.layer]["hidden"])
    now, then = answer(run, last), answer(run, last, before)
    start = start_of(run.sequence)
    return (
        f"The {TITLES[run.name]} ends with {now}; untouched it ends with {then}. On average its hidden units "
        f"have moved by {moved[start].mean():.2g} at {run.sequence.called(start)}, "
        f"by {moved[last].mean():.2g} at the end."
    )


def alternative(run: Run, step: int) -> str:
    """The strips in words, at a step."""
    values = run.reading.layers[run.layer]
    hidden = values["hidden"][step]
    forget = ""
    if "forget_gate" in values:
        forget = f" the forget gates stand at {values['forget_gate'][step].mean():.2f} on average;"
    if get("shown") == "difference" and run.untouched:
        forget += f" shown is {SHOWN['difference'].lower()};"
    strongest = int(np.abs(hidden).argmax())
    return (
        f"{TITLES[run.name]}, {len(hidden)} units over {len(run.sequence)} steps. "
        f"At {run.sequence.called(step)}:{forget} "
        f"unit {strongest} is the most active with {hidden[strongest]:.3g}. It would say {answer(run, step)}."
    )


def forecasts(run: Run) -> str:
    """How well it forecast this series, against “same as the last value”; nothing for what is no series."""
    from dlviz.training.waves import KNOWN

    if run.sequence.kind != "series" or len(run.sequence) <= KNOWN:
        return ""
    values = run.sequence.x[:, 0]
    own = np.abs(run.answers[KNOWN - 1 : -1, 0] - values[KNOWN:]).mean()
    same = np.abs(np.diff(values)[KNOWN - 1 :]).mean()
    better = "better" if own < same else "worse"
    return (
        f"The {TITLES[run.name]} misses the next value by {own:.3f} on average, {better} than the guess "
        f"“same as the last value”, which misses by {same:.3f}."
    )
