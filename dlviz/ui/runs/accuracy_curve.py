"""Accuracy against the number of examples: predicted, measured by workers, drawn as its points come in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import streamlit as st

from dlviz.questions import Choice
from dlviz.training.analysis.comparison import Result, judge_difference
from dlviz.training.analysis.significance import write_chance
from dlviz.training.examples_curve import read_points
from dlviz.training.runs import service
from dlviz.training.runs.events import Event
from dlviz.training.runs.service import Refused, Status
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.lab import Lab
from dlviz.ui.prediction import ask_before_result
from dlviz.ui.runs import together
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted, percent
from dlviz.ui.verdict import show_sentence

EVERY = 1.5  # seconds between two looks at runs that measure or wait

Points = Mapping[tuple[str, int, int], float]  # way, number of examples, draw -> accuracy
Explain = Callable[[Points], str]


class Part(Protocol):
    """Config of a run that measures a part of a curve."""

    @property
    def name(self) -> str:
        """Name of its run, by which it is found again."""
        ...

    @property
    def ways(self) -> Sequence[str]:
        """Ways to learn that it measures."""
        ...

    @property
    def counts(self) -> Sequence[int]:
        """Numbers of examples that each way learns."""
        ...

    def to_json(self) -> str:
        """Write the config as JSON."""
        ...


@dataclass(frozen=True)
class Design:
    """Design of a curve: what is measured, and in which words it is told.

    Args:
        parts: configs of its runs, in their order.
        ways: to learn -> title.
        counts: of examples, ascending.
        draws: of them.
        amount: of so many examples, in words.
        axis: title of the axis of their number.
        tested: what the networks are tested on, in the plural.
        chance: accuracy of always giving the most frequent class.
        cost: how long it takes, in words.
    """

    parts: Sequence[Part]
    ways: Mapping[str, str]
    counts: Sequence[int]
    draws: int
    amount: Callable[[int], str]
    axis: str
    tested: str
    chance: float
    cost: str

    @property
    def whole(self) -> int:
        """Number of points of the whole curve."""
        return len(self.ways) * len(self.counts) * self.draws


@dataclass(frozen=True)
class Curve:
    """A curve as it stands now.

    Args:
        statuses: of its runs.
        points: accuracy by way, number of examples and draw.
    """

    statuses: Sequence[Status]
    points: Points

    @property
    def settled(self) -> bool:
        """True if no run of it measures or waits."""
        return together.are_settled(self.statuses)

    def is_whole(self, design: Design) -> bool:
        """True if every point is measured."""
        return len(self.points) == design.whole

    def reached(self, design: Design, way: str) -> dict[int, list[float]]:
        """Accuracies of a way so far: number of examples -> of each draw, in their order."""
        draws = range(design.draws)
        return {
            count: [self.points[way, count, draw] for draw in draws if (way, count, draw) in self.points]
            for count in design.counts
        }


def find_parts(parts: Sequence[Part]) -> dict[str, str]:
    """Find the newest of this browser's runs that measure a curve's parts: name -> id, in their order."""
    names = {part.name: part.name for part in parts}
    return together.find_newest(service.shared().curves(owner_cookie.token()), names)


def look_at(runs: Sequence[str]) -> Curve:
    """Look at a curve's runs as they stand now; those that are gone are left out."""
    statuses, events = list[Status](), list[Event]()
    for run in runs:
        with suppress(UnknownRun):
            statuses.append(service.shared().status(run))
            events += service.shared().store.events(run)
    return Curve(statuses, read_points(events))


def choose_parts(parts: Sequence[Part], found: Collection[str]) -> Sequence[Part]:
    """Choose the parts to measure: those without a run; if all have one, all again.

    Args:
        found: names of the parts that have a run.
    """
    return [part for part in parts if part.name not in found] or parts


def measure(parts: Sequence[Part]) -> str:
    """Hand in the runs of a curve; where the queue or the disk is full, those that fit, and a sentence."""
    with together.SUBMITTING:
        before = find_parts(parts)
        if not look_at([*before.values()]).settled:
            return ""  # the second half of a double click, or another window of the learner's
        chosen = choose_parts(parts, before)
        try:
            for part in chosen:
                service.shared().submit(part, owner_cookie.token(), part.name)
        except Refused as problem:
            return str(problem)
    for part in chosen:  # no list shows them, so no one could delete them
        if part.name in before:
            with suppress(UnknownRun, Refused):
                service.shared().delete(before[part.name], owner_cookie.token())
    return ""


def show_curve(lab: Lab, design: Design, explain: Explain | None = None) -> None:
    """Ask for a prediction, offer to measure the curve, and draw what is measured.

    Args:
        explain: more to say of the points, behind the verdict.
    """
    found = find_parts(design.parts)
    runs = [*found.values()]
    curve = look_at(runs)
    asked = ask_for_winner(design, curve)
    ask_before_result(lab, asked, "curve", "Your prediction is kept. The whole curve answers.")
    again = len(found) == len(design.parts)
    count = sum(len(part.ways) * len(part.counts) for part in choose_parts(design.parts, found))
    what = "what is missing" if found and not again else "the curve again" if curve.points else "the curve"
    st.button(
        f"Measure {what}: train {counted(count, 'network')}",
        type="secondary" if again and curve.points else "primary",
        icon=":material/science:",
        disabled=not curve.settled,
        key=f"{lab}.curve.measure",
        on_click=_measure,
        args=(lab, design.parts),
        help=f"{len(design.ways)} ways, {len(design.counts)} numbers of examples, {design.draws} draws of "
        f"them: {design.cost} if nobody else waits.",
    )
    if problem := st.session_state.pop(_problem(lab), ""):
        st.error(plain(problem), icon=":material/block:")
    st.session_state[_fingerprint_key(lab)] = _fingerprint(curve, design)
    every = together.choose_interval(curve.statuses, EVERY)
    st.fragment(run_every=every, key=f"{lab}.curve.live")(_show)(lab, design, runs, explain)


def _problem(lab: Lab) -> str:
    return f"{lab}.curve.problem"


def _fingerprint_key(lab: Lab) -> str:
    return f"{lab}.curve.seen"


def _fingerprint(curve: Curve, design: Design) -> tuple[object, ...]:
    """The part of a curve on which the rest of the page depends."""
    return curve.settled, curve.is_whole(design), tuple(status.run for status in curve.statuses)


def _measure(lab: Lab, parts: Sequence[Part]) -> None:
    if problem := measure(parts):
        st.session_state[_problem(lab)] = problem


def ask_for_winner(design: Design, curve: Curve) -> Choice:
    """Ask which way wins with the fewest examples; answered once the whole curve is measured."""
    fewest, most = design.counts[0], design.counts[-1]
    asked = Choice(
        name="winner",
        text=f"With {design.amount(fewest)} to learn from, which way to learn will be right most often "
        "in the test?",
        options=[*design.ways.values()],
        answer=None,
        hints=[
            "Which ways begin with something that they need not learn from these examples?",
            f"Count what each has to learn from {design.amount(fewest)}: a head alone, or all layers too?",
        ],
        why=f"Why this one? And does it win with {design.amount(most)} too?",
        because="",
    )
    if not curve.is_whole(design):
        return asked
    ranked = rank(design, curve.points, fewest)
    answered = together.answer_with_leaders(asked, find_leaders(ranked), design.draws)
    reached = ", ".join(f"{result.label} {percent(result.mean)}" for result in ranked)
    return replace(answered, because=f"{answered.because} On average: {reached}.")


def _show(lab: Lab, design: Design, runs: Sequence[str], explain: Explain | None) -> None:
    from dlviz.figures.transfer import accuracy_by_examples

    curve = look_at(runs)
    if not curve.settled:
        done = f"{len(curve.points)} of {design.whole} networks are trained"
        st.progress(len(curve.points) / design.whole, f"{done} · {together.progress(curve.statuses)}")
    for sentence in together.failures({"The curve": curve.statuses}):
        st.error(plain(sentence), icon=":material/error:")
    if curve.statuses:
        together.show_buttons(lab, "curve", curve.statuses)
    if curve.points:
        said = " ".join(filter(None, [judge(design, curve.points), explain and explain(curve.points)]))
        show_sentence(f"{lab}.curve.verdict", st.markdown, said)
        reached = {title: curve.reached(design, way) for way, title in design.ways.items()}
        st.plotly_chart(
            accuracy_by_examples(reached, design.counts, design.chance, design.axis),
            key=f"{lab}.curve.figure",
            config={"displayModeBar": False},
            alt=f"Test accuracy by {design.axis}, a line for each way. {_tell_ends(design, curve.points)}",
        )
        st.caption(
            "Line: mean over the draws. Band: from the worst draw to the best, which is luck. Each network "
            f"is tested on {design.tested} that none of them learned from. Always giving the most frequent "
            f"class would get {percent(design.chance)} right: chance."
        )
        with st.expander("The curve in numbers", icon=":material/table:"):
            rows = in_numbers(design, curve.points)
            alt = f"Mean test accuracy of each way over the draws, and its range, by {design.axis}."
            st.table(rows, hide_index=True, border="horizontal", alt=alt)
    if _fingerprint(curve, design) != st.session_state[_fingerprint_key(lab)]:
        st.rerun(scope="app")


def rank(design: Design, points: Points, count: int) -> list[Result]:
    """Rank the ways with so many examples, the best first, on draws that all have."""
    draws = [draw for draw in range(design.draws) if all((way, count, draw) in points for way in design.ways)]
    if not draws:
        return []
    drawn = tuple(draws)
    found = [
        Result(title, np.array([points[way, count, draw] for draw in draws]), 1, "accuracy", "test", drawn)
        for way, title in design.ways.items()
    ]
    return sorted(found, key=lambda result: -result.mean)


def find_leaders(ranked: Sequence[Result]) -> list[str]:
    """Titles of the best way, and of those that it did not beat in every draw."""
    best, *others = ranked
    return [best.label, *(other.label for other in others if not judge_difference(best, other).clear)]


def in_numbers(design: Design, points: Points) -> list[dict[str, str]]:
    """Rows of a table: each way's mean over its draws so far, and their range, by number of examples."""
    table = []
    for way, title in design.ways.items():
        row = {"Way": title}
        for count in design.counts:
            values = [value for (of, many, _), value in points.items() if (of, many) == (way, count)]
            cell = percent(sum(values) / len(values)) if values else "–"
            if len(values) > 1:
                cell += f" ({100 * min(values):.1f} to {100 * max(values):.1f})"
            row[f"{count:,}"] = cell
        table.append(row)
    return table


def _tell_ends(design: Design, points: Points) -> str:
    """Tell each way's mean with the fewest and with the most examples."""
    ends = [f"{count:,}" for count in (design.counts[0], design.counts[-1])]
    rows = in_numbers(design, points)
    return "; ".join(f"{row['Way']}, {end}: {row[end]}" for row in rows for end in ends) + "."


def judge(design: Design, points: Points) -> str:
    """Say who wins with the fewest examples and with the most, as far as luck lets anyone say it."""
    ends = (design.counts[0], design.counts[-1])
    ranked = {count: rank(design, points, count) for count in ends}
    return " ".join(_name_winner(found, design.amount(count)) for count, found in ranked.items() if found)


def _name_winner(ranked: Sequence[Result], amount: str) -> str:
    """Name the best way in a sentence or two: what it reaches, and which of the others it beats for sure."""
    best, second, *_ = ranked
    begin = f"**With {amount}**, “{best.label}” reaches {percent(best.mean)}"
    if len(best.values) == 1:
        return f"{begin}, the most; but one draw may be luck."
    begin, every = f"{begin} on average", f"all {len(best.values)} draws"
    if (judged := judge_difference(best, second)).clear:
        beaten = f"{begin}, and beats “{second.label}” ({percent(second.mean)}) in {every}."
        return (
            f"{beaten} {write_chance(judged.chance)} Among {len(ranked)} ways, luck finds such a pair sooner."
        )
    wins = int((best.values > second.values).sum())
    close = f"{begin}, but beats “{second.label}” in only {wins} of {len(best.values)} draws: within luck."
    leaders = find_leaders(ranked)
    if behind := [f"“{other.label}”" for other in ranked if other.label not in leaders]:
        close += f" It beats {together.in_words(behind)} in {every}."
    return close
