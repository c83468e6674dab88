"""Sentences of the view."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from dlviz.probes import LayerProbe
from dlviz.transfer.shift import LUCK, compare_answers
from dlviz.ui.labs.depth.hierarchy.forward import ForwardPass, Neighbours
from dlviz.ui.labs.depth.hierarchy.networks import TESTED, TRAINING, Measurement, Reader
from dlviz.ui.text_format.numbers import number, percent


def judge(answers: np.ndarray, others: np.ndarray) -> str:
    """Judge answers (test,) beside others for the same pictures: `better`, `worse`, or `same` within luck."""
    found = compare_answers(answers, others)
    if found.chance >= LUCK:
        return "same"
    return "better" if found.first > found.second else "worse"


def progress(measured: Measurement) -> str:
    """Say how many layers of both networks are measured."""
    probes = measured.trained, measured.random
    done, whole = (sum(len(getattr(each, name)) for each in probes) for name in ("found", "layers"))
    return f"{done} of {whole} layers are measured"


def chart_alt(measured: Measurement) -> str:
    """Text alternative of the lines."""
    lines = {"Trained": measured.trained.found, "Random weights": measured.random.found}
    said = [
        f"{title}: " + ", ".join(f"{probe.layer} {percent(probe.right.mean())}" for probe in found)
        for title, found in lines.items()
        if found
    ]
    return f"Share of the test pictures that a linear probe gets right, by layer. {'. '.join(said)}."


def rows(measured: Measurement) -> list[dict[str, str]]:
    """Rows of the table: a layer, its values, and what can be read off it."""

    def shares(probes: Sequence[LayerProbe], at: int) -> tuple[str, str]:
        if at >= len(probes):
            return "–", "–"
        return percent(probes[at].right.mean()), percent(probes[at].nearest_right.mean())

    table = []
    for at, probe in enumerate(measured.trained.found):
        (probed, near), (random, random_near) = (
            shares(each.found, at) for each in (measured.trained, measured.random)
        )
        table.append(
            {
                "Layer": probe.layer,
                "Values": f"{probe.size:,}",
                "Probe, trained": probed,
                "Probe, random": random,
                "Nearest, trained": near,
                "Nearest, random": random_near,
            }
        )
    return table


def describe_climb(measured: Measurement) -> str:
    """Say where the trained network's layers are better than the layer before, as far as luck allows."""
    found = measured.trained.found
    steps: dict[str, list[str]] = {"better": [], "same": [], "worse": []}
    for before, after in pairwise(found):
        steps[judge(after.right, before.right)].append(after.layer)
    noun = f"{measured.reader.noun}s"
    said = (
        f"Of {TESTED:,} test {noun}, a linear probe gets **{percent(found[0].right.mean())}** right from the "
        f"pixels, and **{percent(found[-1].right.mean())}** from the trained network’s last layer."
    )
    endings = {
        "better": "Better than the layer before: ",
        "same": "Within luck no different from the layer before: ",
        "worse": "Worse than the layer before: ",
    }
    return " ".join(
        [said, *(endings[kind] + ", ".join(names) + "." for kind, names in steps.items() if names)]
    )


def describe_random(measured: Measurement) -> str:
    """Say what of the climb a network with random weights has too."""
    (pixels, first, *_), last = measured.random.found, measured.random.found[-1]
    trained = measured.trained.found
    beside = {
        "better": "less than with trained weights",
        "same": "as much as with trained weights, within luck",
        "worse": "more than with trained weights",
    }[judge(trained[1].right, first.right)]
    than = {"better": "better than", "same": "within luck of", "worse": "worse than"}
    best = max(measured.random.found[1:], key=lambda probe: probe.right.mean())
    highest = max(trained, key=lambda probe: probe.right.mean())
    return (
        f"With **random weights** {first.layer} gives {percent(first.right.mean())}: "
        f"{than[judge(first.right, pixels.right)]} the pixels, and {beside} "
        f"({percent(trained[1].right.mean())}). Its best layer is {best.layer} with "
        f"{percent(best.right.mean())}, its last has {percent(last.right.mean())}. "
        f"The trained network’s best is {highest.layer} with {percent(highest.right.mean())}."
    )


def compare_random(measured: Measurement) -> tuple[str, str]:
    """A key of RANDOM_GUESSES for the first random layer beside the pixels, and a sentence on it."""
    pixels, first = measured.random.found[:2]
    outcome = judge(first.right, pixels.right)
    gained, had = percent(first.right.mean()), percent(pixels.right.mean())
    than = {
        "better": "more than the",
        "same": "within luck, no different from the",
        "worse": "less than the",
    }[outcome]
    return outcome, (
        f"{gained} from {first.size:,} random values of {first.layer}: {than} {had} from "
        f"{pixels.size:,} pixels."
    )


def describe_answer(passed: ForwardPass, reader: Reader) -> str:
    """Say what the network answers, and how many of the neighbours agree with it, by layer."""
    first, last = passed.neighbours[0], passed.neighbours[-1]
    before, after = (int((near.labels == passed.answer).sum()) for near in (first, last))
    return (
        f"The network says **{reader.classes[passed.answer]}**. Of the {len(first.labels)} nearest training "
        f"pictures by {first.layer}, {before} belong to that class; by {last.layer}, {after}."
    )


def name_neighbour(near: Neighbours, at: int, reader: Reader) -> str:
    """The words under a neighbour: its label, and its distance."""
    return f"{reader.classes[near.labels[at]]}\n{number(float(near.distances[at]), '#.3g')}"


def gallery_alt(near: Neighbours, reader: Reader) -> str:
    """Text alternative of a layer's neighbours."""
    counted = Counter(reader.classes[label] for label in near.labels)
    said = ", ".join(f"{count} × {name}" for name, count in counted.most_common())
    return f"Nearest by {near.layer}: {said}."


def explain_neighbours(measured: Measurement) -> str:
    """Say what the distances are, and how often the nearest picture is of the same class."""
    found = measured.trained.found
    first, last = found[0], found[-2]
    near, late = percent(first.nearest_right.mean()), percent(last.nearest_right.mean())
    return (
        f"Nearest of the {TRAINING:,} training pictures that the probes learn from, by Euclidean distance "
        "over all values of the layer. Distances of different layers cannot be compared. For "
        f"{near} of the {TESTED:,} test {measured.reader.noun}s the very nearest is of their class by "
        f"{first.layer}, for {late} by {last.layer}."
    )
