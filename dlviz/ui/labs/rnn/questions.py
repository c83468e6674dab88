"""Questions of the RNN lab, answered from the learner's own pass, and the code behind it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dlviz.models import GRUModel, LSTMModel, SimpleRNN
from dlviz.models.unrolled import unroll
from dlviz.questions import Choice
from dlviz.recurrence.equations import terms
from dlviz.recurrence.interventions import hold
from dlviz.recurrence.notation import QUANTITIES
from dlviz.recurrence.reading import names, read
from dlviz.scripts.labs import recurrent_script
from dlviz.trace import combined
from dlviz.ui.labs.rnn import captions
from dlviz.ui.labs.rnn.captions import TITLES
from dlviz.ui.labs.rnn.forward import ForwardPass, forward, read_answers, shown_step
from dlviz.ui.labs.rnn.state import State
from dlviz.ui.lesson import ScriptFiles
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted


def questions(passes: list[ForwardPass], _: State) -> list[Choice]:
    """Questions to predict, about the first network; an LSTM has more of them."""
    first = passes[0]
    return [_early(first), *([_open(first), _without(first)] if first.kind == "lstm" else [])]


def ask_main(passes: list[ForwardPass], state: State) -> Choice | None:
    """Ask which networks keep their answer when their memory is wiped; None while something intervenes."""
    if state.what != "none":
        return None
    sequence, kinds = passes[0].sequence, [passed.kind for passed in passes]
    half = len(sequence) // 2
    cut = (
        f"All that the {' and the '.join(TITLES[kind] for kind in kinds)} "
        f"{'carry' if len(kinds) > 1 else 'carries'} over is about to be wiped once, "
        f"after {plain(sequence.step_name(half))}."
    )
    asked = "Which of them still end" if len(passes) > 1 else "Does it still end"
    thing = "forecast" if sequence.kind == "series" else "answer"
    return Choice(
        name="wiped",
        text=f"{cut} {asked} with the same {thing}?",
        options=_keepers(kinds),
        hints=[
            "What does a network still know afterwards of what it read before?",
            f"It is left with {counted(len(sequence) - half - 1, 'step')} of {len(sequence)}. Could you "
            "answer from these alone?",
        ],
        answer=None,
        because="",
    )


def main_question(passes: list[ForwardPass], state: State) -> Choice | None:
    """Ask the same, with the answer of both networks."""
    asked = ask_main(passes, state)
    if asked is None:
        return None
    changes = {"what": "cut", "start": len(passes[0].sequence) // 2}
    cut = [forward(passed.network, passed.sequence, replace(state, **changes)) for passed in passes]
    pairs = list(zip(passes, cut, strict=True))
    kept = [
        _same_answer(free.sequence.kind, without.answers[-1], free.answers[-1]) for free, without in pairs
    ]
    ends = [
        f"The {TITLES[free.kind]} now ends with {captions.answer(without, -1)}, before with "
        f"{captions.answer(free, -1)}."
        for free, without in pairs
    ]
    places = {(True,): 0, (False,): 1, (True, True): 0, (True, False): 1, (False, True): 2, (False, False): 3}
    return replace(
        asked,
        answer=asked.options[places[tuple(kept)]],
        why="Why? What did it still need of what it had read before?",
        because=plain(" ".join(ends)),
        shows=changes,
    )


def _keepers(kinds: list[str]) -> list[str]:
    """Options: which of the networks end with the same answer."""
    if len(kinds) == 1:
        return ["Yes", "No"]
    return ["both", *(f"the {TITLES[kind]} alone" for kind in kinds), "neither"]


def _early(passed: ForwardPass) -> Choice:
    half = (len(passed.sequence) - 1) // 2
    steps, answers, name = passed.sequence.steps, passed.answers, TITLES[passed.kind]
    if passed.sequence.kind == "series":
        same = bool(np.sign(answers[half, 0]) == np.sign(answers[-1, 0]))
        text = f"Has the {name}’s forecast after {steps[half]} the same sign as its last one?"
    else:
        same = bool(answers[half].argmax() == answers[-1].argmax())
        step = plain(passed.sequence.step_name(half))
        text = f"If the {name} stopped after {step}, would it say the same as at the end?"
    then, now = captions.answer(passed, half), captions.answer(passed, -1)
    return Choice(
        name="early",
        text=text,
        options=["The same", "Something else"],
        answer="The same" if same else "Something else",
        hints=[
            f"Move the slider to {plain(steps[half])} and read the line above it.",
            "Then move it to the end. Does the line still give the same answer?",
        ],
        because=plain(f"After {steps[half]}: {then}; at the end: {now}."),
    )


def _open(passed: ForwardPass) -> Choice:
    means = {
        QUANTITIES[name].title: float(passed.values[name].mean())
        for name in ("input_gate", "forget_gate", "output_gate")
    }
    return Choice(
        name="open",
        text="Which gate stands furthest open on average, over all units and steps of this layer?",
        options=list(means),
        answer=max(means, key=means.__getitem__),
        hints=[
            "Open means near 1, dark blue in its strip. Which strip is darkest?",
            "The mean counts: a gate that is dark in some places and pale in others ends in between.",
        ],
        because=f"The means are: {', '.join(f'{title} {mean:.3f}' for title, mean in means.items())}.",
    )


def _without(passed: ForwardPass) -> Choice:
    sequence, last, model = passed.sequence, len(passed.sequence) - 1, passed.network.model
    closed = combined(*(hold(layer, "forget_gate", 0.0, range(len(sequence))) for layer in names(model)))
    answers, free = (read_answers(read(model, sequence.batch, edits), sequence) for edits in (closed, None))
    now, then = captions.answer(passed, last, answers), captions.answer(passed, last, free)
    stays = _same_answer(sequence.kind, answers[last], free[last])
    return Choice(
        name="without",
        text="Does the LSTM still end with the same answer if all its cells are emptied at every step?",
        options=["The same", "Something else"],
        answer="The same" if stays else "Something else",
        hints=[
            "Hold the forget gate at 0 from the first step on, in every layer. What can it still know?",
            (
                "Nothing lasts in its cells then. Are the last input and the hidden state just before "
                "it enough?"
            ),
        ],
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
