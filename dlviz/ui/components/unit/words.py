"""What the picture says of a unit in words and figures: a heading, one equation, notes, a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.components.unit.selection import DIGITS, OUTPUT, Selection

if TYPE_CHECKING:
    from dlviz.arithmetic import Arithmetic, Convolution, DropoutUnit, MaxPool, Normed, Relu, WeightedSum

COLOURS = ("red", "green", "blue")
Term = tuple[str, str]  # a number or a sign, and what it is


@dataclass(frozen=True)
class Account:
    """How a unit was made.

    terms: the left side of the equation.
    sentence: the whole of it, to be read aloud.
    parts: what the browser needs to draw this kind of unit; in captions {} stands for the chosen input.
    """

    heading: str
    terms: list[Term]
    sentence: str
    parts: dict[str, object]
    notes: list[str] = field(default_factory=list)


def header(told: Arithmetic, selection: Selection, classes: Sequence[str], first: bool) -> dict[str, object]:
    """The words for one unit, as the browser shows them.

    Args:
        classes: the names of what the network tells apart.
        first: the unit's layer reads the drawing itself.
    """
    account = _account(told, selection, first)
    where = place(selection, classes)
    result = (full(told.total), "computed") if told.edited else (full(told.shown), "its value")
    return {
        "place": where,
        "value": full(told.shown),
        "heading": account.heading,
        "terms": [*account.terms, ("=", ""), result],
        "edited": _edited(told),
        "notes": account.notes,
        "sentence": f"{where[0].upper()}{where[1:]} of {selection.stage}: {account.sentence} {_edited(told)}",
        "parts": account.parts,
    }


def place(selection: Selection, classes: Sequence[str]) -> str:
    """The unit's name within its stage."""
    if len(selection.unit) == 3:
        return f"pixel ({selection.row}, {selection.col}) of map {selection.channel}"
    if selection.stage == OUTPUT:
        name = classes[selection.channel]
        return f"logit of digit {name}" if tuple(classes) == DIGITS else f"logit of “{name}”"
    return f"unit {selection.channel}"


def full(value: float) -> str:
    """A number with as many digits as single precision holds."""
    return _typeset(str(np.float32(value)))


def short(value: float) -> str:
    """A number with three significant digits, as `short` in shared/colour.js."""
    size = abs(value)
    if size >= 1e5 or 0 < size < 1e-3:
        return _typeset(np.format_float_scientific(value, precision=2, unique=False, exp_digits=1))
    return _typeset(f"{float(f'{value:.3g}'):.10g}")


def _typeset(digits: str) -> str:
    return digits.removesuffix(".0").replace("-", "−")


def _edited(told: Arithmetic) -> str:
    if not told.edited:
        return ""
    done = "Switched off" if told.shown == 0 else "Changed"
    return f"{done}: the layer computed {short(told.total)}, but {short(told.shown)} goes on from here."


def _account(told: Arithmetic, selection: Selection, first: bool) -> Account:
    from dlviz.arithmetic import Convolution, DropoutUnit, MaxPool, Normed, Relu, WeightedSum

    match told:
        case Convolution():
            return _convolution(told, first)
        case WeightedSum():
            return _weighted_sum(told)
        case Normed():
            return _normed(told)
        case Relu():
            return _relu(told)
        case MaxPool():
            return _max_pool(told)
        case DropoutUnit():
            return _dropout(told)
    raise TypeError(f"{selection.stage} is of a kind that there are no words for")


def _sum(told: WeightedSum, summands: str, part: str, captions: list[str], notes: list[str]) -> Account:
    total, bias = short(told.channel_sums.sum()), short(told.bias)
    strongest = int(np.abs(told.channel_sums).argmax())
    return Account(
        heading="What it multiplies and adds",
        terms=[(total, f"sum of {summands}"), ("+", ""), (bias, "bias")],
        sentence=f"{told.inputs.size} products sum to {total}, plus bias {bias} gives {short(told.total)}.",
        parts={"kind": "sum", "part": part, "captions": captions, "strongest": strongest},
        notes=notes,
    )


def _convolution(told: Convolution, first: bool) -> Account:
    channels = len(told.inputs)
    summands = f"{told.inputs.size} products" if channels == 1 else f"{channels} channel sums"
    notes = []
    if first and channels > 1:
        return _colours(told, summands)
    if first:
        notes.append("The drawing goes in as −1 … 1: paper is −1, ink is 1.")
    if told.padded.any():
        notes.append("Hatched: zero padding, beyond the edge." + (" It is 0, unlike paper." if first else ""))
    window = "window of the drawing" if first else "window of map {}"
    return _sum(told, summands, "map", [window, "its kernel", "products"], notes)


def _colours(told: Convolution, summands: str) -> Account:
    """Of a convolution that reads a picture in colour."""
    notes = ["Each colour goes in as −1 … 1: none is −1, full is 1."]
    if told.padded.any():
        notes.append("Hatched: zero padding, beyond the edge.")
    account = _sum(told, summands, "colour", ["window in {}", "its kernel", "products"], notes)
    account.parts["names"] = COLOURS
    return account


def _weighted_sum(told: WeightedSum) -> Account:
    if told.inputs.ndim == 1:
        return _sum(told, f"{told.inputs.size} products", "unit", ["unit {}", "its weight", "product"], [])
    return _sum(told, f"{len(told.inputs)} channel sums", "map", ["map {}", "its weights", "products"], [])


def _normed(told: Normed) -> Account:
    value, mean, variance, gamma, beta = map(
        short, (told.value, told.mean, told.variance, told.gamma, told.beta)
    )
    epsilon, spread = short(told.epsilon), short(told.spread)
    mean = f"({mean})" if told.mean < 0 else mean
    return Account(
        heading="How it is normed",
        terms=[
            (f"({value} − {mean})", "the value before − its map’s mean"),
            ("÷", ""),
            (f"√({variance} + {epsilon})", f"the root of its map’s variance + ε: {spread}"),
            ("×", ""),
            (gamma, "γ, learned"),
            ("+", ""),
            (beta, "β, learned"),
        ],
        sentence=f"{value} minus the mean {mean}, over the root of variance {variance} plus {epsilon}, "
        f"times {gamma}, plus {beta} gives {short(told.total)}.",
        parts={"kind": "norm"},
        notes=["Mean and variance were kept from the batches of its training."],
    )


def _relu(told: Relu) -> Account:
    value = short(told.value)
    return Account(
        heading="What it lets through",
        terms=[(f"max(0, {value})", "the value before, but at least 0")],
        sentence=f"max(0, {value}) = {short(told.total)}.",
        parts={"kind": "relu", "point": [told.value, told.total]},
    )


def _max_pool(told: MaxPool) -> Account:
    values = ", ".join(short(value) for value in told.window.flat)
    row, col = told.source
    notes = []
    if told.unused_rows or told.unused_cols:
        rows, cols = (" and ".join(map(str, unused)) for unused in (told.unused_rows, told.unused_cols))
        notes.append(f"Row {rows} and column {cols} of the map before fit into no window: they fall away.")
    return Account(
        heading="What it keeps",
        terms=[(f"max({values})", f"the largest, from ({row}, {col})")],
        sentence=f"the largest of {values} is {short(told.total)}, from pixel ({row}, {col}).",
        parts={"kind": "pool", "winner": told.winner, "unused": [told.unused_rows, told.unused_cols]},
        notes=notes,
    )


def _dropout(told: DropoutUnit) -> Account:
    terms = [(short(told.value), "the value before")]
    if told.factor is not None:
        terms += [("×", ""), (short(told.factor), "dropout")]
    note = _fate(told.factor)
    product = " ".join(number for number, _ in terms)
    return Account(
        heading="What dropout does to it",
        terms=terms,
        sentence=f"{product} = {short(told.total)}. {note}",
        parts={"kind": "dropout"},
        notes=[note],
    )


def _fate(factor: float | None) -> str:
    if factor is None:
        return "0 stays 0, silenced or kept."
    if factor == 0:
        return "Silenced this time."
    if factor == 1:
        return "Unchanged: dropout acts in training only."
    return f"Kept this time, and {short(factor)}-fold to make up for the silenced."
