"""Accuracy against the number of examples: guessed at, measured by workers, drawn as its points come in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import streamlit as st

from dlviz.training.examples_curve import COUNTS, DRAWS, WAYS, plan_curve, read_points
from dlviz.training.runs import service
from dlviz.training.runs.events import Event
from dlviz.training.runs.service import Refused, Status
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs.transfer.few_examples import captions
from dlviz.ui.labs.transfer.few_examples.pictures import chance_of
from dlviz.ui.labs.transfer.few_examples.state import FEWEST, MOST, WAY_TITLES
from dlviz.ui.labs.transfer.state import LAB, State
from dlviz.ui.runs import polling, together
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import percent
from dlviz.ui.verdict import show_sentence

EVERY = 1.5  # seconds between two looks at runs that measure or wait
PROBLEM, SEEN = f"{LAB}.curve.problem", f"{LAB}.curve.seen"
WHOLE = len(WAYS) * len(COUNTS) * DRAWS  # points


@dataclass(frozen=True)
class Curve:
    """A curve as it stands now.

    Args:
        statuses: of its runs.
        points: accuracy by way, number of examples and draw.
    """

    statuses: Sequence[Status]
    points: Mapping[tuple[str, int, int], float]

    @property
    def settled(self) -> bool:
        """True if no run of it measures or waits."""
        return together.are_settled(self.statuses)

    @property
    def whole(self) -> bool:
        """True if every point is measured."""
        return len(self.points) == WHOLE

    def reached(self, way: str) -> dict[int, list[float]]:
        """Accuracies of a way so far: examples of each class -> of each draw, in their order."""
        return {
            count: [
                self.points[way, count, draw] for draw in range(DRAWS) if (way, count, draw) in self.points
            ]
            for count in COUNTS
        }


def find_curve(transfer: str) -> list[str]:
    """Find the newest of this browser's runs that measure a transfer's curve, in their order."""
    names = {config.name: config.name for config in plan_curve(transfer)}
    return [*together.find_newest(service.shared().curves(owner_cookie.token()), names).values()]


def look_at(runs: Sequence[str]) -> Curve:
    """Look at a curve's runs as they stand now; those that are gone are left out."""
    statuses, events = list[Status](), list[Event]()
    for run in runs:
        with suppress(UnknownRun):
            statuses.append(service.shared().status(run))
            events += service.shared().store.events(run)
    return Curve(statuses, read_points(events))


def show_curve(state: State) -> None:
    """Ask for a guess, offer to measure the curve, and draw what is measured."""
    st.subheader("Who wins with how many examples?", anchor=False)
    runs = find_curve(state.transfer)
    curve = look_at(runs)
    ask_for_guesses(curve, state)
    st.button(
        f"Measure the curve{' again' if curve.points else ''}: train {WHOLE} networks",
        type="secondary" if curve.points else "primary",
        icon=":material/science:",
        disabled=not curve.settled,
        key=f"{LAB}.curve.measure",
        on_click=_measure,
        help=f"Four ways, {len(COUNTS)} numbers of examples, {DRAWS} draws of them: some minutes if "
        "nobody else waits.",
    )
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(problem, icon=":material/block:")
    st.session_state[SEEN] = _fingerprint(curve)
    every = None if curve.settled else EVERY
    if curve.settled and any(status.can_go_on for status in curve.statuses):
        every = polling.RESTING
    st.fragment(run_every=every, key=f"{LAB}.curve.live")(_show)(state.transfer, runs)


def _fingerprint(curve: Curve) -> tuple[object, ...]:
    """The part of a curve on which the rest of the page depends."""
    return curve.settled, curve.whole, tuple(status.run for status in curve.statuses)


def _measure() -> None:
    """Hand in the runs of a curve; where the queue or the disk is full, those that fit."""
    state = LAB.read()
    with together.SUBMITTING:
        before = find_curve(state.transfer)
        if not look_at(before).settled:
            return  # the second half of a double click, or another window of the learner's
        try:
            for config in plan_curve(state.transfer):
                service.shared().submit(config, owner_cookie.token(), config.name)
        except Refused as problem:
            st.session_state[PROBLEM] = str(problem)
            return
    for run in before:  # no list shows them, so no one could delete them
        with suppress(UnknownRun, Refused):
            service.shared().delete(run, owner_cookie.token())


def ask_for_guesses(curve: Curve, state: State) -> None:
    """Let the learner predict the winner with the fewest examples and with the most; the curve answers."""
    for field, count, columns in zip(("guess_few", "guess_many"), (FEWEST, MOST), st.columns(2), strict=True):
        guess = getattr(state, field)
        with columns:
            st.radio(
                captions.ask_for_winner(count),
                list(WAYS),
                index=None,
                format_func=WAY_TITLES.__getitem__,
                key=LAB.key(field),
            )
            if guess is None:
                continue
            if not curve.whole:
                st.caption("Your guess is kept. The curve answers.")
                continue
            leaders = captions.find_leaders(captions.rank(curve.points, count))
            right, sentence = together.judge_guess(WAY_TITLES[guess], leaders, DRAWS)
            colour, icon = ("green", "check") if right else ("orange", "lightbulb")
            st.markdown(f":{colour}[:material/{icon}: {plain(sentence)}]")


def _show(transfer: str, runs: Sequence[str]) -> None:
    from dlviz.figures.transfer import accuracy_by_examples

    curve = look_at(runs)
    if not curve.settled:
        st.progress(len(curve.points) / WHOLE, captions.curve_progress(curve.points, curve.statuses, WHOLE))
    for sentence in together.failures({"The curve": curve.statuses}):
        st.error(plain(sentence), icon=":material/error:")
    if curve.statuses:
        together.show_buttons(LAB, "curve", curve.statuses)
    if curve.points:
        show_sentence(f"{LAB}.curve.verdict", st.markdown, captions.verdict(curve.points))
        ways = {WAY_TITLES[way]: curve.reached(way) for way in WAYS}
        chance = chance_of(transfer)
        st.plotly_chart(
            accuracy_by_examples(ways, COUNTS, chance),
            key=f"{LAB}.curve.figure",
            config={"displayModeBar": False},
        )
        st.caption(
            "Line: mean over the draws. Band: from the worst draw to the best, which is luck. Each network "
            "is tested on pictures that none of them learned from. Always giving the most frequent class "
            f"would get {percent(chance)} right: chance."
        )
        with st.expander("The curve in numbers", icon=":material/table:"):
            rows = captions.in_numbers(curve.points, COUNTS)
            alt = "Mean test accuracy of each way over the draws, and its range, by examples of each class."
            st.table(rows, hide_index=True, border="horizontal", alt=alt)
    if _fingerprint(curve) != st.session_state[SEEN]:
        st.rerun(scope="app")
