"""The view Time machine: the learner's own input through the network as it was at every checkpoint."""

from __future__ import annotations

import contextlib
from functools import partial

import streamlit as st

from dlviz.training.runs import service
from dlviz.training.runs.store import UnknownRun
from dlviz.ui import lesson
from dlviz.ui.labs import TITLES
from dlviz.ui.labs.training import captions as run_captions
from dlviz.ui.labs.training.my_runs import downloads
from dlviz.ui.labs.training.state import LAB, State
from dlviz.ui.labs.training.time_machine import captions, questions
from dlviz.ui.labs.training.time_machine.dreams import offer_dreams
from dlviz.ui.labs.training.time_machine.film import (
    Film,
    NetworkInput,
    best_step,
    choose_steps,
    film,
    steps_on_disk,
)
from dlviz.ui.labs.training.time_machine.inputs import choose_input
from dlviz.ui.labs.training.time_machine.pictures import move_to_nearest, nearest, show_film, take_clicks
from dlviz.ui.labs.training.time_machine.state import FIRST_LOOK, KINDS, LATEST, NOTHING
from dlviz.ui.labs.training.train.my_input import drawing_text
from dlviz.ui.runs import evaluation_examples, opening, polling, sentences
from dlviz.ui.runs.checkpoints import load_checkpoint
from dlviz.ui.runs.file_name import file_name
from dlviz.ui.runs.live_run import LiveRun, watch
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain

EVERY = 2.0  # seconds after which a run that goes on is looked at again
OFFERED = 20  # runs
PLANE = 3  # checkpoints that span a plane
RUN = f"{LAB}.machine.run"


def show(state: State) -> None:
    """Choose a run, then give all of its checkpoints the same input."""
    with st.container(horizontal=True, vertical_alignment="center"):
        _choose_run(state)
        # Where there is no such run, a sentence below says so.
        with contextlib.suppress(UnknownRun, ValueError):
            run = watch(state.run)
            run.history()
            st.markdown(f"**{sentences.title(run)}**")
    if not state.run:
        st.info("Train a network, or choose one of your runs.", icon=":material/history:")
        return
    try:
        run = watch(state.run)
        run.history()
        _show_run(run, state)
    except (UnknownRun, ValueError) as problem:
        st.info(plain(str(problem)), icon=":material/search_off:")


def _choose_run(state: State) -> None:
    """Offer the learner's runs, and the one of the link."""
    runs = {status.run: status for status in service.shared().runs(owner_cookie.token())[:OFFERED]}
    options = list(dict.fromkeys([*([state.run] if state.run else []), *runs]))
    if not options:
        return
    st.session_state[RUN] = state.run or None
    st.selectbox(
        "Run",
        options,
        index=None,
        format_func=lambda run: (
            run_captions.option(runs[run], st.context.timezone) if run in runs else "The run of the link"
        ),
        placeholder="Choose a run",
        key=RUN,
        width=300,
        on_change=_take_run,
        label_visibility="collapsed",
    )


def _take_run() -> None:
    # Another network may have other things to show.
    LAB.update(run=st.session_state[RUN] or "", what="")


def _show_run(run: LiveRun, state: State) -> None:
    active = service.shared().status(run.run).state not in polling.SETTLED
    clock = st.fragment(run_every=EVERY if active else polling.RESTING, key=f"{LAB}.machine.more")
    clock(rerun_if_changed)(run.run, run.checkpoints, active)
    if not steps_on_disk(run):
        wait = "The run has not begun: its first checkpoint is still to come."
        st.info(
            wait if active else "This run has no checkpoints to look at.", icon=":material/hourglass_empty:"
        )
        return

    with st.container(key="machine"):
        left, right = st.columns([1, 2.9], gap="large")
    with left:
        given = choose_input(run, state)  # a picture, a sentence or a text; or None
    with right:
        row = st.container(horizontal=True, vertical_alignment="center")
        with row:
            state = _choose_kind(run)
            opening.show_links(run, TITLES, drawing_text(run, state), state.sample)
            if len(run.checkpoints) >= PLANE:
                st.page_link(
                    "landscape.py",
                    label="See its path in the loss landscape",
                    icon=":material/landscape:",
                    query_params={"view": "plane", "runs": run.run},
                )
        if given is None:
            return
        take_clicks(run.checkpoints)
        state, moves = move_to_nearest(run, steps_on_disk(run), LAB.read())
        for sentence in moves:
            st.info(sentence, icon=":material/move_down:")
        shown = film(run, given, state.what, state.part, (state.at, state.beside))
        for sentence in shown.left_out:
            st.warning(plain(sentence), icon=":material/broken_image:")
        if not shown.moments:
            st.info("None of its checkpoints can be shown.", icon=":material/search_off:")
            return
        with row:
            _choose_part(shown)
        if not shown.parts:
            from dlviz.training.analysis.snapshot import NOTHING as MISSING

            st.caption(MISSING[state.what])
        show_film(run, shown, state)
        _show_selection(run, state)
        _offer_weights(run, shown, state)
        offer_dreams(run, given, shown)
    _show_footer(run, given, shown, state)


def rerun_if_changed(name: str, checkpoints: list[int], active: bool) -> None:
    """Draw the page anew if a run has more checkpoints, goes on or has stopped, or is gone.

    Args:
        name: id of the run.
        checkpoints: steps of those that the page shows.
        active: whether the page shows it as one that goes on.
    """
    run = watch(name)
    try:
        run.history()
        changed = (service.shared().status(name).state not in polling.SETTLED) != active
    except UnknownRun:
        st.rerun(scope="app")
    if changed or run.checkpoints != checkpoints:
        st.rerun(scope="app")


def _choose_kind(run: LiveRun) -> State:
    """Offer the kinds of picture that the network has, and the link's; at first the one that suits it."""
    state = LAB.read()
    if not state.what:
        state = LAB.update(what=FIRST_LOOK.get(run.config.model, "maps"))
    kinds = {*_kinds(run), state.what}
    st.segmented_control(
        "What is shown",
        [kind for kind in KINDS if kind in kinds],
        format_func=KINDS.__getitem__,
        required=True,
        key=LAB.key("what"),
        label_visibility="collapsed",
        width="content",
    )
    return state


def _kinds(run: LiveRun) -> list[str]:
    """Kinds of picture that the run's network has; all, where none of its checkpoints can be read."""
    from dlviz.training.analysis import snapshot
    from dlviz.training.state import BadState

    for step in reversed(steps_on_disk(run)):
        with contextlib.suppress(BadState, UnknownRun):
            return snapshot.kinds(load_checkpoint(run.run, step).model) or list(KINDS)
    return list(KINDS)


def _choose_part(shown: Film) -> None:
    """Offer the network's parts that have something of the kind to show."""
    if not shown.parts:
        return
    LAB.update(part=shown.part)
    if len(shown.parts) > 1:
        st.selectbox(
            "Part of the network",
            list(shown.parts),
            format_func=shown.parts.__getitem__,
            key=LAB.key("part"),
            label_visibility="collapsed",
            width=340,
        )


def _show_selection(run: LiveRun, state: State) -> None:
    """Say which of the run's checkpoints are shown, where these are not all."""
    steps = choose_steps(run, (state.at, state.beside))
    if sentence := captions.selection(steps, steps_on_disk(run), run.checkpoints, best_step(run)):
        st.caption(sentence)


def _offer_weights(run: LiveRun, shown: Film, state: State) -> None:
    """Offer the weights of the checkpoints that the learner looks at."""
    steps = list(shown.moments)
    selected = {steps[-1] if state.at == LATEST else steps[nearest(steps, state.at)]}
    if state.beside != NOTHING:
        selected.add(steps[nearest(steps, state.beside)])
    with st.container(horizontal=True, gap="small"):
        for step in sorted(selected):
            st.download_button(
                f"Weights after step {step:,}",
                partial(downloads.weights, run, step),
                f"{file_name(run.run)}-step-{step}.safetensors",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
                key=f"{LAB}.machine.take.{step}",
                help="As safetensors. The script behind “The code behind the picture” reads it.",
            )


def _show_footer(run: LiveRun, given: NetworkInput, shown: Film, state: State) -> None:
    """The questions, the code, and the script."""
    if len(shown.moments) > 1:
        kernels = partial(film, run, given, "kernels", "", (state.at, state.beside))
        others = None if run.imported else partial(evaluation_examples.count_answer, run.run, run.config)
        lesson.predict(LAB, lambda: questions.questions(shown, kernels, others))
    step = next(reversed(shown.moments))
    lesson.code(
        LAB,
        lambda: questions.shown_code(state.what),
        lambda: lesson.offer_script(questions.SCRIPT_NAME, questions.script(run, given, step)),
    )
