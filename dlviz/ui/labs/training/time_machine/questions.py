"""Questions of the time machine, answered from the film, and the code behind it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dlviz.questions import Choice
from dlviz.training.runs import checkpoints, service
from dlviz.ui.labs.training.time_machine.film import Film, NetworkInput
from dlviz.ui.runs.checkpoints import Checkpoint
from dlviz.ui.runs.live_run import LiveRun
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import percent, probability
from dlviz.ui.text_format.quotes import quoted

SCRIPT_NAME = "checkpoints.py"
OPTIONS = 4
CHARACTERS = {" ": "space", "\n": "new line"}


# From a checkpoint's step and an answer to how many other examples get the same one, and of how many.
OtherAnswers = Callable[[int, int], tuple[int, int] | None]


def questions(film: Film, kernels: Callable[[], Film], others: OtherAnswers | None = None) -> list[Choice]:
    """Questions that the film answers.

    Args:
        film: of at least two checkpoints.
        kernels: the same checkpoints with the kernels of the first layer, if the network has any.
        others: counts the same answer among other examples; None where there are none to compare with.
    """
    asked = [
        _for_good(film, others),
        _largest_change(film),
        _kernels_or_answer(film, kernels()) or _gate(film),
    ]
    return [question for question in asked if question]


def shown_code(kind: str) -> list[Callable | type]:
    """The code that ran: a checkpoint is read, its network asked, and a part of what it computed taken.

    Args:
        kind: of picture.
    """
    from dlviz.trace import trace
    from dlviz.training.analysis import snapshot
    from dlviz.training.state import State

    show = {
        "kernels": snapshot._kernels,
        "maps": snapshot._maps,
        "attention": snapshot._attention,
        "gates": snapshot._gates,
    }
    return [State.load, State.model, trace, snapshot.moment, show[kind]]


def script(run: LiveRun, given: NetworkInput, step: int) -> str:
    """The plain PyTorch script that gives weights files of this run the same input.

    Args:
        step: of a checkpoint that can be read.
    """
    from dlviz.scripts.checkpoint import checkpoint_script, indices, picture, symbols
    from dlviz.training.state import State

    state = State.load(checkpoints.path(service.shared().store.folder(run.run), step))
    checkpoint = Checkpoint(state.model(), state.class_name, state.facts, step)
    if given.kind == "picture":
        code = picture(given.picture)
    elif given.kind == "sequence":
        code = symbols(given.tensor(checkpoint)[0].argmax(1).tolist())
    else:
        code = indices(given.tensor(checkpoint)[0].tolist())
    return checkpoint_script(state.class_name, state.arguments, checkpoint.classes, code)


def _step(step: int) -> str:
    return f"step {step:,}"


def _class_name(film: Film, answer: int) -> str:
    """The name of a class, in quotation marks."""
    name = film.classes[answer]
    return plain(quoted(CHARACTERS.get(name, name)))


def _choose_options(count: int, right: int) -> list[int]:
    """A few of so many options by their index, the right one among them, spread over all."""
    spread = np.linspace(0, count - 1, min(count, OPTIONS)).round().astype(int)
    nearest = int(np.abs(spread - right).argmin())
    return sorted({*np.delete(spread, nearest).tolist(), right})


def _for_good(film: Film, others: OtherAnswers | None) -> Choice:
    """The checkpoint from which on the network gives its last answer, beside its answers to others."""
    steps = list(film.moments)
    answers = [int(moment.answer.argmax()) for moment in film.moments.values()]
    last, first = answers[-1], answers.index(answers[-1])
    right = max((at for at, answer in enumerate(answers) if answer != last), default=-1) + 1
    name = _class_name(film, last)
    share = _share(film, right)
    parts = [f"At {_step(steps[right])} it says {name} with {share}, and never anything else after."]
    if right != first:
        parts.append(f"It said so at {_step(steps[first])} already, but not for good.")
    for at in sorted({first, right}):
        if others and (counted := others(steps[at], last)):
            same, count = counted
            parts.append(f"At {_step(steps[at])} it says {name} to {same} of {count} other examples too.")
    return Choice(
        name="machine.first",
        text=f"At the end it says {name}. From which checkpoint on does it say so for good?",
        options=[_step(steps[at]) for at in _choose_options(len(steps), right)],
        answer=_step(steps[right]),
        hints=[
            "Go back from the last checkpoint, one at a time, until it says something else.",
            "From the checkpoint that follows that one, the answer stays.",
        ],
        because=" ".join(parts),
    )


def _share(film: Film, at: int) -> str:
    """Probability of the last answer at one of the checkpoints, as text."""
    moments = list(film.moments.values())
    return probability(float(moments[at].answer[int(moments[-1].answer.argmax())]))


def _largest_change(film: Film) -> Choice:
    """The neighbouring checkpoints between which the answer changes most."""
    steps = list(film.moments)
    answers = np.stack([moment.answer for moment in film.moments.values()])  # (checkpoints, classes)
    changes = np.abs(np.diff(answers, axis=0)).sum(1) / 2  # (checkpoints − 1,)
    right = int(changes.argmax())
    options = {at: f"{_step(steps[at])} → {steps[at + 1]:,}" for at in _choose_options(len(changes), right)}
    return Choice(
        name="machine.leap",
        text="Between which two of these checkpoints does its answer change most?",
        options=list(options.values()),
        answer=options[right],
        hints=[
            "Where the curve of its probability is steepest.",
            (
                "Compare its probabilities at two neighbouring checkpoints: how much moves from some "
                "answers to others?"
            ),
        ],
        because=f"There {percent(float(changes[right]))} of its certainty moves from some answers to others.",
    )


def _kernels_or_answer(film: Film, kernels: Film) -> Choice | None:
    """The change of the first layer's weights against that of the answer; None without kernels."""
    first, last = (list(kernels.moments.values())[at].values.astype(np.float32) for at in (0, -1))
    if not first.size:
        return None
    before, after = (list(film.moments.values())[at].answer for at in (0, -1))
    kernel_change = float(np.linalg.norm(last - first) / np.linalg.norm(first))
    answer_change = float(np.linalg.norm(after - before) / np.linalg.norm(before))
    options = ["the kernels", "the answer"]
    return Choice(
        name="machine.moved",
        text="From the first checkpoint to the last, which changes more, each held against what it was: "
        "the kernels of the first layer, or the answer to your input?",
        options=options,
        answer=options[int(answer_change > kernel_change)],
        hints=[
            "Choose the first checkpoint to stand beside the last, and look at the kernels’ difference.",
            "Divide the size of each difference by the size of what was there first.",
        ],
        because=f"The kernels have moved by {kernel_change:.3g} times their length, the answer by "
        f"{answer_change:.3g} times its own. Small steps of all weights together turn an answer round.",
    )


def _gate(film: Film) -> Choice | None:
    """The gate or state that changes most on average; None where none are shown."""
    first, last = (list(film.moments.values())[at] for at in (0, -1))
    if not last.values.size:
        return None
    means = np.abs(last.values.astype(np.float32) - first.values).mean((1, 2))  # (gates,)
    right = int(means.argmax())
    numbers = ", ".join(f"{name} {mean:.3g}" for name, mean in zip(last.names, means, strict=True))
    return Choice(
        name="machine.gate",
        text="From the first checkpoint to the last, which of these changes most on average?",
        options=list(last.names),
        answer=last.names[right],
        hints=[
            "Choose the first checkpoint to stand beside the last, and look at the difference.",
            (
                "The mean counts, whichever way a value moves: a little everywhere can outweigh much "
                "in one place."
            ),
        ],
        because=f"The mean changes are: {numbers}.",
    )
