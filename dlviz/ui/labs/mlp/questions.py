"""Questions of the MLP lab, answered from the learner's own forward pass, and the code behind it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dlviz.arithmetic import explain_unit
from dlviz.scripts.labs import DIGITS as DIGIT_NAMES
from dlviz.scripts.labs import mlp_script
from dlviz.trace import trace
from dlviz.ui.labs.mlp import counting, shifting
from dlviz.ui.labs.mlp.forward import ForwardPass, shown_unit, unit_counts
from dlviz.ui.labs.mlp.networks import load_cnn
from dlviz.ui.labs.mlp.state import State
from dlviz.ui.lesson import Question, ScriptFiles
from dlviz.ui.text_format.numbers import counted

ASKED = 5  # pixels by which the drawing of the question is moved


def questions(passed: ForwardPass, state: State) -> list[Question]:
    """Questions to predict before looking."""
    asked = [_lit(passed), _first_layer(passed)]
    return [*asked, _moved(passed, state)] if passed.network.can_tell_digits else asked


def _lit(passed: ForwardPass) -> Question:
    activations = passed.activations(1)
    lit, count = int((activations > 0).sum()), len(activations)
    edges = [count // 8, 3 * count // 8, 5 * count // 8]
    options = [
        f"at most {edges[0]}",
        f"{edges[0] + 1} to {edges[1]}",
        f"{edges[1] + 1} to {edges[2]}",
        f"more than {edges[2]}",
    ]
    return Question(
        name="lit",
        text=f"How many of the {counted(count, 'unit')} of the first hidden layer does your drawing light?",
        options=options,
        answer=options[sum(lit > edge for edge in edges)],
        hint="A faded unit passes on nothing: its sum is below 0, and ReLU makes it 0. Count the others.",
        because=f"{counted(lit, 'sum is', 'sums are')} above 0; ReLU makes the other {count - lit} 0.",
    )


def _first_layer(passed: ForwardPass) -> Question:
    units = unit_counts(passed.network)[0]
    first = counting.counts(passed.model)[0][2]
    options = [f"{value:,}" for value in sorted({units, 784 + units, first, 9 * units})]
    return Question(
        name="first",
        text=f"How many weights and biases lead from 28×28 pixels to {counted(units, 'hidden unit')}?",
        options=options,
        answer=f"{first:,}",
        hint="Each unit has a weight for each of the 784 pixels, and one bias.",
        because=f"784 × {units} weights and {counted(units, 'bias', 'biases')}: {first:,}.",
    )


def _moved(passed: ForwardPass, state: State) -> Question:
    networks = {"MLP": passed.model, "CNN": load_cnn()}
    moved = shifting.move_drawing(networks, passed.pixels, state.direction)
    stay = {name: _stays(moved.answers[name]) for name in networks}
    options = ["both", "the CNN alone", "the MLP alone", "neither"]
    place = {(True, True): 0, (False, True): 1, (True, False): 2, (False, False): 3}[stay["MLP"], stay["CNN"]]
    names = passed.network.classes
    says = ", ".join(f"the {name} {names[int(moved.answers[name][ASKED].argmax())]}" for name in networks)
    return Question(
        name="moved",
        text=f"Your drawing is moved {state.direction} by {ASKED} pixels. Which network still says the same?",
        options=options,
        answer=options[place],
        hint=f"Open **Move the drawing** and move the slider to {ASKED}.",
        because=f"Moved by {ASKED} pixels, it is for {says}.",
    )


def _stays(answers: np.ndarray) -> bool:
    """True if the answer (distance, classes) at the distance that is asked for is the first one."""
    return bool(answers[ASKED].argmax() == answers[0].argmax())


def shown_code(passed: ForwardPass, _: State) -> list[Callable | type]:
    """The network, and the functions that made the numbers on screen."""
    return [type(passed.model), trace, explain_unit, shifting.move]


def script(passed: ForwardPass, state: State) -> str:
    """A plain PyTorch script with the numbers on screen."""
    network = passed.network
    down, right = (state.shift * step for step in shifting.STEPS[state.direction])
    return mlp_script(
        passed.pixels,
        network.usage,
        DIGIT_NAMES if network.reads_digits else network.classes,
        [passed.pixels.size, *unit_counts(network)],
        (state.layer, shown_unit(passed, state)),
        network.seed,
        passed.off,
        (down, right),
        bool(network.hidden_layers[0].norm),
        network.weights_file,
    )


def script_name(_: ForwardPass, __: State) -> str:
    """The name of the script's file."""
    return "mlp_by_hand.py"


def script_files(passed: ForwardPass, _: State) -> ScriptFiles:
    """Weights that the script needs beside it."""
    return passed.network.script_files
