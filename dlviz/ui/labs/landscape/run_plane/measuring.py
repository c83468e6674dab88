"""The plane's loss, measured by a worker, and drawn as it becomes known."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from dlviz.networks import NETWORKS
from dlviz.training.analysis.comparison import Group
from dlviz.training.loss_surface import SIDES, SurfaceConfig, read_surface
from dlviz.training.runs import service
from dlviz.training.runs.service import Refused
from dlviz.training.runs.store import UnknownRun
from dlviz.ui import lesson
from dlviz.ui.components.curves import Curves, curves
from dlviz.ui.labs.landscape.run_plane import captions, questions
from dlviz.ui.labs.landscape.run_plane.pictures import show_picture
from dlviz.ui.labs.landscape.run_plane.runs import look_at, span
from dlviz.ui.labs.landscape.state import LAB
from dlviz.ui.prediction import ask_before_result
from dlviz.ui.runs import polling, together
from dlviz.ui.runs.together import Member
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain

EVERY = 1.0  # seconds between two looks at runs that are trained or wait
FINER = (*SIDES, 33)  # of fully connected networks, which are measured in an instant
FAILED = ("failed", "full")  # reasons after which a surface may be measured again
PROBLEM, SEEN = f"{LAB}.plane.refused", f"{LAB}.plane.seen"


def watch_training(members: list[Member]) -> bool:
    """Show how far the runs are, until they have ended; true once they have."""
    settled = together.are_settled([member.status for member in members])
    runs = [member.run.run for member in members]
    every = polling.RESTING if settled else EVERY
    st.fragment(run_every=every, key=f"{LAB}.plane.training")(_show_training)(runs, settled)
    return settled


def _show_training(runs: list[str], settled: bool) -> None:
    members = [found for run in runs if (found := look_at(run))]
    statuses = [member.status for member in members]
    if not together.are_settled(statuses):
        done = sum(member.share_done for member in members) / len(members)
        st.progress(done, together.progress(statuses))
        apart = captions.name_apart([member.config for member in members])
        groups = [Group(name, [member.history]) for name, member in zip(apart, members, strict=True)]
        curves(f"{LAB}.plane.curves", Curves(groups, panels=("loss",)))
    if not together.are_settled(statuses) or any(status.can_go_on for status in statuses):
        together.show_buttons(LAB, "plane.training", statuses)
    named = {captions.name_run(member.config): [member.status] for member in members}
    for sentence in together.failures(named):
        st.error(plain(sentence), icon=":material/error:")
    if len(members) < len(runs) or together.are_settled(statuses) != settled:
        st.rerun(scope="app")


def configure_surface(members: list[Member]) -> SurfaceConfig:
    """Config of the surface through the checkpoints of runs of one network."""
    fast = NETWORKS[members[0].config.model].flattens
    return SurfaceConfig("principal", span(members), sides=FINER if fast else SIDES)


def show_plane(members: list[Member]) -> None:
    """Offer to measure the plane's loss, and draw what is measured as it becomes known."""
    config = configure_surface(members)
    names = captions.name_apart([member.config for member in members])
    found = _find(config)
    status = service.shared().status(found) if found else None
    failed = status is not None and status.reason in FAILED
    surface = read_surface(config, service.shared().store.events(found)) if found else None
    drawn = surface if surface and surface.whole_side and status and status.state in polling.SETTLED else None
    waiting = "Your prediction is kept. The plane answers as soon as it is measured."
    ask_before_result(LAB, questions.main_question(drawn), "plane", waiting)
    if not found or failed:
        st.button(
            "Measure the plane",
            type="primary",
            icon=":material/landscape:",
            key=f"{LAB}.plane.measure",
            on_click=_measure,
            args=(config,),
            help=f"The loss of {config.places:,} networks in the plane, and of each checkpoint.",
        )
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(problem, icon=":material/block:")
    if found and status:
        settled = status.state in polling.SETTLED
        st.session_state[SEEN] = settled
        every = polling.RESTING if settled else EVERY
        about = captions.tell_loss(config.examples, batch_norm=members[0].config.batch_norm)
        st.fragment(run_every=every, key=f"{LAB}.plane.live")(_show)(config, found, names, about)


def show_footer(members: list[Member]) -> None:
    """Ask about the surface of runs once it is measured, and show the code that laid the plane."""
    config = configure_surface(members)
    found = _find(config)
    if not found or service.shared().status(found).state not in polling.SETTLED:
        return
    surface = read_surface(config, service.shared().store.events(found))
    names = captions.name_apart([member.config for member in members])
    if surface and surface.stems:
        lesson.predict(LAB, lambda: questions.questions(surface, names))
    files = questions.script_files(config.networks)
    lesson.code(
        LAB, questions.shown_code, lambda: lesson.offer_script(questions.NAME, questions.SCRIPT, files)
    )


def _find(config: SurfaceConfig) -> str | None:
    """Find this browser's run that measures the surface."""
    names = {config.name: config.name}
    return together.find_newest(service.shared().surfaces(owner_cookie.token()), names).get(config.name)


def _measure(config: SurfaceConfig) -> None:
    with together.SUBMITTING:
        found = _find(config)
        if found and service.shared().status(found).reason not in FAILED:
            return  # the second half of a double click, or another window of the learner's
        try:
            service.shared().submit(config, owner_cookie.token(), config.name)
        except Refused as problem:
            st.session_state[PROBLEM] = str(problem)


def _show(config: SurfaceConfig, run: str, names: list[str], about: str) -> None:
    with suppress(UnknownRun):
        status = service.shared().status(run)
        surface = read_surface(config, service.shared().store.events(run))
        settled = status.state in polling.SETTLED
        if not settled:
            st.progress(surface.share_done if surface else 0.0, captions.tell_progress(surface, status))
        for sentence in together.failures({"The plane": [status]}):
            st.error(plain(sentence), icon=":material/error:")
        if not settled or status.can_go_on:
            together.show_buttons(LAB, "plane", [status])
        if surface and surface.whole_side:
            show_picture(surface, names, about)
        if settled == st.session_state[SEEN]:
            return
    st.rerun(scope="app")
