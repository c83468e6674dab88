"""From a head to the pictures that show what it answers, and why."""

import streamlit as st

from dlviz.transfer.backbones import Backbone
from dlviz.transfer.picture_sets import PictureSet
from dlviz.transfer.thumbnails import name_jpeg
from dlviz.ui.components.class_map import Answered, class_map
from dlviz.ui.components.planes import Plane, planes
from dlviz.ui.labs.transfer.own_classes.captions import (
    describe_answer,
    describe_honest_test,
    describe_likeness,
    describe_plane,
    describe_random_test,
    describe_share,
    verdict,
)
from dlviz.ui.labs.transfer.own_classes.forward import (
    Answer,
    Learned,
    Likeness,
    answer,
    chance_of_same,
    compare,
    measure_at_random,
    measure_on_bursts,
)
from dlviz.ui.labs.transfer.state import LAB, State
from dlviz.ui.session_cache import compute_once
from dlviz.ui.verdict import show_sentence, show_verdict


def show_answer(backbone: Backbone, learned: Learned, own: PictureSet, state: State) -> None:
    """Draw the answer for the picture that is chosen."""
    pictures = own.pictures()
    picture = pictures[min(state.own_shown, len(pictures) - 1)]
    given = compute_once(f"{LAB}.own.answer", (learned, picture), lambda: answer(backbone, learned, picture))
    show_verdict(LAB, verdict(given))
    class_map(f"{LAB}.own.map", answered(given))
    st.caption(describe_answer(given))


def answered(given: Answer) -> Answered:
    """An answer as its component takes it."""
    return Answered(
        given.picture.jpeg, given.classes, given.probabilities, given.logits, given.bias, given.maps
    )


def show_test(learned: Learned) -> None:
    """Test the head honestly, and beside it, if that is asked for, as others do."""
    st.subheader("How good is it, honestly?", anchor=False)
    flattering = st.toggle(
        "Test as others do, too: 15 % of the pictures at random",
        key=LAB.key("own_flattering"),
        persist_state="page",
    )
    honest = compute_once(f"{LAB}.own.honest", (learned,), lambda: measure_on_bursts(learned))
    left, right = st.columns(2)
    left.metric("On bursts that it has not learned from", describe_share(honest))
    left.caption(describe_honest_test(honest, learned.examples))
    if flattering:
        random = compute_once(f"{LAB}.own.random", (learned,), lambda: measure_at_random(learned))
        right.metric("On pictures drawn at random", describe_share(random))
        right.caption(describe_random_test(random, honest))


def show_planes(learned: Learned, own: PictureSet, state: State) -> None:
    """Draw the pictures in a plane by their raw pixels, and in one by their features."""
    st.subheader("Why do so few pictures do?", anchor=False)
    examples = learned.examples

    def compute() -> tuple[Likeness, Likeness, float]:
        by_pixels, by_features = compare(learned, learned.pixels), compare(learned, learned.features)
        return by_pixels, by_features, chance_of_same(learned)

    pixels, features, chance = compute_once(f"{LAB}.own.planes", (learned,), compute)
    show_sentence(f"{LAB}.own.why", st.markdown, describe_likeness(pixels, features, chance))
    shown = own.pictures()[min(state.own_shown, len(own.pictures()) - 1)].jpeg
    jpegs = [picture.jpeg for picture in examples.pictures]
    planes(
        f"{LAB}.own.planes.drawn",
        [
            Plane("By their raw pixels", describe_plane(pixels), pixels.points, pixels.nearest),
            Plane("By the network’s features", describe_plane(features), features.points, features.nearest),
        ],
        [name_jpeg(jpeg) for jpeg in jpegs],
        examples.classes,
        examples.labels,
        jpegs.index(shown) if shown in jpegs else 0,
    )
