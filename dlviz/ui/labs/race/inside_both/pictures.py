"""From one picture inside both networks to the pictures that show it; clicks in them come back here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui.components import events
from dlviz.ui.components.gallery import gallery
from dlviz.ui.components.patches import Panel, patches
from dlviz.ui.components.series import Axes, Series, series
from dlviz.ui.components.tiles import Group, tiles
from dlviz.ui.labs.race.inside_both import captions
from dlviz.ui.labs.race.inside_both.forward import Disagreement, ForwardPass
from dlviz.ui.labs.race.inside_both.state import GRID, InsideFields
from dlviz.ui.labs.race.pairs import Pair
from dlviz.ui.labs.race.state import LAB
from dlviz.ui.runs.digit_transformer import TOKENS
from dlviz.ui.verdict import show_sentence

if TYPE_CHECKING:
    from dlviz.race.inside import Field

HEADS = f"{LAB}.inside.heads"
SHOWN = 48  # pictures of the gallery


def take_clicks() -> None:
    """Put the patch that the learner has clicked into the lab's state."""
    match events.numbers(HEADS, "pin", 1):
        case [token] if 1 <= token <= GRID**2:
            LAB.update(place=token)


def show_reach(passed: ForwardPass) -> None:
    """Draw how far both networks see and look, layer by layer."""
    units, vectors = passed.units.values(), passed.vectors.values()
    heads = [look.here for look in passed.looks]
    lines = [
        Series("CNN: reach of its units", *_by_layer([each.reach for each in units])),
        Series("Transformer: reach of its vectors", *_by_layer([each.reach for each in vectors])),
        Series(
            "Transformer: attention of its heads",
            *_by_layer([each.mean() for each in heads]),
            np.array([each.min() for each in heads]),
            np.array([each.max() for each in heads]),
            colour=1,
            dashed=True,
        ),
    ]
    names = [f"layer {at + 1}" for at in range(max(len(units), len(vectors)))]
    far = max(16.0, *(float(each.max()) for each in heads))
    axes = Axes(
        "Distance from the place, in pixels",
        "layer",
        names=names,
        high=far,
        markers=True,
    )
    series(f"{LAB}.inside.reach", axes, lines, captions.reach_alt(passed))
    show_sentence(f"{LAB}.inside.told", st.markdown, captions.describe_reach(passed))
    st.caption(captions.SAME_MEASURE)


def _by_layer(values: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    return np.arange(len(values)), np.array(values)


def show_fields(passed: ForwardPass) -> None:
    """Draw the pixels that move the values at the place, layer by layer, in both networks."""
    named = {f"conv {at}": field for at, field in enumerate(passed.units.values(), 1)}
    named |= {f"block {at}": field for at, field in enumerate(passed.vectors.values(), 1)}
    tiles(f"{LAB}.inside.fields", [_field_group(*each) for each in named.items()], passed.pixels)


def _field_group(title: str, field: Field) -> Group:
    return Group(
        title=title.capitalize(),
        note=f"reach {captions.pixels(field.reach)}",
        values=field.gradient[None],
        scale="sequential",
        alt=captions.field_alt(title, field),
        columns=1,
        cell=5,
        over=True,
    )


def show_heads(passed: ForwardPass, state: InsideFields) -> None:
    """Draw where the heads of the chosen block look from the place."""
    look = passed.looks[state.look_block]
    panels = [
        Panel(f"Head {head}", captions.pixels(float(look.here[head - 1])), _with_class_token(weights))
        for head, weights in enumerate(look.attention, 1)
    ]
    note = f"The patch in {captions.name_place(state.place)} looks. Click another: the pictures above follow."
    patches(HEADS, passed.pixels, panels, TOKENS, state.place, note)


def _with_class_token(weights: np.ndarray) -> np.ndarray:
    """Weights (50,) of a head, from those on the patches (7, 7): what is left is the class token's."""
    return np.concatenate([[1 - weights.sum()], weights.ravel()])


def show_covering(pair: Pair, passed: ForwardPass, maps: tuple[np.ndarray, np.ndarray], own: bool) -> None:
    """Draw both occlusion maps.

    Args:
        maps: (height, width) each, the CNN's first.
        own: true for colours up to each map's own largest value; else both are on one scale.
    """
    limit = 0.0 if own else max(float(np.abs(heat).max()) for heat in maps)
    groups = [
        Group(
            title=f"{member.title}: speaks for {pair.classes[answer]}",
            note=captions.note_on_lead(lead),
            values=heat[None],
            scale="diverging",
            alt=captions.occlusion_alt(member.title, pair.classes[answer], heat),
            columns=1,
            cell=9,
            limit=limit,
            over=True,
        )
        for member, answer, lead, heat in zip(pair.members, passed.answers, passed.leads, maps, strict=True)
    ]
    tiles(f"{LAB}.inside.covering", groups, passed.pixels)
    show_sentence(f"{LAB}.inside.covered", st.markdown, captions.compare_covering(passed, *maps))


def show_disagreement(pair: Pair, found: Disagreement, state: InsideFields) -> None:
    """Draw the test pictures to which both give different answers; each leads to a lab."""
    of_side = found.of_side(state.disagree)
    places = of_side[:SHOWN]
    if not len(places):
        st.info("There are none of these.", icon=":material/check:")
        return
    opened = pair.cnn if state.opens == "cnn" else pair.transformer
    gallery(
        f"{LAB}.inside.gallery",
        found.pictures[places],
        [captions.name_answers(found, int(at), pair.classes) for at in places],
        captions.gallery_alt(found, [int(at) for at in places], pair.classes),
        [opened.link_to_lab(int(found.indices[at]), found.pictures[at]) for at in places],
        side=64,
        hint=f"Open it inside the {opened.title.lower() if opened is pair.transformer else opened.title}",
    )
    whose = "" if opened.inside_lab else ", which shows its own trained network, not this one"
    left_out = captions.tell_left_out(len(places), len(of_side))
    st.caption(
        f"{left_out}What it is: the CNN’s answer · the transformer’s answer. "
        f"A click opens it in the lab{whose}."
    )
