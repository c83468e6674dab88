"""Captions of a unit's arithmetic: a heading, one equation with its numbers, notes, and a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.components.unit.selection import DIGITS, OUTPUT, Selection
from dlviz.ui.text_format.quotes import quoted

if TYPE_CHECKING:
    from dlviz.arithmetic import Arithmetic, Convolution, DropoutUnit, MaxPool, Normed, Relu, WeightedSum

COLOURS = ("red", "green", "blue")
Term = tuple[str, str]  # a number or a sign, and its meaning


@dataclass(frozen=True)
class Explanation:
    """Arithmetic of a unit in words.

    Args:
        terms: the left side of the equation.
        sentence: the whole of it, to be read aloud.
        parts: what the browser needs to draw this kind of unit; in captions {} stands for the chosen input.
    """

    heading: str
    terms: list[Term]
    sentence: str
    parts: dict[str, object]
    notes: list[str] = field(default_factory=list)


def describe_unit(
    arithmetic: Arithmetic, selection: Selection, title: str, classes: Sequence[str], first: bool
) -> dict[str, object]:
    """The words for one unit, as the browser shows them.

    Args:
        title: of its stage.
        classes: names of what the network tells apart.
        first: the unit's layer reads the drawing itself.
    """
    explanation = _explain(arithmetic, selection, first)
    place, edited = name_unit(selection, classes), _note_edit(arithmetic)
    value = full_precision(arithmetic.shown)
    result = (full_precision(arithmetic.total), "computed") if arithmetic.edited else (value, "its value")
    return {
        "place": place,
        "value": value,
        "heading": explanation.heading,
        "terms": [*explanation.terms, ("=", ""), result],
        "edited": edited,
        "notes": explanation.notes,
        "sentence": f"{place[0].upper()}{place[1:]} of {title}: {explanation.sentence} {edited}",
        "parts": explanation.parts,
    }


def name_unit(selection: Selection, classes: Sequence[str]) -> str:
    """Name of a unit within its stage."""
    if len(selection.unit) == 3:
        return f"pixel ({selection.row}, {selection.col}) of map {selection.channel}"
    if selection.stage == OUTPUT:
        name = classes[selection.channel]
        return f"logit of digit {name}" if tuple(classes) == DIGITS else f"logit of {quoted(name)}"
    return f"unit {selection.channel}"


def full_precision(value: float) -> str:
    """A number with as many digits as single precision has."""
    return _typeset(str(np.float32(value)))


def three_digits(value: float) -> str:
    """A number with three significant digits, as `short` in shared/colour.js."""
    size = abs(value)
    if size >= 1e5 or 0 < size < 1e-3:
        return _typeset(np.format_float_scientific(value, precision=2, unique=False, exp_digits=1))
    return _typeset(f"{float(f'{value:.3g}'):.10g}")


def _typeset(digits: str) -> str:
    return digits.removesuffix(".0").replace("-", "−")


def _note_edit(unit: Arithmetic) -> str:
    if not unit.edited:
        return ""
    done = "Switched off" if unit.shown == 0 else "Changed"
    computed, shown = three_digits(unit.total), three_digits(unit.shown)
    return f"{done}: the layer computed {computed}, but {shown} goes on from here."


def _explain(unit: Arithmetic, selection: Selection, first: bool) -> Explanation:
    from dlviz.arithmetic import Convolution, DropoutUnit, MaxPool, Normed, Relu, WeightedSum

    match unit:
        case Convolution():
            return _convolution(unit, first)
        case WeightedSum():
            return _weighted_sum(unit)
        case Normed():
            return _normed(unit)
        case Relu():
            return _relu(unit)
        case MaxPool():
            return _max_pool(unit)
        case DropoutUnit():
            return _dropout(unit)
    raise TypeError(f"{selection.stage} is of a kind that there are no words for")


def _sum(unit: WeightedSum, summands: str, part: str, captions: list[str], notes: list[str]) -> Explanation:
    products, bias, total = map(three_digits, (unit.channel_sums.sum(), unit.bias, unit.total))
    strongest = int(np.abs(unit.channel_sums).argmax())
    return Explanation(
        heading="What it multiplies and adds",
        terms=[(products, f"sum of {summands}"), ("+", ""), (bias, "bias")],
        sentence=f"{unit.inputs.size} products sum to {products}, plus bias {bias} gives {total}.",
        parts={"kind": "sum", "part": part, "captions": captions, "strongest": strongest},
        notes=notes,
    )


def _convolution(unit: Convolution, first: bool) -> Explanation:
    channels = len(unit.inputs)
    summands = f"{unit.inputs.size} products" if channels == 1 else f"{channels} channel sums"
    notes = []
    if first and channels > 1:
        return _colours(unit, summands)
    if first:
        notes.append("The drawing goes in as −1 … 1: paper is −1, ink is 1.")
    if unit.padded.any():
        notes.append("Hatched: zero padding, beyond the edge." + (" It is 0, unlike paper." if first else ""))
    window = "window of the drawing" if first else "window of map {}"
    return _sum(unit, summands, "map", [window, "its kernel", "products"], notes)


def _colours(unit: Convolution, summands: str) -> Explanation:
    """Of a convolution that reads a picture in colour."""
    notes = ["Each colour goes in as −1 … 1: none is −1, full is 1."]
    if unit.padded.any():
        notes.append("Hatched: zero padding, beyond the edge.")
    explanation = _sum(unit, summands, "colour", ["window in {}", "its kernel", "products"], notes)
    explanation.parts["names"] = COLOURS
    return explanation


def _weighted_sum(unit: WeightedSum) -> Explanation:
    if unit.inputs.ndim == 1:
        return _sum(unit, f"{unit.inputs.size} products", "unit", ["unit {}", "its weight", "product"], [])
    return _sum(unit, f"{len(unit.inputs)} channel sums", "map", ["map {}", "its weights", "products"], [])


def _normed(unit: Normed) -> Explanation:
    value, mean, variance, gamma, beta = map(
        three_digits, (unit.value, unit.mean, unit.variance, unit.gamma, unit.beta)
    )
    epsilon, spread = three_digits(unit.epsilon), three_digits(unit.spread)
    mean = f"({mean})" if unit.mean < 0 else mean
    return Explanation(
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
        f"times {gamma}, plus {beta} gives {three_digits(unit.total)}.",
        parts={"kind": "norm"},
        notes=["Mean and variance were kept from the batches of its training."],
    )


def _relu(unit: Relu) -> Explanation:
    value = three_digits(unit.value)
    return Explanation(
        heading="What it lets through",
        terms=[(f"max(0, {value})", "the value before, but at least 0")],
        sentence=f"max(0, {value}) = {three_digits(unit.total)}.",
        parts={"kind": "relu", "point": [unit.value, unit.total]},
    )


def _max_pool(unit: MaxPool) -> Explanation:
    values = ", ".join(three_digits(value) for value in unit.window.flat)
    row, col = unit.source
    notes = []
    if unit.unused_rows or unit.unused_cols:
        rows, cols = (" and ".join(map(str, unused)) for unused in (unit.unused_rows, unit.unused_cols))
        notes.append(f"Row {rows} and column {cols} of the map before fit into no window: they fall away.")
    return Explanation(
        heading="What it keeps",
        terms=[(f"max({values})", f"the largest, from ({row}, {col})")],
        sentence=f"the largest of {values} is {three_digits(unit.total)}, from pixel ({row}, {col}).",
        parts={"kind": "pool", "winner": unit.winner, "unused": [unit.unused_rows, unit.unused_cols]},
        notes=notes,
    )


def _dropout(unit: DropoutUnit) -> Explanation:
    terms = [(three_digits(unit.value), "the value before")]
    if unit.factor is not None:
        terms += [("×", ""), (three_digits(unit.factor), "dropout")]
    note = _note_dropout(unit.factor)
    product = " ".join(number for number, _ in terms)
    return Explanation(
        heading="What dropout does to it",
        terms=terms,
        sentence=f"{product} = {three_digits(unit.total)}. {note}",
        parts={"kind": "dropout"},
        notes=[note],
    )


def _note_dropout(factor: float | None) -> str:
    if factor is None:
        return "0 stays 0, silenced or kept."
    if factor == 0:
        return "Silenced this time."
    if factor == 1:
        return "Unchanged: dropout acts in training only."
    return f"Kept this time, and {three_digits(factor)}-fold to make up for the silenced."
