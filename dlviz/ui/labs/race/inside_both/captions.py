"""Sentences of the view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from dlviz.ui.labs.race.inside_both.forward import Disagreement, ForwardPass
from dlviz.ui.labs.race.inside_both.state import GRID
from dlviz.ui.labs.race.pairs import TITLES
from dlviz.ui.text_format.numbers import counted, number, percent, probability

if TYPE_CHECKING:
    from dlviz.race.inside import Field

BEYOND_LUCK = 2.0  # standard deviations
SAME_MEASURE = (
    "Reach, for both: the mean distance of the pixels that change a value, each weighted by its gradient. "
    "Attention: the mean distance of the patches that a head looks at, each weighted by its attention; the "
    "band goes from the head that looks nearest to the one that looks farthest."
)


def name_place(place: int) -> str:
    """Name a patch by its row and column."""
    row, column = divmod(place - 1, GRID)
    return f"row {row + 1}, column {column + 1}"


def answers(passed: ForwardPass, classes: Sequence[str]) -> str:
    """Say what both networks read."""
    said = [
        f"the {title if title.isupper() else title.lower()} says **{classes[answer]}** ({probability(share)})"
        for title, answer, share in zip(TITLES.values(), passed.answers, passed.probabilities, strict=True)
    ]
    return f"Here {said[0]} and {said[1]}."


def pixels(value: float) -> str:
    """Write a distance."""
    return f"{number(value, '.1f')} px"


def describe_reach(passed: ForwardPass) -> str:
    """Say how far both see from the place, by the same measure, and how far the first heads look."""
    units, vectors = list(passed.units.values()), list(passed.vectors.values())
    first = passed.looks[0].here
    said = (
        f"A unit of the CNN reaches **{pixels(units[0].reach)}** in conv 1 and {pixels(units[-1].reach)} in "
        f"conv {len(units)}. In block 1 the heads look **{pixels(float(first.mean()))}** away on average; "
        f"looking at all patches evenly would make it {pixels(passed.even)}."
    )
    own = vectors[0].reach
    if own < float(first.mean()):
        said += (
            f" But after block 1 the pixels that change this patch’s vector are only {pixels(own)} away on "
            "average: the patch’s own vector is added to what the heads bring."
        )
    return said


def reach_alt(passed: ForwardPass) -> str:
    """Text alternative of the lines."""
    units = ", ".join(pixels(each.reach) for each in passed.units.values())
    vectors = ", ".join(pixels(each.reach) for each in passed.vectors.values())
    looks = "; ".join(
        f"block {block}: " + ", ".join(pixels(away) for away in look.here)
        for block, look in enumerate(passed.looks, 1)
    )
    return (
        f"How far from the place, layer by layer. CNN’s units: {units}. Transformer’s vectors: {vectors}. "
        f"Attention of each head, {looks}."
    )


def field_alt(title: str, field: Field) -> str:
    """Text alternative of an effective receptive field."""
    seen = int(np.count_nonzero(field.gradient))
    return f"{title}: {counted(seen, 'pixel')} can change it, at a mean distance of {pixels(field.reach)}."


def occlusion_alt(title: str, name: str, heat: np.ndarray) -> str:
    """Text alternative of an occlusion map (height, width)."""
    row, column = (int(at) for at in np.unravel_index(heat.argmax(), heat.shape))
    return (
        f"{title}, answer {name}: covering row {row}, column {column} lowers its logit most, by "
        f"{number(float(heat.max()), '.2f')}."
    )


def note_on_lead(lead: float) -> str:
    """Say how far the answer is ahead in a network."""
    return f"its logit is {number(lead, '.1f')} ahead of the runner-up’s"


def compare_covering(passed: ForwardPass, first: np.ndarray, second: np.ndarray) -> str:
    """Say how far each network’s logit falls where a square covers the picture, and where most.

    Args:
        first, second: (height, width), the occlusion map of each network.
    """
    tops = [float(heat.max()) for heat in (first, second)]
    if min(tops) <= 0:
        return "Covering a spot lowers the answer’s logit in one of the networks at most."
    places = [np.unravel_index(heat.argmax(), heat.shape) for heat in (first, second)]
    apart = float(np.hypot(*(np.array(places[0]) - np.array(places[1]))))
    falls, leads = [number(top, ".1f") for top in tops], [number(lead, ".1f") for lead in passed.leads]
    return (
        "A square of 5×5 pixels covers one spot after another; blue: the answer’s logit falls. The worst "
        f"spot costs the CNN {falls[0]} of a lead of {leads[0]} logits, the transformer {falls[1]} of "
        f"{leads[1]}; the two spots are {pixels(apart)} apart."
    )


def describe_disagreement(found: Disagreement) -> str:
    """Say who is right where they disagree, as far as luck with the test pictures lets anyone say it."""
    cnn, transformer, neither = (len(found.of_side(side)) for side in ("cnn", "transformer", "none"))
    if not len(found.indices):
        return f"Both give all {found.tested:,} pictures the same answers."
    said = (
        f"They disagree on **{counted(len(found.indices), 'picture')}** of {found.tested:,}: only the CNN is "
        f"right on {cnn:,}, only the transformer on {transformer:,}, neither on {neither:,}. In all, the CNN "
        f"reads {percent(found.accuracy[0], 2)}, the transformer {percent(found.accuracy[1], 2)}."
    )
    if abs(cnn - transformer) > BEYOND_LUCK * (cnn + transformer) ** 0.5:
        better = "CNN" if cnn > transformer else "transformer"
        return f"{said} On these pictures the {better} is ahead **beyond luck**."
    return f"{said} That is **within luck** of each other."


def name_answers(found: Disagreement, at: int, classes: Sequence[str]) -> str:
    """Caption of a picture in the gallery: what it is, and what each says."""
    return f"{classes[found.truth[at]]}: {classes[found.said[0, at]]} · {classes[found.said[1, at]]}"


def tell_left_out(shown: int, count: int) -> str:
    """Say how many of the pictures are shown; empty where all are."""
    return f"The first {shown:,} of {count:,}. " if shown < count else ""


def gallery_alt(found: Disagreement, places: Sequence[int], classes: Sequence[str]) -> str:
    """Text alternative of the gallery."""
    said = ", ".join(name_answers(found, at, classes) for at in places)
    return f"Test pictures, what it is: the CNN’s answer · the transformer’s: {said}."
