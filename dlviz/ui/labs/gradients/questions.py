"""Questions of the Gradients lab, answered from the learner's own curves, and the code behind them."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dlviz.models import SimpleRNN
from dlviz.questions import Axis, Choice, Curve, Drawing
from dlviz.recurrence.clipping import descent
from dlviz.recurrence.gradients import Flow, flow, with_forget_bias
from dlviz.scripts.labs import gradients_script
from dlviz.ui.labs.gradients.captions import write_number
from dlviz.ui.labs.gradients.forward import ForwardPass, forward
from dlviz.ui.labs.gradients.state import TRAINED_UNITS, State
from dlviz.ui.lesson import ScriptFiles
from dlviz.ui.runs.loaded_network import packaged_files
from dlviz.ui.text_format.numbers import counted

RAISED = 4.0  # forget bias that is asked about
MOST_PLACES = 21  # at which the curve is drawn
LEAST, MOST = 1e-20, 10.0  # ends of its axis


def questions(passed: ForwardPass, state: State) -> list[Choice]:
    """Questions to predict."""
    return [_longest(passed), _bias(state), _cell(passed.flows["LSTM"])]


def ask_main(passed: ForwardPass, state: State) -> Drawing | None:
    """Ask for the LSTM's curve with another forget bias; None where that bias is chosen already."""
    if state.bias == RAISED:
        return None
    back, gate = passed.back, 1 / (1 + math.exp(-RAISED))
    places = tuple(sorted({round(at * back / (MOST_PLACES - 1)) for at in range(MOST_PLACES)}))
    return Drawing(
        name="raised",
        text=(
            f"The LSTM’s forget bias is about to become {RAISED:g}. Draw how much of the last step’s "
            "gradient will be left, step by step back. The faint line is how it is now."
        ),
        hints=[
            "At each step the cell keeps the forget gate’s share. Does a larger bias open that gate?",
            f"σ({RAISED:g}) is {gate:.3f}. Over {counted(back, 'step')} the cell alone keeps {gate:.3f} to "
            f"the power of {back}, which is {write_number(gate**back)}.",
        ],
        answer=None,
        because="",
        across=Axis("steps back", 0, back),
        up=Axis("share of the gradient", LEAST, MOST, log=True),
        places=places,
        before=_shares_left(passed.flows["LSTM"], places),
        tolerance=0.1,
    )


def main_question(passed: ForwardPass, state: State) -> Drawing | None:
    """Ask the same, with the curve that was computed."""
    asked = ask_main(passed, state)
    if asked is None:
        return None
    raised = forward(replace(state, bias=RAISED))
    before, after = (write_number(each.shares["LSTM"]) for each in (passed, raised))
    return replace(
        asked,
        answer=_shares_left(raised.flows["LSTM"], tuple(map(round, asked.places))),
        why="Why does an open gate let the gradient through?",
        because=(
            f"At the first step {after} of it is left, before {before}. Going back, the gradient of the cell "
            "is multiplied by the forget gate at every step."
        ),
        shows={"bias": RAISED},
    )


def _shares_left(lstm: Flow, places: tuple[int, ...]) -> Curve:
    """Shares of the last step's gradient, so many steps back; on the picture's edge where they leave it."""
    norms = lstm.hidden[::-1] / lstm.hidden[-1]
    return tuple(float(np.clip(norms[place], LEAST, MOST)) for place in places)


def _longest(passed: ForwardPass) -> Choice:
    shares = passed.shares
    best = max(shares, key=shares.__getitem__)
    return Choice(
        name="longest",
        text="In which network does the largest share of the last step’s gradient arrive at the first?",
        options=list(shares),
        answer=best,
        hints=[
            "A curve begins at the last step, and ends on the right at the first. Which falls least?",
            "Hold a curve’s height at the right end against its height where it begins: that is the share.",
        ],
        because=", ".join(f"{kind} {write_number(value)}" for kind, value in shares.items()) + ".",
    )


def _bias(state: State) -> Choice:
    low, high = (forward(replace(state, bias=bias)).shares["LSTM"] for bias in (1.0, 4.0))
    if state.weights == "trained":
        hint = "A trained network falls back into a state that stands for the symbol. Try both on the slider."
        work_out = "At each bias, compare the LSTM’s curve at its right end with where it begins."
    else:
        hint = (
            "σ(1) is 0.73, σ(4) is 0.98: the cell alone keeps this much at each step. Which is nearer to 1?"
        )
        work_out = "Multiply each by itself, once for every step back: how much is left of it?"
    grows = "It grows" if high > low else "It shrinks"
    return Choice(
        name="bias",
        text="The forget bias goes from 1 to 4. What happens to the gradient that reaches the first step?",
        options=["It grows", "It shrinks"],
        answer=grows,
        hints=[hint, work_out],
        because=f"With bias 1 the share is {write_number(low)}, with bias 4 {write_number(high)}.",
    )


def _cell(lstm: Flow) -> Choice:
    assert lstm.cell is not None
    more = "∂L/∂c, the cell’s" if lstm.cell[0] > lstm.hidden[0] else "∂L/∂h, the hidden state’s"
    return Choice(
        name="cell",
        text="Which of the LSTM’s two gradients is larger at the first step?",
        options=["∂L/∂c, the cell’s", "∂L/∂h, the hidden state’s"],
        answer=more,
        hints=[
            "Compare the LSTM’s two lines at the right end.",
            "The higher line there is the larger gradient.",
        ],
        because=f"‖∂L/∂c‖ is {write_number(float(lstm.cell[0]))}, "
        f"‖∂L/∂h‖ {write_number(float(lstm.hidden[0]))}.",
    )


def shown_code(_: ForwardPass, __: State) -> list[Callable | type]:
    """A network, and the functions that made the numbers on screen."""
    return [SimpleRNN, flow, with_forget_bias, descent]


def script(_: ForwardPass, state: State) -> str:
    """A script of plain PyTorch that prints the gradients on screen again."""
    trained = state.weights == "trained"
    hidden = TRAINED_UNITS if trained else state.hidden
    return gradients_script(state.steps, hidden, state.seed, trained, state.bias, state.gain)


def script_name(_: ForwardPass, __: State) -> str:
    """The name of the script's file."""
    return "dlviz_gradients.py"


def script_files(_: ForwardPass, state: State) -> ScriptFiles:
    """Weights that the script needs beside it."""
    kinds = ("rnn", "lstm", "gru") if state.weights == "trained" else ()
    return packaged_files(*(f"memory_{kind}.safetensors" for kind in kinds))
