"""What a learner is asked about the film, and the code behind it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dlviz.ui.labs.training.time_machine.film import Film
from dlviz.ui.lesson import Question
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import percent

OPTIONS = 4
CHARACTERS = {" ": "space", "\n": "new line"}


def sources(what: str) -> tuple[Callable | type, ...]:
    """What ran: a checkpoint is read, its network asked, and a part of what it computed taken."""
    from dlviz.trace import trace
    from dlviz.training.analysis import snapshot
    from dlviz.training.state import State

    show = {
        "kernels": snapshot._kernels,
        "maps": snapshot._maps,
        "attention": snapshot._attention,
        "gates": snapshot._gates,
    }
    return State.load, State.model, trace, snapshot.moment, show[what]


def ask(film: Film, kernels: Callable[[], Film]) -> list[Question]:
    """Questions that the film answers.

    Args:
        film: of at least two checkpoints.
        kernels: the same checkpoints with the kernels of the first layer, if the network has any.
    """
    asked = [_first(film), _leap(film), _moved(film, kernels()) or _gate(film)]
    return [question for question in asked if question]


def _step(step: int) -> str:
    return f"step {step:,}"


def _name(film: Film, answer: int) -> str:
    name = film.classes[answer]
    return plain(CHARACTERS.get(name, name))


def _some(count: int, right: int) -> list[int]:
    """Places of a few options, the right one among them, spread over all."""
    spread = np.linspace(0, count - 1, min(count, OPTIONS)).round().astype(int)
    nearest = int(np.abs(spread - right).argmin())
    return sorted({*np.delete(spread, nearest).tolist(), right})


def _first(film: Film) -> Question:
    """Where it said for the first time what it says at last."""
    steps = list(film.moments)
    said = [int(moment.answer.argmax()) for moment in film.moments.values()]
    right = said.index(said[-1])
    name, other = _name(film, said[-1]), [place for place, each in enumerate(said) if each != said[-1]]
    stayed = max(other, default=-1) + 1
    share = percent(float(film.moments[steps[right]].answer[said[-1]]))
    rest = (
        "and never said anything else after that"
        if stayed == right
        else f"and for good from {_step(steps[stayed])} on"
    )
    return Question(
        name="machine.first",
        text=f"At the end it says “{name}”. At which checkpoint did it say so for the first time?",
        options=[_step(steps[place]) for place in _some(len(steps), right)],
        answer=_step(steps[right]),
        hint="Go to the first checkpoint, then forward one at a time, and read what it says.",
        because=f"At {_step(steps[right])} it said “{name}” with {share}, {rest}.",
    )


def _leap(film: Film) -> Question:
    """Between which neighbours the answer changes most."""
    steps = list(film.moments)
    answers = np.stack([moment.answer for moment in film.moments.values()])
    moved = np.abs(np.diff(answers, axis=0)).sum(1) / 2
    right = int(moved.argmax())

    def called(place: int) -> str:
        return f"{_step(steps[place])} → {steps[place + 1]:,}"

    return Question(
        name="machine.leap",
        text="Between which two of these checkpoints does its answer change most?",
        options=[called(place) for place in _some(len(moved), right)],
        answer=called(right),
        hint="Where the curve of its probability is steepest.",
        because=f"There {percent(float(moved[right]))} of its certainty moves from some answers to others.",
    )


def _moved(film: Film, kernels: Film) -> Question | None:
    """Its first layer's weights against its answer; None where it has no kernels."""
    first, last = (list(kernels.moments.values())[at].values.astype(np.float32) for at in (0, -1))
    if not first.size:
        return None
    answers = [list(film.moments.values())[at].answer for at in (0, -1)]
    of_kernels = float(np.linalg.norm(last - first) / np.linalg.norm(first))
    of_answer = float(np.linalg.norm(answers[1] - answers[0]) / np.linalg.norm(answers[0]))
    options = ["the kernels", "the answer"]
    return Question(
        name="machine.moved",
        text="From the first checkpoint to the last, which changes more, each held against what it was: "
        "the kernels of the first layer, or the answer to your input?",
        options=options,
        answer=options[int(of_answer > of_kernels)],
        hint="Choose the first checkpoint to stand beside the last, and look at the kernels’ difference.",
        because=f"The kernels have moved by {of_kernels:.3g} times their length, the answer by "
        f"{of_answer:.3g} times its own. Small steps of all weights together turn an answer round.",
    )


def _gate(film: Film) -> Question | None:
    """Which gate or state changes most on average; None where none are shown."""
    first, last = (list(film.moments.values())[at] for at in (0, -1))
    if not last.values.size:
        return None
    means = np.abs(last.values.astype(np.float32) - first.values).mean((1, 2))
    right = int(means.argmax())
    told = ", ".join(f"{name} {mean:.3g}" for name, mean in zip(last.names, means, strict=True))
    return Question(
        name="machine.gate",
        text="From the first checkpoint to the last, which of these changes most on average?",
        options=list(last.names),
        answer=last.names[right],
        hint="Choose the first checkpoint to stand beside the last, and look at the difference.",
        because=f"The mean changes are: {told}.",
    )
