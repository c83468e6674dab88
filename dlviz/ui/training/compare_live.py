"""Runs watched together: the sentence that compares them, their curves, and what differs."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dlviz.training.runs import service
from dlviz.ui import owner
from dlviz.ui.curves import Curves, curves
from dlviz.ui.plain import plain
from dlviz.ui.training import compare_table, compared, live, steering
from dlviz.ui.training.compared import Compared, Member
from dlviz.ui.training.state import LAB, get

EVERY = 1.5  # seconds
SEEN = f"{LAB}.compare.seen"


def show(runs: Sequence[str], experiment: str, measure: str) -> None:
    """The comparison; its clock stops when all runs have ended for good."""
    now = compared.gather(runs, experiment)
    st.session_state[SEEN] = _mark(now)
    every = EVERY if not now.over else live.ENDED if now.can_go_on else None
    st.fragment(run_every=every, key=f"{LAB}.compare.live")(_watch)(tuple(runs), experiment, measure)
    if every is None and now.members:
        live.notice_deletion(*(member.run.run for member in now.members))


def _mark(now: Compared) -> tuple[object, ...]:
    """What the rest of the page depends on: when it changes, all of the page is drawn anew."""
    return now.over, tuple(member.run.run for member in now.members)


def _watch(runs: Sequence[str], experiment: str, measure: str) -> None:
    now = compared.gather(runs, experiment)
    for problem in now.problems:
        st.info(problem, icon=":material/search_off:")
    if now.groups:
        _standing(now)
        _steer(now)
        _said(now, measure)
        curves(f"{LAB}.compare.curves", Curves(now.named, panels=_panels(now), axis=get("axis")))
        compare_table.show(now, measure)
    if _mark(now) != st.session_state[SEEN]:
        st.rerun(scope="app")


def _standing(now: Compared) -> None:
    if not now.over:
        st.progress(compared.share(now), compared.standing(now))
    for sentence in compared.broken(now):
        st.error(plain(sentence), icon=":material/error:")


def _said(now: Compared, measure: str) -> None:
    """The sentence, computed from what the runs have told."""
    sentence = plain(f"{compared.verdict(now, measure)} {compared.stopped(now)}".strip())
    if now.finished:
        st.success(sentence, icon=":material/flag:")
    else:
        st.info(sentence, icon=":material/query_stats:")
    if caution := compared.caution(now):
        st.caption(caution)


def _panels(now: Compared) -> tuple[str, ...]:
    """Loss and accuracy; the learning rate too where its schedule is what differs."""
    schedules = {member.config.scheduler for member in now.members}
    return ("loss", "accuracy", "rate") if len(schedules) > 1 else ("loss", "accuracy")


def _steer(now: Compared) -> None:
    """Stop all, or let go on what came to no end of its own; for the owner alone."""
    runs, token = service.shared(), owner.token()
    own = [member for member in now.members if runs.owned_by(member.run.run, token)]
    active = [member for member in own if member.status.state not in compared.SETTLED]
    idle = [member for member in own if member.status.can_go_on]
    with st.container(horizontal=True):
        if active:
            _button("Stop all", ":material/stop:", stop, active)
        if idle:
            _button("Let the unfinished go on", ":material/resume:", go_on, idle)
    if not (own or now.over):
        st.caption("You are watching another learner’s runs: only they can stop them.")
    steering.refused(*(member.run.run for member in now.members))


def _button(label: str, icon: str, steer, members: Sequence[Member]) -> None:
    st.button(label, icon=icon, key=f"{LAB}.compare.{steer.__name__}", on_click=steer, args=(members,))


def stop(members: Sequence[Member]) -> None:
    """End all of them: those that wait first, lest they take the places that become free."""
    for member in sorted(members, key=lambda member: member.status.state != "waiting"):
        steering.do(service.shared().stop, member.run.run)


def go_on(members: Sequence[Member]) -> None:
    """Let them wait for their turn again."""
    for member in members:
        steering.do(service.shared().go_on, member.run.run)
