"""The learner's set in the session, what was refused, and the features that were computed for it."""

from collections.abc import Callable, Sequence
from threading import Lock

import streamlit as st

from dlviz.transfer.backbones import Backbone
from dlviz.transfer.embedded_sets import load_set
from dlviz.transfer.picture_sets import BadName, FullSet, Picture, PictureSet, add_class
from dlviz.ui.labs.transfer.own_classes.forward import Seen, see
from dlviz.ui.labs.transfer.own_classes.state import EMPTY
from dlviz.ui.labs.transfer.state import LAB, State

SET, BEFORE, PROBLEM, SEEN, STARTED = (
    f"{LAB}.own.{name}" for name in ("set", "before", "problem", "seen", "started")
)
CHUNK = 4  # pictures between two steps of the progress bar

_embedded_seen: dict[Backbone, dict[bytes, Seen]] = {}  # vectors of embedded sets, for all sessions
_one_reader = Lock()  # of embedded sets: learners who open one at once share the work


def start_with_chosen(state: State) -> None:
    """Begin with the set that the state names, where it is not the one that this session has begun with."""
    if st.session_state.get(STARTED) == state.own_start:
        return
    before = st.session_state.get(SET)
    st.session_state[STARTED] = state.own_start
    st.session_state[SET] = _load_start(state.own_start)
    st.session_state.pop(PROBLEM, None)
    st.session_state.pop(BEFORE, None)
    if before is not None and before.pictures():
        st.session_state[BEFORE] = before


def begin_anew(start: str) -> None:
    """Begin with an embedded set, or with none, whatever there is now; it can be undone."""
    st.session_state.pop(STARTED, None)
    LAB.update(own_start=start, own_shown=0)


def is_embedded() -> bool:
    """True while the set is the embedded one that the session has begun with, unchanged."""
    started = st.session_state.get(STARTED, EMPTY)
    return started != EMPTY and read_set() is load_set(started)


def _load_start(name: str) -> PictureSet:
    if name != EMPTY:
        return load_set(name)
    return add_class(add_class(PictureSet(), "Class 1"), "Class 2")


def read_set() -> PictureSet:
    """The set as it is now."""
    return st.session_state[SET]


def change_set(change: Callable[[PictureSet], PictureSet], *, can_be_undone: bool = False) -> None:
    """Change the set; where that cannot be done, it stays, and `show_problem` says why.

    Args:
        can_be_undone: keep the set before, as something is removed from it.
    """
    before = read_set()
    st.session_state.pop(PROBLEM, None)
    try:
        st.session_state[SET] = change(before)
    except (BadName, FullSet) as problem:
        st.session_state[PROBLEM] = str(problem)
        return
    if can_be_undone:
        st.session_state[BEFORE] = before
    else:
        st.session_state.pop(BEFORE, None)


def can_undo() -> bool:
    """True if the last change has removed something."""
    return BEFORE in st.session_state


def undo() -> None:
    """Take back the last removal."""
    if can_undo():
        st.session_state[SET] = st.session_state.pop(BEFORE)


def show_problem() -> None:
    """One sentence on why the last change could not be made."""
    if problem := st.session_state.get(PROBLEM):
        st.error(problem, icon=":material/block:")


def see_all(backbone: Backbone, own: PictureSet) -> dict[bytes, Seen]:
    """Vectors of every picture of the set, each computed once; a bar shows how far they have come.

    Those of an embedded set are computed once for all sessions. Whatever ends the run in the middle, those
    that are computed stay.
    """
    seen, embedded = _session_vectors(backbone), is_embedded()
    pictures = {picture.jpeg: picture for picture in own.pictures()}
    missing = [picture for jpeg, picture in pictures.items() if jpeg not in seen]
    bar = st.progress(0.0) if len(missing) > CHUNK else None
    for start in range(0, len(missing), CHUNK):
        if bar:
            bar.progress(start / len(missing), f"The network reads picture {start + 1:,} of {len(missing):,}")
        chunk = missing[start : start + CHUNK]
        seen |= _see_embedded(backbone, chunk) if embedded else see(backbone, chunk)
    if bar:
        bar.empty()
    before = st.session_state.get(BEFORE)
    may_come_back = {picture.jpeg for picture in before.pictures()} if before else set()
    for gone in seen.keys() - pictures.keys() - may_come_back:
        del seen[gone]
    return seen


def _session_vectors(backbone: Backbone) -> dict[bytes, Seen]:
    """The vectors that this session has computed by this backbone."""
    kept = st.session_state.get(SEEN)
    if kept is None or kept[0] is not backbone:
        kept = st.session_state[SEEN] = backbone, {}
    return kept[1]


def _see_embedded(backbone: Backbone, pictures: Sequence[Picture]) -> dict[bytes, Seen]:
    """Vectors of pictures of an embedded set, computed once for all sessions."""
    with _one_reader:
        shared = _embedded_seen.setdefault(backbone, {})
        shared |= see(backbone, [picture for picture in pictures if picture.jpeg not in shared])
        return {picture.jpeg: shared[picture.jpeg] for picture in pictures}
