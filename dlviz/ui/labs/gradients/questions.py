"""Questions of the Gradients lab, answered from the learner's own curves, and the code behind them."""

from collections.abc import Callable
from dataclasses import replace

from dlviz.models import SimpleRNN
from dlviz.recurrence.clipping import descent
from dlviz.recurrence.gradients import Flow, flow, with_forget_bias
from dlviz.scripts.labs import gradients_script
from dlviz.ui.labs.gradients.captions import write_number
from dlviz.ui.labs.gradients.forward import ForwardPass, forward
from dlviz.ui.labs.gradients.state import TRAINED_UNITS, State
from dlviz.ui.lesson import Question, ScriptFiles
from dlviz.ui.runs.loaded_network import packaged_files


def questions(passed: ForwardPass, state: State) -> list[Question]:
    """Three questions to predict."""
    return [_longest(passed), _bias(state), _cell(passed.flows["LSTM"])]


def _longest(passed: ForwardPass) -> Question:
    shares = passed.shares
    best = max(shares, key=shares.__getitem__)
    return Question(
        name="longest",
        text="In which network does the largest share of the last step’s gradient arrive at the first?",
        options=list(shares),
        answer=best,
        hint="A curve begins at the last step, and ends on the right at the first. Which falls least?",
        because=", ".join(f"{kind} {write_number(value)}" for kind, value in shares.items()) + ".",
    )


def _bias(state: State) -> Question:
    low, high = (forward(replace(state, bias=bias)).shares["LSTM"] for bias in (1.0, 4.0))
    if state.weights == "trained":
        hint = "A trained network falls back into a state that stands for the symbol. Try both on the slider."
    else:
        hint = (
            "σ(1) is 0.73, σ(4) is 0.98: the cell alone keeps this much at each step. Which is nearer to 1?"
        )
    grows = "It grows" if high > low else "It shrinks"
    return Question(
        name="bias",
        text="The forget bias goes from 1 to 4. What happens to the gradient that reaches the first step?",
        options=["It grows", "It shrinks"],
        answer=grows,
        hint=hint,
        because=f"With bias 1 the share is {write_number(low)}, with bias 4 {write_number(high)}.",
    )


def _cell(lstm: Flow) -> Question:
    assert lstm.cell is not None
    more = "∂L/∂c, the cell’s" if lstm.cell[0] > lstm.hidden[0] else "∂L/∂h, the hidden state’s"
    return Question(
        name="cell",
        text="Which of the LSTM’s two gradients is larger at the first step?",
        options=["∂L/∂c, the cell’s", "∂L/∂h, the hidden state’s"],
        answer=more,
        hint="Compare the LSTM’s two lines at the right end.",
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
