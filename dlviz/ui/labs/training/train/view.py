"""The view Train: the controls of the next run, and beside them what it will be, or the run itself."""

from __future__ import annotations

import time

import streamlit as st

from dlviz.training.config import TrainingConfig
from dlviz.training.runs import service
from dlviz.training.runs.service import Refused
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs.training.compare import pin
from dlviz.ui.labs.training.my_runs import import_weights
from dlviz.ui.labs.training.state import LAB, get, put
from dlviz.ui.labs.training.train import (
    before,
    config_from_controls,
    controls,
    live,
    my_data,
    my_input,
    panels,
)
from dlviz.ui.runs import evaluation_examples, opening, sentences
from dlviz.ui.runs.live_run import LiveRun, watch
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain

PROBLEM = f"{LAB}.problem"
TWICE = 2.0  # seconds within which Train pressed again for the same thing is the same press


def show() -> None:
    """Controls on the left, the run or what it will be on the right."""
    wanted, refused = _wanted()
    with st.container(key="controls-beside"):
        left, right = st.columns([1, 2.9], gap="large")
    with left:
        controls.Controls(refused).draw()
        _buttons(wanted)
    with right:
        run = _opened(get("run"))
        if run:
            _run(run)
        elif not get("run"):
            my_data.collect(get("task"))
            before.show(wanted)
    if run:
        with left:
            my_input.show(run)
        panels.lessons(run)


def _wanted() -> tuple[TrainingConfig | None, ValueError | None]:
    """The config of the controls, or why there is none."""
    try:
        return config_from_controls.config(), None
    except ValueError as refused:
        return None, refused


def _buttons(wanted: TrainingConfig | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Train",
            type="primary",
            icon=":material/play_arrow:",
            disabled=wanted is None,
            key=f"{LAB}.train",
            on_click=_train,
        )
        st.button(
            "The lesson’s full recipe",
            type="tertiary",
            icon=":material/school:",
            key=f"{LAB}.lesson",
            on_click=config_from_controls.use_lesson,
            help="All 60,000 digits for five epochs, and the 10,000 test digits after each: "
            "some minutes. Sets the controls; Train starts it.",
        )
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(problem, icon=":material/block:")


def _train() -> None:
    try:
        config = config_from_controls.config()
        if not _just_begun(config):
            put("run", service.shared().submit(config, owner_cookie.token(), fill=my_data.checked(config)))
    except (Refused, ValueError) as problem:
        st.session_state[PROBLEM] = str(problem)


def _just_begun(config: TrainingConfig) -> bool:
    """Whether the run on show is what the first half of a double click has handed in."""
    runs, run = service.shared(), get("run")
    try:
        status = runs.status(run)
        mine, same = runs.owned_by(run, owner_cookie.token()), runs.store.config(run) == config.to_json()
    except UnknownRun:
        return False
    return mine and same and status.reason != "stopped" and time.time() - status.created < TWICE


def _opened(name: str) -> LiveRun | None:
    """The run that the address names; None, with a sentence, if there is none to be read."""
    if not name:
        return None
    try:
        run = watch(name)
        run.history()
        _ = run.config
    except (UnknownRun, ValueError) as problem:
        st.info(str(problem), icon=":material/search_off:")
        _new_run()
        return None
    return run


def _run(run: LiveRun) -> None:
    status = service.shared().status(run.run)
    st.markdown(f"**{plain(status.name) or 'This run'}** · {sentences.title(run)}")
    with st.container(horizontal=True, vertical_alignment="center"):
        _new_run()
        if not run.imported:
            _use(run.config)
            pin.button(run.run)
        opening.show_links(run, get("digit"), get("sample"))
    if run.imported:
        st.caption(" ".join([*run.notes, import_weights.ASK[evaluation_examples.kind(run.config)]]))
        live.notice_deletion(run.run)
    else:
        live.show(run, status)
        live.axis()
    panels.show(run)


def _new_run() -> None:
    st.button(
        "Plan a new run",
        type="tertiary",
        icon=":material/add:",
        key=f"{LAB}.new",
        on_click=put,
        args=("run", ""),
    )


def _use(config: TrainingConfig) -> None:
    st.button(
        "Use its settings",
        type="tertiary",
        icon=":material/content_copy:",
        key=f"{LAB}.use",
        on_click=config_from_controls.use,
        args=(config,),
        help="Sets the controls to those of this run.",
    )
