"""Section of the view My own classes: learn from one artist, and be tested on another’s drawings."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.data.emoji import ARTISTS, emoji, names
from dlviz.questions import Choice
from dlviz.transfer.features import compute_features
from dlviz.transfer.neighbours import compute_pixels
from dlviz.transfer.shift import COUNTS, DRAWS, LUCK, Point, compare_answers, join_draws, measure_shift
from dlviz.ui.labs.transfer.own_classes.state import OUTCOMES
from dlviz.ui.labs.transfer.state import LAB
from dlviz.ui.prediction import ask_before_result
from dlviz.ui.pressed import pressed
from dlviz.ui.text_format.numbers import number, percent
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
_features: dict[tuple[Backbone, str], list[np.ndarray]] = {}  # (CHUNK, channels) each, as they come
_measured: dict[tuple[Backbone, str], Measured] = {}
_one_reader = Lock()


def show_shift(backbone: Backbone) -> None:
    """Ask for a prediction, measure on a click, and draw accuracy on both artists' emoji against examples."""
    st.subheader("Does it know the things, or the artist’s hand?", anchor=False)
    left, right = st.columns([1, 2.4], gap="medium")
    with left:
        st.markdown(
            f"Emoji of {len(names())} classes. One head learns them as an artist draws them, a second head "
            "learns the same ones as another artist draws them. The test for both: other emoji, all by the "
            "first artist."
        )
        st.segmented_control(
            "Test on emoji by",
            list(ARTISTS),
            format_func=ARTISTS.__getitem__,
            required=True,
            key=LAB.key("own_artist"),
        )
        wanted = pressed("Measure it", key=f"{SHOWN}.measure", icon=":material/science:")
    state = LAB.read()
    if wanted:
        st.session_state[SHOWN] = True
    with right:
        asked = st.container()
        measured = None
        if st.session_state.get(SHOWN):
            bar = st.progress(0.0)
            measured = measure(backbone, state.own_artist, bar.progress)
            bar.empty()
        with asked:
            waiting = "Your prediction is kept. Press Measure it."
            ask_before_result(LAB, main_question(measured), "artists", waiting)
        if measured:
            _show(measured, state)
        else:
            st.caption("Nothing is measured yet. The network reads 320 small pictures first, once.")


def main_question(measured: Measured | None = None) -> Choice:
    """Ask what it costs to have learned from another artist; answered once it is measured.

    Args:
        measured: None before.
    """
    asked = Choice(
        name="artists",
        text=(
            f"A last layer has learned the classes from {COUNTS[-1]} emoji each, all drawn by the other "
            "artist. How well does it name this artist’s emoji, compared with one that has learned from "
            "this artist?"
        ),
        options=[*OUTCOMES.values()],
        answer=None,
        hints=[
            "What do two artists’ pictures of one thing have in common, and what not?",
            "The frozen network learned to tell things apart in photographs. Does it answer to colours and "
            "strokes, or to shapes and parts?",
        ],
        why="What do the features hold that both artists draw?",
        because="",
    )
    if measured is None:
        return asked
    same, other = join_draws(measured["features"])
    told = (
        f"Of {len(same)} emoji, {percent(same.mean())} are named right after learning from the same artist, "
        f"{percent(other.mean())} after learning from the other."
    )
    return replace(asked, answer=OUTCOMES[judge(measured)], because=told)


def measure(backbone: Backbone, artist: str, progress: Progress = lambda share, text: None) -> Measured:
    """Measure what it costs to learn from the other artist, by features and by raw pixels; for all sessions.

    Args:
        artist: a key of `ARTISTS`, whose emoji are tested on.
    """
    while not _one_reader.acquire(timeout=0.5):
        progress(0.0, "Another learner measures this already …")
    try:
        if (backbone, artist) not in _measured:
            other = next(each for each in ARTISTS if each != artist)
            vectors = {
                "features": [_read_emoji(backbone, each, progress) for each in (artist, other)],
                "pixels": [_colours(each) for each in (artist, other)],
            }
            found: dict[str, list[Point]] = defaultdict(list)
            whole = len(vectors) * len(COUNTS) * DRAWS
            for kind, (tested, shifted) in vectors.items():
                for point in measure_shift(tested, shifted):
                    found[kind].append(point)
                    progress(sum(map(len, found.values())) / whole, "Solving the heads …")
            _measured[backbone, artist] = dict(found)
        return _measured[backbone, artist]
    finally:
        _one_reader.release()


def _read_emoji(backbone: Backbone, artist: str, progress: Progress) -> np.ndarray:
    """Features (classes, emoji, channels) of an artist's emoji; where a run is ended, the next goes on."""
    pictures = emoji(artist)
    flat = [*pictures.reshape(-1, *pictures.shape[2:])]
    rows = _features.setdefault((backbone, artist), [])
    for start in range(CHUNK * len(rows), len(flat), CHUNK):
        progress(start / len(flat), f"{ARTISTS[artist]}: picture {start + 1} of {len(flat)}")
        rows.append(compute_features(backbone, flat[start : start + CHUNK]))
    return np.concatenate(rows).reshape(*pictures.shape[:2], -1)


def _colours(artist: str) -> np.ndarray:
    """Raw colours (classes, emoji, SIDE · SIDE · 3) of an artist's emoji."""
    pictures = emoji(artist)
    return compute_pixels([*pictures.reshape(-1, *pictures.shape[2:])], SIDE).reshape(*pictures.shape[:2], -1)


def _show(measured: Measured, state: State) -> None:
    from dlviz.figures.transfer import accuracy_by_examples

    show_sentence(f"{SHOWN}.verdict", st.markdown, tell(measured, state.own_artist))
    lines = {
        f"{title}, {whose}": _by_count(measured[kind], which)
        for kind, title in KINDS.items()
        for which, whose in (("same", "from the same artist"), ("other", "from the other"))
    }
    st.plotly_chart(
        accuracy_by_examples(lines, COUNTS, 1 / len(names())),
        key=f"{SHOWN}.figure",
        config={"displayModeBar": False},
    )
    st.caption(
        f"Line: mean over {DRAWS} draws, which test each emoji once. Band: from the worst draw to the best, "
        f"which is luck. All heads, on features and on pixels ({SIDE} × {SIDE}, in colour), are solved alike."
    )


def _by_count(points: Sequence[Point], which: str) -> dict[int, list[float]]:
    """Accuracies of one head, `same` or `other`: examples of each class -> of each draw."""
    found: dict[int, list[float]] = defaultdict(list)
    for point in points:
        found[point.count].append(float(getattr(point, which).mean()))
    return dict(found)


def judge(measured: Measured) -> str:
    """Find the outcome, a key of `OUTCOMES`, that the heads on features bear out with the most examples."""
    same, other = join_draws(measured["features"])
    guessing = 1 / len(names())
    if other.mean() <= guessing + 2 * np.sqrt(guessing * (1 - guessing) / len(other)):
        return "chance"
    return "worse" if compare_answers(same, other).shows_first_better else "same"


def tell(measured: Measured, artist: str) -> str:
    """Say what it costs to have learned from the other artist, and where that is no more than luck."""
    own, foreign = ARTISTS[artist], next(title for name, title in ARTISTS.items() if name != artist)
    same, other = join_draws(measured["features"])
    pixels_same, pixels_other = join_draws(measured["pixels"])
    said = (
        f"**With {COUNTS[-1]} examples of each class**, tested on {len(same)} emoji by {own}:\n"
        f"- By features, {percent(same.mean())} are named right when learned from the same artist, "
        f"{percent(other.mean())} when learned from {foreign}. {_tell_luck(same, other)}\n"
        f"- By raw pixels, {percent(pixels_same.mean())} and {percent(pixels_other.mean())}. "
        f"{_tell_luck(pixels_same, pixels_other)}"
    )
    if compare_answers(other, pixels_other).shows_first_better:
        said += (
            "\n\nEven learned from the other artist, features beat pixels: pixels tell which colour stands "
            "where, and each artist chooses that anew; features answer to shapes and parts, which both draw."
        )
    return said


def _tell_luck(same: np.ndarray, other: np.ndarray) -> str:
    found = compare_answers(same, other)
    said = f"{found.first} emoji are right for the first head alone, {found.second} for the second alone:"
    if found.chance < LUCK:
        return f"{said} luck alone is as uneven in {number(100 * found.chance, '.2g')} % of cases."
    return f"{said} within luck."
