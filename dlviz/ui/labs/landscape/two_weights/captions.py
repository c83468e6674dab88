"""Sentences and formulas of the view, made from a pass."""

from __future__ import annotations

import numpy as np

from dlviz.landscape.two_weights import DECAY, MOMENTUM, OPTIMIZERS, SIDE, SMOOTHING, Weight, work_out
from dlviz.ui.labs.landscape.two_weights.forward import ForwardPass, Surface
from dlviz.ui.labs.landscape.two_weights.state import STEPS
from dlviz.ui.text_format.numbers import counted, number, percent

NEAR = 1.02  # losses so close to the lowest are as good
CONVOLUTIONS = (
    "Weights of convolutions cannot be chosen: they are used at every place of a digit, so that all "
    f"{SIDE**2:,} losses of the picture would take too long here."
)


def name_weight(weight: Weight) -> str:
    """A weight by its unit and its input."""
    return f"unit {weight.unit} ← input {weight.input}"


def tell_chosen(first: Weight, second: Weight) -> str:
    """The chosen weights, and how others are chosen."""
    return (
        f"First: {name_weight(first)}. Second (dashed): {name_weight(second)}. Click a weight: it becomes "
        "the second, and the second becomes the first."
    )


def tell_surface(surface: Surface) -> str:
    """The loss of the trained network, and the lowest one that was measured."""
    column, row = surface.lowest
    losses = surface.losses
    lowest = float(losses[row, column])
    stands = f"As trained (★) the loss is **{number(surface.loss)}**"
    if lowest >= surface.loss:
        return f"{stands}: at none of the {losses.size:,} places measured for the picture is it lower."
    values = ", ".join(number(value) for value in surface.place(column, row))
    return (
        f"{stands}; of the {losses.size:,} places measured for the picture the lowest has "
        f"**{number(lowest)}**, at ({values})."
    )


def tell_race(passed: ForwardPass) -> str:
    """The optimizers that are lowest after the last step, and those that have diverged or climbed."""
    ends = {name: passed.loss_of(name, STEPS) for name in OPTIMIZERS}
    start = passed.loss_of("SGD", 0)
    finite = {name: loss for name, loss in ends.items() if np.isfinite(loss)}
    said = []
    if finite:
        best = min(finite.values())
        winners = [name for name, loss in finite.items() if loss <= NEAR * best]
        reached = number(best) if len(winners) == 1 else f"within {percent(NEAR - 1, 0)} of {number(best)}"
        said.append(f"After {STEPS} steps **{_listed(winners)}** {_is(winners)} lowest: {reached}.")
    if gone := [name for name, loss in ends.items() if not np.isfinite(loss)]:
        said.append(
            f"{_listed(gone)} diverged: the loss is no longer a number. Choose a smaller learning rate."
        )
    if climbed := [name for name, loss in finite.items() if loss > NEAR * start]:
        said.append(f"{_listed(climbed)} {_is(climbed)} higher than at the start ({number(start)}).")
    edges = passed.surface.first, passed.surface.second
    if away := [
        name
        for name, taken in passed.walks.items()
        if not all(axis[0] <= at <= axis[-1] for axis, at in zip(edges, taken.values[-1], strict=True))
    ]:
        said.append(f"{_listed(away)} {_is(away)} outside the picture now.")
    return " ".join(said)


def _is(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _listed(names: list[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def rows(passed: ForwardPass, step: int) -> list[dict[str, str]]:
    """Rows of a table: each optimizer's loss after a step, and how that step has moved the first weight."""
    table = []
    for name, taken in passed.walks.items():
        ended = step >= len(taken.values)
        table.append(
            {
                "Optimizer": name,
                "Loss": "diverged" if ended else number(float(taken.losses[step])),
                "The step of the first weight, w": "" if ended else write_step(passed, name, step),
            }
        )
    return table


def write_step(passed: ForwardPass, optimizer: str, step: int) -> str:
    """An optimizer's formula with the numbers of its last step, for the first weight."""
    if not step:
        return "not begun"
    one = work_out(passed.walks[optimizer], optimizer, step - 1, passed.rate, 0)
    before, gradient, first, second, after = map(
        number, (one.before, one.gradient, one.first, one.second, one.after)
    )
    rate, root = f"{passed.rate:g}", write_root(second)
    match optimizer:
        case "SGD":
            return f"w − η·g = {before} − {rate} · ({gradient}) = {after}"
        case "Momentum":
            return f"v = {MOMENTUM:g}·v + g = {first}; w − η·v = {before} − {rate} · ({first}) = {after}"
        case "RMSprop":
            return (
                f"s = {SMOOTHING:g}·s + {1 - SMOOTHING:.2g}·g² = {second}; "
                f"w − η·g/√s = {before} − {rate} · ({gradient}) / {root} = {after}"
            )
        case _:
            begin = f"{before} · (1 − {rate} · {DECAY:g})" if optimizer == "AdamW" else before
            return f"m̂ = {first}, v̂ = {second}; w − η·m̂/√v̂ = {begin} − {rate} · ({first}) / {root} = {after}"


def write_root(written: str) -> str:
    """The square root of a number as `number` writes it; in brackets if it has a power of ten."""
    return f"√({written})" if "·" in written else f"√{written}"


def name_axes(surface: Surface) -> tuple[str, str]:
    """The chosen weights, as names of the axes."""
    return name_weight(surface.chosen[0]), name_weight(surface.chosen[1])


def describe_surface(surface: Surface) -> str:
    """Text alternative of the loss over two weights."""
    first, second = name_axes(surface)
    low, high = number(float(surface.losses.min())), number(float(surface.losses.max()))
    here = number(surface.loss)
    return f"The loss over two weights, {first} and {second}: from {low} to {high}; as trained {here}."


def describe_race(passed: ForwardPass, step: int) -> str:
    """Text alternative of the table of optimizers."""
    reached = "; ".join(f"{name} {number(passed.loss_of(name, step))}" for name in passed.walks)
    return f"Losses after {counted(step, 'step')}: {reached}."


def describe_cells(weights: np.ndarray) -> str:
    """Text alternative of the picture of weights (rows, columns)."""
    return f"{weights.size:,} weights from {number(float(weights.min()))} to {number(float(weights.max()))}."
