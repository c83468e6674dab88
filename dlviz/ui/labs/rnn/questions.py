"""What a learner is asked in the lab, and the code behind its picture."""

import numpy as np

from dlviz.models import GRUModel, LSTMModel, SimpleRNN
from dlviz.models.unrolled import unroll
from dlviz.recurrence.equations import terms
from dlviz.recurrence.reading import read
from dlviz.scripts.labs import recurrent_script
from dlviz.ui.labs.rnn import captions
from dlviz.ui.labs.rnn.forward import Run
from dlviz.ui.lesson import Question
from dlviz.ui.text_format.markdown import plain

SOURCES = (SimpleRNN, LSTMModel, GRUModel, unroll, read, terms)


def ask(runs: list[Run]) -> list[Question]:
    """Questions, answered from the learner's own run."""
    asked = [_early(runs[0])]
    if runs[0].name == "lstm":
        asked += [_open(runs[0]), _without(runs[0])]
    return asked


def _early(run: Run) -> Question:
    half = (len(run.sequence) - 1) // 2
    steps, answers, name = run.sequence.steps, run.answers, captions.TITLES[run.name]
    if run.sequence.kind == "series":
        same = bool(np.sign(answers[half, 0]) == np.sign(answers[-1, 0]))
        text = f"Has the {name}'s forecast after {steps[half]} the same sign as its last one?"
    else:
        same = bool(answers[half].argmax() == answers[-1].argmax())
        called = plain(run.sequence.called(half))
        text = f"If the {name} stopped after {called}, would it say the same as at last?"
    return Question(
        name="early",
        text=text,
        options=["The same", "Something else"],
        answer="The same" if same else "Something else",
        hint=f"Move the slider to {plain(steps[half])} and read the line above it.",
        because=plain(
            f"After {steps[half]}: {captions.answer(run, half)}; at the end: {captions.answer(run, -1)}."
        ),
    )


def _open(run: Run) -> Question:
    means = {
        name: float(run.reading.layers[run.layer][name].mean())
        for name in ("input_gate", "forget_gate", "output_gate")
    }
    names = {name: name.replace("_", " ") for name in means}
    best = max(means, key=means.__getitem__)
    told_means = ", ".join(f"{names[name]} {mean:.3f}" for name, mean in means.items())
    return Question(
        name="open",
        text="Which gate stands furthest open on average, over all units and steps of this layer?",
        options=list(names.values()),
        answer=names[best],
        hint="Open means near 1, dark blue in its strip. Which strip is darkest?",
        because=f"The means are: {told_means}.",
    )


def _without(run: Run) -> Question:
    from dlviz.recurrence.interventions import hold
    from dlviz.ui.labs.rnn.forward import said, tensor

    gates = hold(run.layer, "forget_gate", 0.0, range(len(run.sequence)))
    answers = said(run.sequence.kind, read(run.model, tensor(run.sequence), gates))
    last = len(run.sequence) - 1
    now, then = captions.answer(run, last, answers), captions.answer(run, last)
    stays = _same_answer(run.sequence.kind, answers[last], run.answers[last])
    return Question(
        name="without",
        text="Does the LSTM still end with the same answer if this layer forgets everything at every step?",
        options=["The same", "Something else"],
        answer="The same" if stays else "Something else",
        hint="Intervene: hold the forget gate at 0 from step 0 on. What still carries something over?",
        because=plain(f"With the forget gates at 0 it ends with {now}, else with {then}."),
    )


def _same_answer(kind: str, one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two answers are one class, or forecasts that agree in the three digits shown."""
    if kind == "series":
        return f"{one[0]:.3g}" == f"{other[0]:.3g}"
    return one.argmax() == other.argmax()


def script(run: Run) -> str:
    """A plain PyTorch script with the numbers on screen."""
    return recurrent_script(run.model, run.network.usage, run.sequence.x, (run.layer, run.unit), run.held)
