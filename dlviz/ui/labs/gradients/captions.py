"""Sentences on the Gradients lab's curves, computed from them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from dlviz.ui.labs.gradients.forward import KINDS
from dlviz.ui.labs.gradients.memory import in_percent, measured
from dlviz.ui.labs.gradients.state import TRAINED_UNITS
from dlviz.ui.text_format.numbers import RAISED, counted, number

if TYPE_CHECKING:
    from dlviz.ui.labs.gradients.forward import ForwardPass
    from dlviz.ui.labs.gradients.state import State

# Of the last step's gradient: below the one it counts as vanished here, above the other as exploding.
POWER = -4
VANISHED, EXPLODING = 10.0**POWER, 10.0
# A loss in nats below which the network finds the right answer likelier than all others together.
KNOWN = math.log(2)

LIMIT = f"10{str(POWER).translate(RAISED)}"


def write_number(value: float) -> str:
    """A number in a sentence: plain if it is near 1, else with a power of ten."""
    if value == 0:
        return "exactly 0"
    if 1e-3 <= value < 1e4:
        return f"{value:.2g}" if value < 10 else f"{value:.0f}"
    return number(value, ".1e")


def what_arrives(passed: ForwardPass) -> str:
    """Share of the gradient that is left at the first step, by each way back, and where it arrives."""
    ways = passed.ways
    sizes = ", ".join(f"{way} {write_number(value)}" for way, value in ways.items())
    arriving = [way for way, value in ways.items() if VANISHED <= value <= EXPLODING]
    exploding = [way for way, value in ways.items() if value > EXPLODING]
    parts = [
        f"{counted(passed.back, 'step')} back, this much of the last step’s gradient is left: {sizes}.",
    ]
    if exploding:
        parts.append(f"It grows to more than {EXPLODING:g} times its size in the {_listed(exploding)}.")
    if arriving:
        parts.append(f"A gradient arrives, more than {LIMIT} of it, in the {_listed(arriving)}.")
    elif not exploding:
        parts.append(f"Nowhere does even {LIMIT} of it arrive: it has vanished.")
    return " ".join(parts)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', the '.join(names[:-1])} and the {names[-1]}"


def what_it_means(passed: ForwardPass, state: State) -> str:
    """Meaning of the gradients for learning: before it, or after it, where states latch."""
    if state.weights == "untrained":
        return (
            "Where none arrives, the network cannot learn from the first symbol. Where one arrives, it may: "
            "a gradient is necessary for learning, not sufficient."
        )
    ways = passed.ways
    latched = [
        kind
        for kind in KINDS
        if passed.flows[kind].loss < KNOWN and max(ways[kind], ways.get(f"{kind}’s cell", 0.0)) < VANISHED
    ]
    if not latched:
        return ""
    losses = " and ".join(write_number(passed.flows[kind].loss) for kind in latched)
    name, learnt, latch = (
        ("names", "It has", "latches") if len(latched) == 1 else ("name", "They have", "latch")
    )
    return (
        f"Yet the {_listed(latched)} {name} the first symbol, with a loss of {losses} nats. {learnt} "
        f"learnt it already, over delays that grew, and {latch} it: a small change of the first step’s state "
        "dies out on the way. What keeps the symbol safe from noise makes the gradient vanish as well "
        "(Bengio et al. 1994)."
    )


def forget_gates(passed: ForwardPass, state: State) -> str:
    """The factor by which the LSTM's cell alone hands a gradient back, beside that of all ways together."""
    lstm = passed.flows["LSTM"]
    bias = "" if state.bias is None else f" with a bias of {state.bias:g}"
    factor = passed.shares["LSTM"] ** (1 / passed.back)
    text = (
        "At each step back the LSTM’s cell alone multiplies a gradient by its forget gate, "
        f"{lstm.open:.2f} on average{bias}. By all ways together, ‖∂L/∂h‖ is multiplied by {factor:.3f} "
        "per step."
    )
    if state.weights == "untrained" and state.bias is None and passed.shares["LSTM"] < VANISHED:
        text += " So an LSTM as PyTorch draws it vanishes too: raise the bias."
    return text


def text_alternative(passed: ForwardPass) -> str:
    """The curves in words."""
    ends = "; ".join(
        f"{kind} from {write_number(float(flow.hidden[-1]))} to {write_number(float(flow.hidden[0]))}"
        for kind, flow in passed.flows.items()
    )
    return f"Norm of ∂L/∂h from the last step to the first, on a logarithmic axis: {ends}."


def provenance(state: State) -> str:
    """Origin of the networks' weights, their measured result, and what was changed in them."""
    if state.weights == "trained":
        text = f"Networks of {TRAINED_UNITS} units trained on the memory task"
        after = {kind: measured(kind, "accuracy").get(200) for kind in KINDS}
        right = [f"{kind} {in_percent(share)}" for kind, share in after.items() if share is not None]
        if right:
            text += f"; right after 200 steps of noise: {', '.join(right)}"
    else:
        text = f"Random weights as PyTorch draws them, {state.hidden} units, seed {state.seed}"
    if state.bias is not None:
        text += f"; the LSTM’s forget bias set to {state.bias:g}"
    if state.gain != 1:
        text += f"; the RNN’s recurrent weights × {state.gain:g}"
    return f"{text}. Double precision."
