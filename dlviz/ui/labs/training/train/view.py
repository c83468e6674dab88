"""The view Train: the settings of the next run, and beside them its plan, or the run itself."""

from __future__ import annotations

import contextlib
import math
import time

import streamlit as st

from dlviz.training.config import TrainingConfig
from dlviz.training.options import GONE
from dlviz.training.runs import service
from dlviz.training.runs.service import Refused
from dlviz.training.runs.store import UnknownRun
from dlviz.ui import lesson
from dlviz.ui.labs import TITLES
from dlviz.ui.labs.training import captions
from dlviz.ui.labs.training.compare.selection import show_pin
from dlviz.ui.labs.training.controls import choose_curves
from dlviz.ui.labs.training.my_runs.downloads import show_script
from dlviz.ui.labs.training.my_runs.import_weights import INVITATIONS
from dlviz.ui.labs.training.state import LAB, State
from dlviz.ui.labs.training.train import config_from_controls, my_data, questions
from dlviz.ui.labs.training.train.controls import Controls
from dlviz.ui.labs.training.train.expectation import PLACE, ask_planned, await_answer
from dlviz.ui.labs.training.train.live import watch_run
from dlviz.ui.labs.training.train.my_input import drawing_text, show_answer
from dlviz.ui.labs.training.train.panels import show_panel
from dlviz.ui.labs.training.train.plan import show_plan
from dlviz.ui.prediction import forget
from dlviz.ui.runs import evaluation_examples, opening, polling, sentences
from dlviz.ui.runs.live_run import LiveRun, watch
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain

PROBLEM, HANDED_IN = f"{LAB}.problem", f"{LAB}.handed_in"
TWICE = 2.0  # seconds within which Train pressed again for the same config is the same press


def show(state: State) -> None:
    """Choose the settings on the left; the run, or the plan of the next one, is on the right."""
    try:
        config, refusal = config_from_controls.config(state), None
    except ValueError as problem:
        config, refusal = None, problem

    with st.container(key="controls-beside"):
        left, right = st.columns([1, 2.9], gap="large")
    with left, st.container(key="run-settings"):
        _say_whose_settings(state, config)
        Controls(state, refusal).show()
        _show_train_button(disabled=config is None or config.task in GONE)
    with right:
        run = _open(state.run)
        if run:
            _show_run(run, state)
        elif not state.run:
            my_data.collect(state.task)
            ask_planned(config)
            show_plan(config)
    if run:
        with left, st.container(key="run-answer"):
            show_answer(run)
        _show_footer(run)


def _say_whose_settings(state: State, config: TrainingConfig | None) -> None:
    """Say that the controls are the next run's, and in what it would differ from the open one."""
    trained = None
    if state.run:
        # Where there is no such run, a sentence beside the controls says so.
        with contextlib.suppress(UnknownRun, ValueError):
            run = watch(state.run)
            run.history()
            trained = None if run.imported else run.config
    st.caption(captions.whose_settings(config, trained))


def _show_train_button(disabled: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Train",
            type="primary",
            icon=":material/play_arrow:",
            disabled=disabled,
            key=f"{LAB}.train",
            on_click=_train,
        )
        st.button(
            "The lesson’s full recipe",
            type="tertiary",
            icon=":material/school:",
            key=f"{LAB}.lesson",
            on_click=config_from_controls.set_lesson_recipe,
            help="All 60,000 digits for five epochs, and the 10,000 test digits after each: "
            "some minutes. Sets the controls; Train starts it.",
        )
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(plain(problem), icon=":material/block:")


def _train() -> None:
    """Hand in the run that the controls make, and open it."""
    state = LAB.read()
    try:
        config = config_from_controls.config(state)
        if not _was_just_handed_in(config, state.run):
            write_data = my_data.prepare_writer(config)
            run = service.shared().submit(config, owner_cookie.token(), fill=write_data)
            await_answer(config, run)
            LAB.update(run=run, what="")  # another network may have other things to show in the time machine
            st.session_state[HANDED_IN] = time.monotonic()
    except (Refused, ValueError) as problem:
        st.session_state[PROBLEM] = str(problem)


def _was_just_handed_in(config: TrainingConfig, run: str) -> bool:
    """True if the run on show is what the first half of a double click has handed in."""
    # By a clock that no one sets: that of the run's creation may be an hour ahead.
    if time.monotonic() - st.session_state.get(HANDED_IN, -math.inf) >= TWICE:
        return False
    runs = service.shared()
    try:
        status = runs.status(run)
        mine, same = runs.owned_by(run, owner_cookie.token()), runs.store.config(run) == config.to_json()
    except UnknownRun:
        return False
    return mine and same and status.reason != "stopped"


def _open(name: str) -> LiveRun | None:
    """The run that the address names; None, with a sentence, if there is none to be read."""
    if not name:
        return None
    try:
        run = watch(name)
        run.history()
        _ = run.config  # which may be damaged
    except (UnknownRun, ValueError) as problem:
        st.info(plain(str(problem)), icon=":material/search_off:")
        _offer_new_run()
        return None
    return run


def _show_run(run: LiveRun, state: State) -> None:
    """Name the run, watch it, and look closer at its network."""
    status = service.shared().status(run.run)
    st.markdown(f"**{plain(status.name) or 'This run'}** · {sentences.title(run)}")
    with st.container(horizontal=True, vertical_alignment="center"):
        _offer_new_run()
        if not run.imported:
            _offer_settings(run)
            show_pin(run.run, state)
        opening.show_links(run, TITLES, drawing_text(run, state), state.sample)
    if run.imported:
        st.caption(" ".join([*run.notes, INVITATIONS[evaluation_examples.kind(run.config)]]))
        polling.notice_deletion(LAB, run.run)
    else:
        watch_run(run, status, state.axis, state.smoothing)
        choose_curves()
    show_panel(run, state)


def _offer_new_run() -> None:
    st.button(
        "Plan a new run",
        type="tertiary",
        icon=":material/add:",
        key=f"{LAB}.new",
        on_click=_plan_new_run,
    )


def _plan_new_run() -> None:
    forget(LAB, PLACE)
    LAB.update(run="")


def _offer_settings(run: LiveRun) -> None:
    can = config_from_controls.has_controls(run.config)
    st.button(
        "Use its settings",
        type="tertiary",
        icon=":material/content_copy:",
        key=f"{LAB}.use",
        on_click=_take_settings,
        args=(run,),
        disabled=not can,
        help="Sets the controls to those of this run, and brings your drawings or table back."
        if can
        else "This run transfers, for which there are no controls here: the Transfer learning lab has them.",
    )


def _take_settings(run: LiveRun) -> None:
    from dlviz.training.tasks import BadTask

    config_from_controls.set_controls(run.config)
    try:
        my_data.take_from(run)
    except (UnknownRun, BadTask) as problem:
        st.session_state[PROBLEM] = str(problem)


def _show_footer(run: LiveRun) -> None:
    """Questions, and of a run that was trained here the code and the script."""
    lesson.predict(LAB, lambda: questions.questions(run))
    if not run.imported:
        lesson.code(LAB, questions.shown_code, lambda: show_script(run))
