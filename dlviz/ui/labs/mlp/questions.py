"""Questions of the MLP lab, answered from the learner's own forward pass, and the code behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dlviz.arithmetic import explain_unit
from dlviz.questions import Choice
from dlviz.scripts.labs import DIGITS as DIGIT_NAMES
from dlviz.scripts.labs import mlp_script
from dlviz.trace import trace
from dlviz.ui.labs.mlp import counting, shifting
from dlviz.ui.labs.mlp.forward import ForwardPass, shown_unit, unit_counts
from dlviz.ui.labs.mlp.networks import load_cnn
from dlviz.ui.labs.mlp.state import State
from dlviz.ui.lesson import ScriptFiles
from dlviz.ui.text_format.numbers import counted

ASKED = 5  # pixels by which the drawing of the question is moved
STAYING = ["both", "the CNN alone", "the MLP alone", "neither"]
STILL_BOTH = "That has not yet hurt the MLP here: move other digits too, below, or this one further."
PIXEL_BY_PIXEL = "The slider below moves it pixel by pixel."


def questions(passed: ForwardPass, _: State) -> list[Choice]:
    """Questions to predict before looking."""
    return [_lit(passed), _first_layer(passed)]


def ask_main(passed: ForwardPass, state: State) -> Choice | None:
    """Ask which network still knows the drawing once it is moved; the answer takes a while."""
    if not passed.network.can_tell_digits:
        return None
    return Choice(
        name="moved",
        text=(
            f"Your drawing is about to be moved {state.direction} by {ASKED} pixels, for this network and "
            "for the CNN. Which still says the same?"
        ),
        options=STAYING,
        hints=[
            "What does a hidden unit of the MLP look at: a shape, or the very pixels of its picture?",
            f"Its weights stay where they are: after {ASKED} pixels the ink lies on other ones. The CNN’s "
            "kernels go over the whole picture.",
        ],
        answer=None,
        because="",
    )


def main_question(passed: ForwardPass, state: State) -> Choice | None:
    """Ask the same, with the answer."""
    asked = ask_main(passed, state)
    if asked is None:
        return None
    networks = {"MLP": passed.model, "CNN": load_cnn()}
    moved = shifting.move_drawing(networks, passed.pixels, state.direction)
    stay = {name: _stays(moved.answers[name]) for name in networks}
    place = {(True, True): 0, (False, True): 1, (True, False): 2, (False, False): 3}[stay["MLP"], stay["CNN"]]
    names = passed.network.classes
    says = ", ".join(f"the {name} {names[int(moved.answers[name][ASKED].argmax())]}" for name in networks)
    return replace(
        asked,
        answer=STAYING[place],
        why="Why do they differ?" if place in (1, 2) else "Why, and at how many pixels does that change?",
        because=(
            f"Moved by {ASKED} pixels, it is for {says}. Each weight of the MLP belongs to one pixel; the "
            f"CNN lays the same kernels everywhere. {STILL_BOTH if place == 0 else PIXEL_BY_PIXEL}"
        ),
        shows={"panel": "shift", "shift": ASKED},
    )


def _lit(passed: ForwardPass) -> Choice:
    activations = passed.activations(1)
    lit, count = int((activations > 0).sum()), len(activations)
    edges = [count // 8, 3 * count // 8, 5 * count // 8]
    options = [
        f"at most {edges[0]}",
        f"{edges[0] + 1} to {edges[1]}",
        f"{edges[1] + 1} to {edges[2]}",
        f"more than {edges[2]}",
    ]
    return Choice(
        name="lit",
        text=f"How many of the {counted(count, 'unit')} of the first hidden layer does your drawing light?",
        options=options,
        answer=options[sum(lit > edge for edge in edges)],
        hints=[
            "A faded unit passes on nothing: its sum is below 0, and ReLU makes it 0. Count the others.",
            "Or count the faded ones, and take them from all units.",
        ],
        because=f"{counted(lit, 'sum is', 'sums are')} above 0; ReLU makes the other {count - lit} 0.",
    )


def _first_layer(passed: ForwardPass) -> Choice:
    units = unit_counts(passed.network)[0]
    first = counting.counts(passed.model)[0][2]
    options = [f"{value:,}" for value in sorted({units, 784 + units, first, 9 * units})]
    return Choice(
        name="first",
        text=f"How many weights and biases lead from 28×28 pixels to {counted(units, 'hidden unit')}?",
        options=options,
        answer=f"{first:,}",
        hints=[
            "Each unit has a weight for each of the 784 pixels, and one bias.",
            "Count the numbers of one unit, and multiply by the number of units.",
        ],
        because=f"784 × {units} weights and {counted(units, 'bias', 'biases')}: {first:,}.",
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
