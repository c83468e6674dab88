"""Panel of units that follow something named, and of sequences in which the chosen unit is most active."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from dlviz.ui.components.gallery import gallery
from dlviz.ui.inputs import sentence
from dlviz.ui.labs.rnn import captions
from dlviz.ui.labs.rnn.sequence import Sequence
from dlviz.ui.labs.rnn.state import LAB, WORDS, State
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import number
from dlviz.ui.verdict import show_sentence

if TYPE_CHECKING:
    from torch import nn

    from dlviz.interpretable_units import Tracker
    from dlviz.recurrence.followers import Examples
    from dlviz.ui.labs.rnn.forward import ForwardPass

EXAMPLES = 200  # sequences to look for units in, and as many to measure them again in
SHORT = 20  # words of a sentence to look for units in
FOUND = 8  # sequences in which the chosen unit is most active
FEATURES = {
    "row_ink": "the ink in the row",
    "ink": "the ink so far",
    "rows": "how many rows have been read",
    "negation": "whether a negation has been read",
    "value": "the value that is read",
    "change": "how much the value has changed",
}
NOUNS = {"digit": "test digits", "sentence": "sentences", "series": "series"}


@dataclass(frozen=True)
class Place:
    """A step at which a unit is most active: the number of the example, the step, and the hidden state."""

    example: int
    step: int
    value: float


def show_followers(passes: list[ForwardPass], state: State) -> None:
    """Name units by what they follow, folded away; measured when it is unfolded."""
    label, icon = "Units that follow something", ":material/travel_explore:"
    panel = st.expander(label, icon=icon, key=f"{LAB}.followers", on_change="rerun")
    if not panel.open:
        return
    with panel, model_cache.waiting():
        for passed in passes:
            st.markdown(f"**{captions.title(passed)}**")
            for tracker in find_followers(passed).values():
                _show_follower(passed, tracker)
            _show_elsewhere(passed, state)


def _show_follower(passed: ForwardPass, tracker: Tracker) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Unit {tracker.unit}",
            key=f"{LAB}.follower.{passed.kind}.{tracker.feature}",
            on_click=_choose_unit,
            args=(unit_field(passed), tracker.unit),
        )
        st.markdown(follower_sentence(passed.sequence.kind, tracker))


def follower_sentence(kind: str, tracker: Tracker) -> str:
    """Correlation of a unit with what it follows, where it was looked for and elsewhere."""
    here, there = (number(value, ".2f") for value in (tracker.found, tracker.verified))
    noun = f"{EXAMPLES} {NOUNS[kind]}"
    measured = f"correlation {here} in {noun} where it was looked for, {there} in {EXAMPLES} others"
    if tracker.tracks:
        return f"follows {FEATURES[tracker.feature]}: {measured}."
    return f"comes nearest to following {FEATURES[tracker.feature]}, but not near enough: {measured}."


def _show_elsewhere(passed: ForwardPass, state: State) -> None:
    """Draw or list the sequences in which the chosen unit is most active, each with its step."""
    from dlviz.data import mnist

    if passed.sequence.kind == "series":
        return
    places = find_elsewhere(passed)
    show_sentence(f"{LAB}.active.{passed.kind}", st.markdown, f"Unit {passed.unit} is most active here:")
    if passed.sequence.kind == "sentence":
        for place in places:
            words = list(_read_sentences()[place.example].steps)
            words[place.step] = f"“{words[place.step]}”"
            st.markdown(plain(f"{number(place.value, '.2f')} at the marked word: {' '.join(words)}"))
        return
    said = [f"row {place.step + 1}: {number(place.value, '.2f')}" for place in places]
    pictures = mnist.digits("test")[0][[place.example for place in places]].numpy()
    kept = {"layer": state.layer, "networks": state.networks, unit_field(passed): passed.unit}
    links = [f"/rnn?{urlencode({'sample': place.example, 'step': place.step, **kept})}" for place in places]
    if passed.network.from_run:
        links = []
    alt = f"Unit {passed.unit}: {'; '.join(said)}"
    gallery(f"{LAB}.elsewhere.{passed.kind}", pictures, said, alt, links, hint="Open it at this row")


def unit_field(passed: ForwardPass) -> str:
    """The state's field that holds the unit which is selected in a network."""
    return "unit" if passed.kind == "lstm" else "rnn_unit"


def _choose_unit(field: str, unit: int) -> None:
    LAB.update(**{field: unit})


def find_followers(passed: ForwardPass) -> dict[str, Tracker]:
    """The units of the layer that is looked at that follow best what this kind of sequence has."""
    return _measure(passed.network.model, passed.sequence.kind, passed.layer)


def find_elsewhere(passed: ForwardPass) -> list[Place]:
    """The sequences in which the chosen unit's hidden state is furthest from 0, the furthest first."""
    here, _ = load_examples(passed.sequence.kind)
    states = _states(passed.network.model, passed.sequence.kind, passed.layer)[:, :, passed.unit]
    sizes = np.where(here.read, np.abs(states), -1)
    steps = sizes.argmax(axis=1)
    best = np.argsort(-sizes.max(axis=1), kind="stable")[:FOUND]
    return [Place(int(at), int(steps[at]), float(states[at, steps[at]])) for at in best]


@lru_cache(maxsize=8)
def _measure(model: nn.Module, kind: str, layer: str) -> dict[str, Tracker]:
    from dlviz.recurrence import followers

    return followers.find_followers(model, layer, *load_examples(kind))


@lru_cache(maxsize=4)
def _states(model: nn.Module, kind: str, layer: str) -> np.ndarray:
    """Hidden states (examples, steps, hidden) float32 of the examples in which units are looked for."""
    from dlviz.recurrence.followers import hidden_states

    return hidden_states(model, load_examples(kind)[0].x, layer)


@lru_cache(maxsize=3)
def load_examples(kind: str) -> tuple[Examples, Examples]:
    """Sequences to look for units in, and others to measure them again in.

    Raises: BadWeights if the weights that make vectors of words are missing or damaged.
    """
    import torch

    from dlviz.data import mnist, waves
    from dlviz.recurrence import followers

    if kind == "digit":
        images, _ = mnist.digits("test")
        parts = images[:EXAMPLES], images[EXAMPLES : 2 * EXAMPLES]
        return followers.digit_examples(parts[0]), followers.digit_examples(parts[1])
    if kind == "series":
        from dlviz.training.waves import TEST_SEED

        each = [waves.series(name, EXAMPLES, 64, TEST_SEED) for name in ("sines", "pulses", "trends")]
        mixed = torch.stack(each, dim=1).flatten(0, 1)[: 2 * EXAMPLES]
        return followers.series_examples(mixed[:EXAMPLES]), followers.series_examples(mixed[EXAMPLES:])
    each = _read_sentences()
    words = [read.steps for read in each]
    vectors = [torch.from_numpy(read.x) for read in each]
    return (
        followers.sentence_examples(words[:EXAMPLES], vectors[:EXAMPLES]),
        followers.sentence_examples(words[EXAMPLES:], vectors[EXAMPLES:]),
    )


@lru_cache(maxsize=1)
def _read_sentences() -> list[Sequence]:
    """Short rated sentences that no training has seen, of all three kinds in turn, as the networks read."""
    from dlviz.data import reviews

    kinds = zip(*(reviews.labelled("test", kind) for kind in reviews.KINDS), strict=False)
    texts = [text for alike in kinds for text, _ in alike if len(text.split()) <= SHORT]
    return [Sequence.from_words(sentence.read(text, WORDS)) for text in texts[: 2 * EXAMPLES]]
