"""Runs watched together: the sentence that compares them, their curves, and what differs."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dlviz.training.runs import service
from dlviz.ui.components.curves import Curves, curves
from dlviz.ui.labs.training.compare import gathered, table
from dlviz.ui.labs.training.compare.gathered import Compared, Member
from dlviz.ui.labs.training.state import LAB, get
from dlviz.ui.labs.training.train import live, run_buttons
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain

EVERY = 1.5  # seconds
SEEN = f"{LAB}.compare.seen"


def show(runs: Sequence[str], experiment: str, measure: str) -> None:
    """The comparison; its clock stops when all runs have ended for good."""
    now = gathered.gather(runs, experiment)
    st.session_state[SEEN] = _mark(now)
    every = EVERY if not now.over else live.ENDED if now.can_go_on else None
    st.fragment(run_every=every, key=f"{LAB}.compare.live")(_watch)(tuple(runs), experiment, measure)
    if every is None and now.members:
        live.notice_deletion(*(member.run.run for member in now.members))


def _mark(now: Compared) -> tuple[object, ...]:
    """What the rest of the page depends on: when it changes, all of the page is drawn anew."""
    return now.over, tuple(member.run.run for member in now.members)


def _watch(runs: Sequence[str], experiment: str, measure: str) -> None:
    now = gathered.gather(runs, experiment)
    for problem in now.problems:
        st.info(problem, icon=":material/search_off:")
    if now.groups:
        _standing(now)
        _steer(now)
        _said(now, measure)
        curves(f"{LAB}.compare.curves", Curves(now.named, panels=_panels(now), axis=get("axis")))
        table.show(now, measure)
    if _mark(now) != st.session_state[SEEN]:
        st.rerun(scope="app")


def _standing(now: Compared) -> None:
    if not now.over:
        st.progress(gathered.share(now), gathered.standing(now))
    for sentence in gathered.broken(now):
        st.error(plain(sentence), icon=":material/error:")


def _said(now: Compared, measure: str) -> None:
    """The sentence, computed from what the runs have told."""
    sentence = plain(f"{gathered.verdict(now, measure)} {gathered.stopped(now)}".strip())
    if now.finished:
        st.success(sentence, icon=":material/flag:")
    else:
        st.info(sentence, icon=":material/query_stats:")
    if caution := gathered.caution(now):
        st.caption(caution)


def _panels(now: Compared) -> tuple[str, ...]:
    """Loss and accuracy; the learning rate too where its schedule is what differs."""
    schedules = {member.config.scheduler for member in now.members}
    return ("loss", "accuracy", "rate") if len(schedules) > 1 else ("loss", "accuracy")


def _steer(now: Compared) -> None:
    """Stop all, or let go on what came to no end of its own; for the owner alone."""
    runs, token = service.shared(), owner_cookie.token()
    own = [member for member in now.members if runs.owned_by(member.run.run, token)]
    active = [member for member in own if member.status.state not in gathered.SETTLED]
    idle = [member for member in own if member.status.can_go_on]
    with st.container(horizontal=True):
        if active:
            _button("Stop all", ":material/stop:", stop, active)
        if idle:
            _button("Let the unfinished go on", ":material/resume:", go_on, idle)
    if not (own or now.over):
        st.caption("You are watching another learner’s runs: only they can stop them.")
    run_buttons.refused(*(member.run.run for member in now.members))


def _button(label: str, icon: str, steer, members: Sequence[Member]) -> None:
    st.button(label, icon=icon, key=f"{LAB}.compare.{steer.__name__}", on_click=steer, args=(members,))


def stop(members: Sequence[Member]) -> None:
    """End all of them: those that wait first, lest they take the places that become free."""
    for member in sorted(members, key=lambda member: member.status.state != "waiting"):
        run_buttons.do(service.shared().stop, member.run.run)


def go_on(members: Sequence[Member]) -> None:
    """Let them wait for their turn again."""
    for member in members:
        run_buttons.do(service.shared().go_on, member.run.run)
