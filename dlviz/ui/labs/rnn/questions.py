"""Questions of the RNN lab, answered from the learner's own pass, and the code behind it."""

from collections.abc import Callable

import numpy as np

from dlviz.models import GRUModel, LSTMModel, SimpleRNN
from dlviz.models.unrolled import unroll
from dlviz.recurrence.equations import terms
from dlviz.recurrence.interventions import hold
from dlviz.recurrence.notation import QUANTITIES
from dlviz.recurrence.reading import names, read
from dlviz.scripts.labs import recurrent_script
from dlviz.trace import combined
from dlviz.ui.labs.rnn import captions
from dlviz.ui.labs.rnn.forward import ForwardPass, read_answers, shown_step
from dlviz.ui.labs.rnn.state import State
from dlviz.ui.lesson import Question, ScriptFiles
from dlviz.ui.text_format.markdown import plain


def questions(passes: list[ForwardPass], _: State) -> list[Question]:
    """Questions to predict, about the first network; an LSTM has more of them."""
    first = passes[0]
    return [_early(first), *([_open(first), _without(first)] if first.kind == "lstm" else [])]


def _early(passed: ForwardPass) -> Question:
    half = (len(passed.sequence) - 1) // 2
    steps, answers, name = passed.sequence.steps, passed.answers, captions.TITLES[passed.kind]
    if passed.sequence.kind == "series":
        same = bool(np.sign(answers[half, 0]) == np.sign(answers[-1, 0]))
        text = f"Has the {name}’s forecast after {steps[half]} the same sign as its last one?"
    else:
        same = bool(answers[half].argmax() == answers[-1].argmax())
        step = plain(passed.sequence.step_name(half))
        text = f"If the {name} stopped after {step}, would it say the same as at last?"
    then, now = captions.answer(passed, half), captions.answer(passed, -1)
    return Question(
        name="early",
        text=text,
        options=["The same", "Something else"],
        answer="The same" if same else "Something else",
        hint=f"Move the slider to {plain(steps[half])} and read the line above it.",
        because=plain(f"After {steps[half]}: {then}; at the end: {now}."),
    )


def _open(passed: ForwardPass) -> Question:
    means = {
        QUANTITIES[name].title: float(passed.values[name].mean())
        for name in ("input_gate", "forget_gate", "output_gate")
    }
    return Question(
        name="open",
        text="Which gate stands furthest open on average, over all units and steps of this layer?",
        options=list(means),
        answer=max(means, key=means.__getitem__),
        hint="Open means near 1, dark blue in its strip. Which strip is darkest?",
        because=f"The means are: {', '.join(f'{title} {mean:.3f}' for title, mean in means.items())}.",
    )


def _without(passed: ForwardPass) -> Question:
    sequence, last, model = passed.sequence, len(passed.sequence) - 1, passed.network.model
    closed = combined(*(hold(layer, "forget_gate", 0.0, range(len(sequence))) for layer in names(model)))
    answers, free = (read_answers(read(model, sequence.batch, edits), sequence) for edits in (closed, None))
    now, then = captions.answer(passed, last, answers), captions.answer(passed, last, free)
    stays = _same_answer(sequence.kind, answers[last], free[last])
    return Question(
        name="without",
        text="Does the LSTM still end with the same answer if all its cells are emptied at every step?",
        options=["The same", "Something else"],
        answer="The same" if stays else "Something else",
        hint="Hold the forget gate at 0 from the first step on, in every layer. What can it still know?",
        because=plain(f"With the forget gates of every layer at 0 it ends with {now}, else with {then}."),
    )


def _same_answer(kind: str, one: np.ndarray, other: np.ndarray) -> bool:
    """True if answers (classes,) are one class, or forecasts (1,) agree in the three digits shown."""
    if kind == "series":
        return f"{one[0]:.3g}" == f"{other[0]:.3g}"
    return one.argmax() == other.argmax()


def shown_code(_: list[ForwardPass], __: State) -> list[Callable | type]:
    """The networks, and the functions that made the numbers on screen."""
    return [SimpleRNN, LSTMModel, GRUModel, unroll, read, terms]


def script(passes: list[ForwardPass], state: State) -> str:
    """A script of plain PyTorch that lets the networks read the sequence again, up to the step on screen."""
    first, *others = passes
    files = [passed.network.weights_file for passed in passes]
    usage = " ".join(["python script.py", *files]) if others else first.network.usage
    return recurrent_script(
        first.network.model,
        usage,
        first.sequence.x,
        (first.layer, first.unit),
        first.held,
        shown_step(first.sequence, state),
        [(passed.network.model, (passed.layer, passed.unit), passed.held) for passed in others],
    )


def script_name(passes: list[ForwardPass], _: State) -> str:
    """The name of the script's file."""
    return f"dlviz_{passes[0].kind}.py"


def script_files(passes: list[ForwardPass], _: State) -> ScriptFiles:
    """Weights that the script needs beside it."""
    return {name: read for passed in passes for name, read in passed.network.script_files.items()}
