"""Questions on networks of many layers, and the code behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from dlviz.questions import Choice
from dlviz.ui.labs.depth.too_deep import captions
from dlviz.ui.labs.depth.too_deep.forward import NOISE, POINTS, SEEDS
from dlviz.ui.labs.depth.too_deep.state import RATIOS, TooDeepFields


def main_question(norms: np.ndarray | None = None) -> Choice:
    """Ask how much of the gradient is lost in plain networks of many layers; answered by their first step.

    Args:
        norms: (seeds, layers) of the plain networks' gradients; None before there is a step.
    """
    asked = Choice(
        name="vanishing",
        text=(
            "How many times smaller will the gradient be in the plain networks’ first layer than in "
            "their last one?"
        ),
        options=[title for title, _, _ in RATIOS.values()],
        answer=None,
        hints=[
            "On its way back the gradient passes through every layer, one after the other.",
            "If each layer passed on half of it, how much would be left after all the layers?",
        ],
        why="Why so much, or so little? And what do the other two kinds of network do about it?",
        because="",
    )
    if norms is None:
        return asked
    kind, told = captions.name_ratio(norms)
    return replace(asked, answer=RATIOS[kind][0], because=told)


def questions(state: TooDeepFields) -> list[Choice]:
    """Questions on what passes through many layers."""
    return [
        Choice(
            name="product",
            text=f"Each of {state.tower_layers} layers halves the gradient that passes back through it. "
            "How much of it is left?",
            options=["A half", f"1 / {2 * state.tower_layers}", f"1 / 2^{state.tower_layers}"],
            answer=f"1 / 2^{state.tower_layers}",
            hints=[
                "Halving is done once a layer, one after the other.",
                "Multiply a half by itself, once for each layer.",
            ],
            because=f"That is 1 in {2**state.tower_layers:,}.",
        ),
        Choice(
            name="skip",
            text=(
                "A skip connection adds a layer’s input to its output. If the layer itself passes no "
                "gradient back, how much of it arrives below?"
            ),
            options=["Nothing", "The whole gradient", "Half of it"],
            answer="The whole gradient",
            hints=[
                "Differentiate x + f(x).",
                "The derivative of a sum is the sum of the derivatives. What is that of x alone?",
            ],
            because="The derivative of x + f(x) is 1 + f′(x): the 1 is always there.",
        ),
    ]


def shown_code() -> Sequence[Callable | type]:
    """Classes of the networks."""
    from dlviz.plane import towers

    return [towers.Tower, towers.Towers]


def notebook_snippet(state: TooDeepFields) -> str:
    """Write lines for a notebook that train the same networks as far."""
    return "\n".join(
        [
            "from dlviz.plane.points import draw_points",
            "from dlviz.plane.towers import KINDS, Towers",
            "",
            f'points = draw_points("{state.tower_pattern}", {POINTS}, {NOISE}, seed={state.tower_seed})',
            f"seeds = range({state.tower_seed}, {state.tower_seed + SEEDS})",
            f'activation, first_weights = "{state.tower_activation}", "{state.tower_first}"',
            f"towers = Towers({state.tower_layers}, activation, first_weights, seeds, {state.tower_rate})",
            f"for _ in range({max(state.tower_steps, 1)}):",
            "    towers.step(points)",
            "for kind, losses, norms in zip(KINDS, towers.losses[-1], towers.norms, strict=True):",
            '    print(kind, "loss", losses.mean(), "gradient norm by layer", norms.mean(0))',
        ]
    )
