"""Sentences of the MLP lab, made from a forward pass and the lab's state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dlviz.ui.labs.mlp.forward import ForwardPass, InkSum, lead, unit_counts
from dlviz.ui.labs.mlp.networks import FullyConnectedNetwork
from dlviz.ui.labs.mlp.shifting import Moved
from dlviz.ui.labs.mlp.state import State
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted, number, percent, probability

LISTED = 6  # units that are named one by one
NAMED = 3  # of the largest contributions
CNN = "CNN"  # its name beside the lab's own network


def circumstances(passed: ForwardPass, placed: bool) -> str:
    """Origin of the numbers: trained or random weights, units switched off.

    Args:
        placed: the drawing is a test digit or a picture, not the learner's own.
    """
    parts = [plain(passed.network.provenance)]
    if passed.untouched:
        count = sum(map(len, passed.off.values()))
        parts.append(f"**{count} switched off**; untouched it said {plain(passed.untouched.answer)}")
    if passed.network.can_tell_digits and not placed:
        parts.append("ten digits are all it was ever shown: one of them must win, whatever is drawn")
    return " · ".join(parts)


def layer_title(network: FullyConnectedNetwork, layer: int, drawn: int) -> str:
    """Title over the units of a hidden layer.

    Args:
        drawn: number of units that are drawn.
    """
    count = unit_counts(network)[layer - 1]
    number_of = f"hidden layer {layer}" if len(network.hidden_layers) > 1 else "hidden layer"
    shown = f", the first {drawn:,} of them drawn" if drawn < count else ""
    return f"{number_of}: {counted(count, 'unit')}{shown}"


def layer_note(passed: ForwardPass | None, state: State) -> str:
    """Explanation of the pictures of the units, and how many are on."""
    reads = "the drawing" if state.layer == 1 else f"hidden layer {state.layer - 1}"
    what = (
        f"Each picture is a unit’s weights on {reads}: blue is above 0, orange below, one scale for all; "
        "the largest 1 % share the darkest colours."
    )
    if passed is None:
        return what
    activations = passed.activations(state.layer)
    lit = int((activations > 0).sum())
    return f"{what} The bar is what it passes on: {lit} of {len(activations)} are on, the others are faded."


def describe_layer(passed: ForwardPass | None, network: FullyConnectedNetwork, state: State) -> str:
    """The layer in words: how many units are on, which most, and the answer."""
    count = unit_counts(network)[state.layer - 1]
    if passed is None:
        return f"Hidden layer {state.layer}, waiting for a drawing: the weights of {counted(count, 'unit')}"
    activations = passed.activations(state.layer)
    lit, best = int((activations > 0).sum()), int(activations.argmax())
    answer = f"{passed.answer} with {probability(passed.probabilities.max())}"
    return (
        f"Hidden layer {state.layer}: {lit} of {counted(count, 'unit')} are on; unit {best} passes on most, "
        f"{number(activations[best])}. The network says {answer}."
    )


def unit_equation(passed: ForwardPass, layer: int, unit: int, ink: InkSum | None) -> str:
    """A hidden unit's sum written out, from its products to what it passes on.

    Args:
        ink: the sum told from empty paper; None for that of every pixel.
    """
    found = passed.sum_of(layer, unit)
    if ink is None:
        products, bias = number(found.products.sum(), ".5g"), _added(found.bias)
        left = f"{products} (the sum of {found.inputs.size} products) {bias} (its bias)"
    else:
        inked = int((passed.pixels > 0).sum())
        products, paper = number(ink.products.sum(), ".5g"), _added(ink.paper)
        left = f"{products} (the ink: {counted(inked, 'product')}) {paper} (what empty paper gives)"
    names = passed.network.hidden_layers[layer - 1]
    total, normed, let_through = (
        float(passed.record[name][0, unit]) if name else None
        for name in (names.linear, names.norm, names.relu)
    )
    assert total is not None
    assert let_through is not None
    norm = "" if normed is None else f" → batch norm: {number(normed, '.5g')}"
    before = total if normed is None else normed
    relu = f"ReLU: max(0, {number(before, '.5g')}) = **{number(max(0.0, before), '.5g')}**"
    off = " → switched off: **0**" if unit in passed.off.get(layer, []) else ""
    return f"{left} = **{number(total, '.5g')}**{norm} → {relu}{off}"


def _added(value: float) -> str:
    """A number with its sign, as it is added."""
    return f"{'−' if value < 0 else '+'} {number(abs(value), '.5g')}"


def unit_speaks(passed: ForwardPass, unit: int) -> str:
    """Verdict of a unit of the last hidden layer on the answers."""
    value = float(passed.activations(len(passed.network.hidden_layers))[unit])
    if value == 0:
        return "It passes on nothing, so it adds nothing to any logit."
    classes = passed.network.classes
    each = np.array([passed.contributions(target)[unit] for target in range(len(classes))])
    best, worst = int(each.argmax()), int(each.argmin())
    told = f"It passes on {number(value)}. Times its weight to each answer, it adds"
    most = f"most to **{plain(classes[best])}** ({number(each[best], '+.3g')})"
    taken = f" and takes most from {plain(classes[worst])} ({number(each[worst], '+.3g')})"
    return f"{told} {most}{taken if each[worst] < 0 else ''}."


def decision(passed: ForwardPass, target: int, contributions: np.ndarray, bias: float) -> str:
    """The contributions to a class's logit: their sum, and the largest by name.

    Args:
        contributions: (units,) of the last hidden layer.
    """
    name, logit = plain(passed.network.classes[target]), float(passed.logits[target])
    pro, contra = contributions[contributions > 0], contributions[contributions < 0]
    return (
        f"The logit of **{name}** is {number(logit, '.5g')}: {counted(len(pro), 'unit')} for it add "
        f"{number(pro.sum(), '.5g')}, {len(contra)} against it {number(contra.sum(), '.5g')}, and the bias "
        f"{number(bias, '.3g')}. For it most: {_named(contributions, 1)}. "
        f"Against it most: {_named(contributions, -1)}."
    )


def _named(contributions: np.ndarray, sign: int) -> str:
    """The largest contributions of a sign, by their units' numbers."""
    order = np.argsort(-sign * contributions, kind="stable")[:NAMED]
    named = [
        f"unit {unit} ({number(float(contributions[unit]), '+.3g')})"
        for unit in order
        if sign * contributions[unit] > 0
    ]
    return ", ".join(named) or "none"


def switched_off(passed: ForwardPass, untouched: ForwardPass) -> str:
    """Effect of the units that are off on the answer."""
    answer = untouched.predicted
    before, now = lead(untouched.logits, answer), lead(passed.logits, answer)
    standing = f"leads by **{number(now)}**" if now > 0 else f"is **{number(-now)}** behind"
    verb = "still" if passed.predicted == answer else "now"
    return (
        f"Off: {_list_units(passed)}. The logit of **{plain(untouched.answer)}** led by {number(before)} and "
        f"now {standing}: the network {verb} says **{plain(passed.answer)}**. Outlined bars beside the units "
        "are the logits before."
    )


def _list_units(passed: ForwardPass) -> str:
    counts, parts = unit_counts(passed.network), []
    for layer, off in passed.off.items():
        many = len(off) > LISTED
        named = f"{'unit' if len(off) == 1 else 'units'} {', '.join(map(str, off))}"
        listed = f"{len(off)} of {counts[layer - 1]} units" if many else named
        parts.append(f"{listed} of hidden layer {layer}" if len(counts) > 1 else listed)
    return "; ".join(parts)


def moved_picture(moved: Moved, classes: Sequence[str], distance: int) -> str:
    """Answers of the networks to the drawing at a distance, a line each."""
    lines = [f"{distance} px"]
    for network, probabilities in moved.answers.items():
        best = int(probabilities[distance].argmax())
        lines.append(f"{network}: {classes[best]} · {probability(float(probabilities[distance, best]))}")
    return "\n".join(lines)


def moved_so_far(moved: Moved, classes: Sequence[str], distance: int) -> str:
    """Fate of each network's answer up to the distance that is shown."""
    told = []
    for network, probabilities in moved.answers.items():
        first, now = (int(probabilities[by].argmax()) for by in (0, distance))
        kept, name = moved.stays_until(network), plain(classes[first])
        if kept >= distance:
            told.append(f"the {network} {'still ' if distance else ''}says **{name}**")
        else:
            again = " again" if now == first else ""
            said = f"said {name} up to {kept} px, and now says **{plain(classes[now])}**{again}"
            told.append(f"the {network} {said}")
    lost = float(moved.lost[distance])
    ink = f" {percent(lost)} of the ink has left the paper." if lost > 0 else ""
    where = f"Moved by {counted(distance, 'pixel')}" if distance else "Where it is"
    return f"{where}: {'; '.join(told)}.{ink}"


def moved_many(shares: Mapping[str, np.ndarray], direction: str, distance: int, count: int) -> str:
    """Share of the test digits that each network names right at a distance.

    Args:
        shares: name of a network -> (distance,) in [0, 1].
    """
    told = " and ".join(
        f"the {network} names {percent(float(values[distance]))} right" for network, values in shares.items()
    )
    return f"Of {count} test digits, moved {direction} by {counted(distance, 'pixel')}, {told}."
