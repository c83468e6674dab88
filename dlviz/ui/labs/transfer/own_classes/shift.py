"""Section of the view My own classes: learn from one artist, and be tested on another."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.data.emoji import ARTISTS, emoji, names
from dlviz.training.analysis.significance import write_chance
from dlviz.transfer.features import compute_features
from dlviz.transfer.neighbours import compute_pixels
from dlviz.transfer.shift import COUNTS, DRAWS, Point, measure_shift
from dlviz.ui.labs.transfer.own_classes.state import GUESSES
from dlviz.ui.labs.transfer.state import LAB
from dlviz.ui.pressed import pressed
from dlviz.ui.text_format.numbers import percent
from dlviz.ui.verdict import show_sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dlviz.transfer.backbones import Backbone
    from dlviz.ui.labs.transfer.state import State

    Progress = Callable[[float, str], object]
    Measured = Mapping[str, Sequence[Point]]  # a key of KINDS -> the points of all draws

CHUNK = 8  # pictures between two steps of the progress bar
SIDE = 16  # pixels of the raw colours
SHOWN = f"{LAB}.own.shift"
KINDS = {"features": "features", "pixels": "raw pixels"}

# Of all sessions: what is measured is the same for everybody. Learners who ask at once share the work.
_features: dict[tuple[Backbone, str], np.ndarray] = {}
_measured: dict[tuple[Backbone, str], Measured] = {}
_one_reader = Lock()


def show_shift(backbone: Backbone) -> None:
    """Ask for a guess, measure on a click, and draw accuracy on both artists' emoji against examples."""
    st.subheader("Does it know the things, or the artist’s hand?", anchor=False)
    left, right = st.columns([1, 2.4], gap="medium")
    with left:
        st.markdown(
            f"Emoji of {len(names())} classes, learned as one artist draws them. The test: five other emoji "
            "of each class, as the same artist draws them and as another one does."
        )
        st.segmented_control(
            "Learn from",
            list(ARTISTS),
            format_func=ARTISTS.__getitem__,
            required=True,
            key=LAB.key("own_artist"),
        )
        st.radio(
            "Your guess: the other artist’s emoji are named …",
            list(GUESSES),
            index=None,
            format_func=GUESSES.__getitem__,
            key=LAB.key("own_guess"),
        )
        wanted = pressed("Measure it", key=f"{SHOWN}.measure", icon=":material/science:")
    state = LAB.read()
    if wanted:
        st.session_state[SHOWN] = True
    with right:
        if st.session_state.get(SHOWN):
            bar = st.progress(0.0)
            measured = measure(backbone, state.own_artist, bar.progress)
            bar.empty()
            _show(measured, state)
        else:
            st.caption("Nothing is measured yet. The network reads 320 small pictures first: some seconds.")


def measure(backbone: Backbone, artist: str, progress: Progress = lambda share, text: None) -> Measured:
    """Measure the shift from an artist to the other, by features and by raw pixels; once for all sessions.

    Args:
        artist: a key of `ARTISTS`, whose emoji are learned from.
    """
    while not _one_reader.acquire(timeout=0.5):
        progress(0.0, "Another learner measures this already …")
    try:
        if (backbone, artist) not in _measured:
            first, second = (artist, next(other for other in ARTISTS if other != artist))
            vectors = {
                "features": [_read_emoji(backbone, each, progress) for each in (first, second)],
                "pixels": [_colours(each) for each in (first, second)],
            }
            found: dict[str, list[Point]] = defaultdict(list)
            whole = len(vectors) * len(COUNTS) * DRAWS
            for kind, (learned, other) in vectors.items():
                for point in measure_shift(learned, other):
                    found[kind].append(point)
                    progress(sum(map(len, found.values())) / whole, "Solving the heads …")
            _measured[backbone, artist] = dict(found)
        return _measured[backbone, artist]
    finally:
        _one_reader.release()


def _read_emoji(backbone: Backbone, artist: str, progress: Progress) -> np.ndarray:
    """Features (classes, emoji, channels) of an artist's emoji."""
    if (backbone, artist) not in _features:
        pictures = emoji(artist)
        flat = [*pictures.reshape(-1, *pictures.shape[2:])]
        rows = []
        for start in range(0, len(flat), CHUNK):
            progress(start / len(flat), f"{ARTISTS[artist]}: picture {start + 1} of {len(flat)}")
            rows.append(compute_features(backbone, flat[start : start + CHUNK]))
        _features[backbone, artist] = np.concatenate(rows).reshape(*pictures.shape[:2], -1)
    return _features[backbone, artist]


def _colours(artist: str) -> np.ndarray:
    """Raw colours (classes, emoji, SIDE · SIDE · 3) of an artist's emoji."""
    pictures = emoji(artist)
    return compute_pixels([*pictures.reshape(-1, *pictures.shape[2:])], SIDE).reshape(*pictures.shape[:2], -1)


def _show(measured: Measured, state: State) -> None:
    from dlviz.figures.transfer import accuracy_by_examples

    show_sentence(f"{SHOWN}.verdict", st.markdown, tell(measured, state.own_artist))
    if state.own_guess is not None:
        right = state.own_guess == judge(measured)
        sign = ":green[:material/check: Yes" if right else ":orange[:material/lightbulb: Measured otherwise"
        st.markdown(f"{sign}: {GUESSES[judge(measured)].lower()}.]")
    lines = {
        f"{title}, {whose}": _by_count(measured[kind], which)
        for kind, title in KINDS.items()
        for which, whose in (("same", "same artist"), ("other", "other artist"))
    }
    st.plotly_chart(
        accuracy_by_examples(lines, COUNTS, 1 / len(names())),
        key=f"{SHOWN}.figure",
        config={"displayModeBar": False},
    )
    st.caption(
        f"Line: mean over {DRAWS} draws of the emoji. Band: from the worst draw to the best, which is luck. "
        f"Both heads, on the features and on the pixels ({SIDE} × {SIDE}, in colour), are solved alike."
    )


def _by_count(points: Sequence[Point], which: str) -> dict[int, list[float]]:
    """Accuracies on one artist's emoji, `same` or `other`: examples of each class -> of each draw."""
    found: dict[int, list[float]] = defaultdict(list)
    for point in points:
        found[point.count].append(getattr(point, which))
    return dict(found)


def _at_most_examples(points: Sequence[Point]) -> tuple[np.ndarray, np.ndarray]:
    """Accuracies (draws,) with the most examples, on the same artist's emoji and on the other's."""
    most = [point for point in points if point.count == COUNTS[-1]]
    return np.array([point.same for point in most]), np.array([point.other for point in most])


def judge(measured: Measured) -> str:
    """Find the guess, a key of `GUESSES`, that the measured heads bear out with the most examples."""
    same, other = _at_most_examples(measured["features"])
    if not (other > 1 / len(names())).all():
        return "chance"
    return "worse" if (same > other).all() else "same"


def tell(measured: Measured, artist: str) -> str:
    """Say how much of what was learned from one artist holds for the other, and whether that is luck."""
    own, foreign = ARTISTS[artist], next(title for name, title in ARTISTS.items() if name != artist)
    same, other = _at_most_examples(measured["features"])
    pixels_same, pixels_other = _at_most_examples(measured["pixels"])
    said = (
        f"**With {COUNTS[-1]} examples of each class** a head on features names {percent(same.mean())} of "
        f"the emoji by {own} and {percent(other.mean())} of those by {foreign}; on raw pixels "
        f"{percent(pixels_same.mean())} and {percent(pixels_other.mean())}."
    )
    every = f"in all {DRAWS} draws"
    chance = write_chance(Fraction(2, 2**DRAWS))
    falls = int((same > other).sum())
    if falls == DRAWS:
        said += f" The other artist’s are harder {every}."
    else:
        said += f" The other artist’s are harder in {falls} of {DRAWS} draws: within luck."
    if (other > pixels_other).all():
        said += f" Features beat raw pixels there {every}: they hold more than one artist’s hand. {chance}"
    return said
