"""What the lab says of its curves, computed from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.server import model_cache

if TYPE_CHECKING:
    from dlviz.recurrence.clipping import Step
    from dlviz.recurrence.gradients import Flow
    from dlviz.ui.labs.gradients.forward import Setting

# Of the last step's gradient: below the one nothing is learnt of the first step, above the other it explodes.
ALIVE, EXPLODING = 1e-4, 10.0

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def share(flow: Flow) -> float:
    """How much of the last step's gradient arrives at the first step."""
    return float(flow.hidden[0] / flow.hidden[-1]) if flow.hidden[-1] else 0.0


def size(value: float) -> str:
    """A number in a sentence: plain if it is near 1, else as a power of ten."""
    if value == 0:
        return "exactly 0"
    if 1e-3 <= value < 1e4:
        return f"{value:.2g}" if value < 10 else f"{value:.0f}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa} · 10{str(int(exponent)).translate(RAISED)}"


def seen(flows: dict[str, Flow]) -> str:
    """What the curves show."""
    shares = {kind: share(flow) for kind, flow in flows.items()}
    back = len(next(iter(flows.values())).hidden) - 1
    sizes = ", ".join(f"{kind} {size(value)}" for kind, value in shares.items())
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


def honest(setting: Setting, lstm: Flow) -> str:
    """Why an LSTM's gradient vanishes or lasts: its forget gates."""
    gates = f"forget gates stand at {lstm.open:.2f} on average"
    if setting.bias is not None:
        return f"The LSTM’s {gates}, with a bias of {setting.bias:g}."
    if setting.trained:
        return f"The LSTM’s {gates}, as training has set them."
    left = f"{gates}: each step back leaves about so much of what the cell hands on."
    if share(lstm) >= ALIVE:
        return f"The LSTM’s {left} Over more steps it vanishes."
    as_well = " as well" if setting.gain == 1 else ""
    return f"An LSTM as PyTorch draws it vanishes{as_well}. Its {left} Raise their bias."


def alternative(flows: dict[str, Flow]) -> str:
    """The figure in words."""
    ends = "; ".join(
        f"{kind} from {size(float(flow.hidden[-1]))} to {size(float(flow.hidden[0]))}"
        for kind, flow in flows.items()
    )
    return f"Norm of ∂L/∂h from the last step to the first, on a logarithmic axis: {ends}."


def stretched(flow: Flow) -> tuple[float, float, float]:
    """Smallest, median and largest of the steps' largest singular values."""
    return float(flow.stretch.min()), float(np.median(flow.stretch)), float(flow.stretch.max())


def clipped(runs: dict[str, list[Step]]) -> str:
    """What clipping has done, from both descents."""
    parts = []
    for name, steps in runs.items():
        end = np.mean([step.loss for step in steps[-10:]])
        longest, moved = (max(getattr(step, part) for step in steps) for part in ("norm", "moved"))
        if not np.isfinite(longest):
            parts.append(f"{name}: after {len(steps)} steps the gradient was no number any more")
            continue
        parts.append(
            f"{name}: the largest gradient had norm {size(longest)}, the largest step moved the weights by "
            f"{size(moved)}, and the last ten batches have a loss of {end:.2f} nats"
        )
    luck = np.log(8)
    return f"{'; '.join(parts)}. A guess at random costs {luck:.2f} nats."


def measured(kind: str, name: str) -> dict[int, float]:
    """Delay -> the share of symbols that a trained network was measured to name after it.

    Args:
        name: accuracy or accuracy_without_growing. Where the weights file does not say, nothing comes back.
    """
    reached = model_cache.measured(f"memory_{kind.lower()}").get(name, {})
    return {int(delay): share for delay, share in reached.items()}


def in_percent(share: float) -> str:
    """A measured share with one decimal, which is all that a thousand sequences give."""
    return f"{100 * share:.1f}\u00a0%"


def lesson_of_delays() -> str:
    """A comparison of the two ways of training; "" where the weights files do not say what they reached."""
    alone = [measured(kind, "accuracy_without_growing") for kind in ("RNN", "LSTM", "GRU")]
    learnt = [delay for reached in alone for delay, share in reached.items() if share > 0.5]
    if not learnt:
        return ""
    return (
        f"Where no gradient arrives, nothing is learnt: beyond {max(learnt)} steps a fresh network guesses "
        "(12.5 % is luck). Delays that grow lead it there: each is a little longer than one it knows."
    )


def made(setting: Setting) -> str:
    """What made the curves."""
    if setting.trained:
        text = "Networks of 64 units trained on the memory task"
        after = {kind: measured(kind, "accuracy").get(200) for kind in ("RNN", "LSTM", "GRU")}
        right = [f"{kind} {in_percent(share)}" for kind, share in after.items() if share is not None]
        if right:
            text += f"; right after 200 steps of noise: {', '.join(right)}"
    else:
        text = f"Random weights as PyTorch draws them, {setting.hidden} units, seed {setting.seed}"
    if setting.bias is not None:
        text += f"; the LSTM’s forget bias set to {setting.bias:g}"
    if setting.gain != 1:
        text += f"; the RNN’s recurrent weights × {setting.gain:g}"
    return f"{text}. Double precision."
