"""Questions on networks of many layers, and the code behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dlviz.ui.labs.depth.too_deep.forward import NOISE, POINTS, SEEDS
from dlviz.ui.labs.depth.too_deep.state import TooDeepFields
from dlviz.ui.lesson import Question


def questions(state: TooDeepFields) -> list[Question]:
    """Questions on what passes through many layers."""
    return [
        Question(
            "product",
            f"Each of {state.tower_layers} layers halves the gradient that passes back through it. "
            "How much of it is left?",
            ["A half", f"1 / {2 * state.tower_layers}", f"1 / 2^{state.tower_layers}"],
            f"1 / 2^{state.tower_layers}",
            "Halving is done once a layer, one after the other.",
            f"That is 1 in {2**state.tower_layers:,}.",
        ),
        Question(
            "skip",
            "A skip connection adds a layer’s input to its output. If the layer itself passes no gradient "
            "back, how much of it arrives below?",
            ["Nothing", "The whole gradient", "Half of it"],
            "The whole gradient",
            "Differentiate x + f(x).",
            "The derivative of x + f(x) is 1 + f′(x): the 1 is always there.",
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
