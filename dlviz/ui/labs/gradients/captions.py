"""Sentences on the Gradients lab's curves, computed from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dlviz.ui.labs.gradients.forward import KINDS
from dlviz.ui.labs.gradients.memory import in_percent, measured
from dlviz.ui.labs.gradients.state import TRAINED_UNITS

if TYPE_CHECKING:
    from dlviz.ui.labs.gradients.forward import ForwardPass
    from dlviz.ui.labs.gradients.state import State

# Of the last step's gradient: below the one nothing is learnt of the first step, above the other it explodes.
ALIVE, EXPLODING = 1e-4, 10.0

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def write_number(value: float) -> str:
    """A number in a sentence: plain if it is near 1, else with a power of ten."""
    if value == 0:
        return "exactly 0"
    if 1e-3 <= value < 1e4:
        return f"{value:.2g}" if value < 10 else f"{value:.0f}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa} · 10{str(int(exponent)).translate(RAISED)}"


def what_arrives(passed: ForwardPass) -> str:
    """Share of the gradient that is left at the first step, and what can be learnt with it."""
    shares = passed.shares
    back = len(next(iter(passed.flows.values())).hidden) - 1
    sizes = ", ".join(f"{kind} {write_number(value)}" for kind, value in shares.items())
    alive = [kind for kind, value in shares.items() if ALIVE <= value <= EXPLODING]
    exploding = [kind for kind, value in shares.items() if value > EXPLODING]
    steps = "step" if back == 1 else "steps"
    parts = [f"{back} {steps} back, so much of the last step’s gradient is left: {sizes}."]
    if exploding:
        parts.append(f"It explodes in the {_listed(exploding)}.")
    if alive:
        parts.append(f"What stood at the first step can still be learnt by the {_listed(alive)}.")
    elif not exploding:
        parts.append("It has vanished in all three: none can learn from what stood at the first step.")
    return " ".join(parts)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', the '.join(names[:-1])} and the {names[-1]}"


def forget_gates(passed: ForwardPass, state: State) -> str:
    """The reason why an LSTM's gradient vanishes or lasts."""
    gates = f"forget gates stand at {passed.flows['LSTM'].open:.2f} on average"
    if state.bias is not None:
        return f"The LSTM’s {gates}, with a bias of {state.bias:g}."
    if state.weights == "trained":
        return f"The LSTM’s {gates}, as training has set them."
    left = f"{gates}: each step back leaves about so much of what the cell hands on."
    if passed.shares["LSTM"] >= ALIVE:
        return f"The LSTM’s {left} Over more steps it vanishes."
    as_well = " as well" if state.gain == 1 else ""
    return f"An LSTM as PyTorch draws it vanishes{as_well}. Its {left} Raise their bias."


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
