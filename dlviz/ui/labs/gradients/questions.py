"""What a learner is asked in the lab of gradients, and the code behind its picture."""

from dataclasses import replace

from dlviz.models import SimpleRNN
from dlviz.recurrence.clipping import descent
from dlviz.recurrence.gradients import Flow, flow, with_forget_bias
from dlviz.scripts.labs import gradients_script
from dlviz.ui.labs.gradients import captions
from dlviz.ui.labs.gradients.forward import Setting, flows
from dlviz.ui.lesson import Question

SOURCES = (SimpleRNN, flow, with_forget_bias, descent)


def ask(setting: Setting, found: dict[str, Flow]) -> list[Question]:
    """Three questions, answered from the learner's own curves."""
    return [_longest(found), _bias(setting), _cell(found["LSTM"])]


def _longest(found: dict[str, Flow]) -> Question:
    shares = {kind: captions.share(flow) for kind, flow in found.items()}
    best = max(shares, key=shares.__getitem__)
    return Question(
        name="longest",
        text="In which network does most of the gradient arrive at the first step, as they stand now?",
        options=list(shares),
        answer=best,
        hint="The right end of the curves is the first step. Which is highest there?",
        because=", ".join(f"{kind} {captions.size(value)}" for kind, value in shares.items()) + ".",
    )


def _bias(setting: Setting) -> Question:
    low, high = (captions.share(flows(replace(setting, bias=bias))["LSTM"]) for bias in (1.0, 4.0))
    grows = "It grows" if high > low else "It shrinks"
    return Question(
        name="bias",
        text="The forget bias goes from 1 to 4. What happens to the gradient that reaches the first step?",
        options=["It grows", "It shrinks"],
        answer=grows,
        hint="σ(1) is 0.73, σ(4) is 0.98. Multiply each by itself for every step.",
        because=f"With bias 1 the share is {captions.size(low)}, with bias 4 {captions.size(high)}.",
    )


def _cell(lstm: Flow) -> Question:
    assert lstm.cell is not None
    more = "Through the cell state" if lstm.cell[0] > lstm.hidden[0] else "Through the hidden state"
    return Question(
        name="cell",
        text="Through which of the LSTM’s two states does more of the gradient reach the first step?",
        options=["Through the cell state", "Through the hidden state"],
        answer=more,
        hint="Compare the LSTM’s two lines at the right end.",
        because=f"‖∂L/∂c‖ is {captions.size(float(lstm.cell[0]))}, "
        f"‖∂L/∂h‖ {captions.size(float(lstm.hidden[0]))}.",
    )


def script(setting: Setting) -> str:
    """A plain PyTorch script with the numbers on screen."""
    return gradients_script(
        setting.steps, setting.hidden, setting.seed, setting.trained, setting.bias, setting.gain
    )
