"""The view Time machine: the learner's own input through the network as it was at every checkpoint."""

from __future__ import annotations

import contextlib

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dlviz.training.runs import service
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs.training.my_runs import view
from dlviz.ui.labs.training.state import LAB, get, put
from dlviz.ui.labs.training.time_machine import input, lesson, picture
from dlviz.ui.labs.training.time_machine.film import Film, film, kept
from dlviz.ui.labs.training.time_machine.state import USUAL, WHAT
from dlviz.ui.labs.training.train.live import ENDED, SETTLED
from dlviz.ui.runs import opening, sentences
from dlviz.ui.runs.live_run import LiveRun, watch
from dlviz.ui.server import owner_cookie

EVERY = 2.0  # seconds after which a run that goes on is looked at again
OFFERED = 20  # runs
CHOSEN = f"{LAB}.machine.run"


def show() -> None:
    """A run, what is asked of it, and the film."""
    with st.container(horizontal=True, vertical_alignment="center"):
        _choose_run()
        _named()
    if not get("run"):
        st.info("Train a network, or choose one of your runs.", icon=":material/history:")
        return
    try:
        run = watch(get("run"))
        run.history()
        _machine(run)
    except (UnknownRun, ValueError) as problem:
        st.info(str(problem), icon=":material/search_off:")


def _named() -> None:
    """What the run learned, and by what; where there is no such run, `show` says so."""
    with contextlib.suppress(UnknownRun, ValueError):
        run = watch(get("run"))
        run.history()
        st.markdown(f"**{sentences.title(run)}**")


def _choose_run() -> None:
    """One of the learner's runs, or the one of the link."""
    runs = {status.run: status for status in service.shared().runs(owner_cookie.token())[:OFFERED]}
    options = list(dict.fromkeys([*([get("run")] if get("run") else []), *runs]))
    if not options:
        return
    st.session_state[CHOSEN] = get("run") or None
    st.selectbox(
        "Run",
        options,
        index=None,
        format_func=lambda run: view.called(runs[run]) if run in runs else "The run of the link",
        placeholder="Choose a run",
        key=CHOSEN,
        width=300,
        on_change=_take_run,
        label_visibility="collapsed",
    )


def _take_run() -> None:
    """Another network may have other things to show."""
    put("run", st.session_state[CHOSEN] or "")
    put("what", "")


def _machine(run: LiveRun) -> None:
    going_on = service.shared().status(run.run).state not in SETTLED
    every = EVERY if going_on else ENDED
    again = st.fragment(run_every=every, key=f"{LAB}.machine.more")(_look_again)
    again(run.run, run.checkpoints, going_on)
    if not kept(run):
        wait = "The run has not begun: its first checkpoint is still to come."
        st.info(
            wait if going_on else "This run has no checkpoints to look at.", icon=":material/hourglass_empty:"
        )
        return
    with st.container(key="machine"):
        left, right = st.columns([1, 2.9], gap="large")
    with left:
        asked = input.ask(run)
    with right:
        row = st.container(horizontal=True, vertical_alignment="center")
        with row:
            _what(run)
            opening.show_links(run, get("digit"), get("sample"))
        if asked is None:
            return
        picture.take(run.checkpoints)
        for sentence in picture.land(run, kept(run)):
            st.info(sentence, icon=":material/move_down:")
        seen = film(run, asked, get("what"), get("part"), picture.stood())
        _film(run, seen, row)
    if seen.moments:
        lesson.lessons(run, asked, seen)


def _what(run: LiveRun) -> None:
    if not get("what"):
        put("what", USUAL.get(run.config.model, "maps"))
    st.segmented_control(
        "What is shown",
        list(WHAT),
        format_func=WHAT.__getitem__,
        required=True,
        key=f"{LAB}.what",
        label_visibility="collapsed",
        width="content",
    )


def _look_again(name: str, known: list[int], going_on: bool) -> None:
    """Draws nothing, but all of the page anew if there is more to see, if the run goes on, or is gone."""
    run = watch(name)
    try:
        run.history()
        changed = (service.shared().status(name).state not in SETTLED) != going_on
    except UnknownRun:
        st.rerun(scope="app")
    if changed or run.checkpoints != known:
        st.rerun(scope="app")


def _film(run: LiveRun, seen: Film, row: DeltaGenerator) -> None:
    for sentence in seen.left_out:
        st.warning(sentence, icon=":material/broken_image:")
    if not seen.moments:
        st.info("None of its checkpoints can be shown.", icon=":material/search_off:")
        return
    if seen.parts:
        with row:
            _parts(seen)
    else:
        from dlviz.training.analysis.snapshot import NOTHING

        st.caption(NOTHING[get("what")])
    picture.draw(run, seen)
    lesson.below(run, seen)


def _parts(seen: Film) -> None:
    st.session_state[f"{LAB}.part"] = seen.part
    if len(seen.parts) > 1:
        st.selectbox(
            "Part of the network",
            list(seen.parts),
            format_func=seen.parts.__getitem__,
            key=f"{LAB}.part",
            label_visibility="collapsed",
            width=340,
        )
