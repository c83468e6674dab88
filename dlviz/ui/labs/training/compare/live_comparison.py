"""Runs watched together: the sentence that compares them, their curves, and the settings that differ."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from dlviz.training.analysis.comparison import MEASURES, result
from dlviz.training.experiments import EXPERIMENTS, Experiment
from dlviz.ui.components.curves import Curves, curves
from dlviz.ui.labs.training.compare import captions, table
from dlviz.ui.labs.training.compare.comparison import Comparison, compare
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.runs import polling, together
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.verdict import show_sentence

EVERY = 1.5  # seconds
SEEN = f"{LAB}.compare.seen"


def watch_together(
    runs: Sequence[str], axis: str, smoothing: int, measure: str, experiment: str = ""
) -> None:
    """Compare runs, again and again until all have ended for good.

    Args:
        runs: their ids.
        axis: of the curves.
        smoothing: batches of their median.
        measure: by which they are ranked.
        experiment: whose runs they are, if they are an experiment's.
    """
    compared = compare(runs, experiment)
    st.session_state[SEEN] = _fingerprint(compared)
    every = together.choose_interval(compared.statuses, EVERY)
    show = st.fragment(run_every=every, key=f"{LAB}.compare.live")(_show)
    show(tuple(runs), axis, smoothing, measure, experiment)
    if every is None and compared.members:
        polling.notice_deletion(LAB, *(member.run.run for member in compared.members))


def _fingerprint(compared: Comparison) -> tuple[object, ...]:
    """The part of a comparison on which the rest of the page depends."""
    return compared.settled, tuple(member.run.run for member in compared.members)


def _show(runs: Sequence[str], axis: str, smoothing: int, measure: str, experiment: str) -> None:
    compared = compare(runs, experiment)
    for problem in compared.problems:
        st.info(plain(problem), icon=":material/search_off:")
    if compared.groups:
        _show_progress(compared)
        together.show_buttons(LAB, "compare", compared.statuses)
        _show_verdict(compared, measure)
        # Where the schedule is what differs, the learning rate is worth a panel too.
        schedules = {member.config.scheduler for member in compared.members}
        panels = ("loss", "accuracy", "rate") if len(schedules) > 1 else ("loss", "accuracy")
        curves(f"{LAB}.compare.curves", Curves(compared.curves, panels=panels, axis=axis, window=smoothing))
        if experiment:
            _show_answer(compared, measure, EXPERIMENTS[experiment])
        table.show_results(compared, measure)
    if _fingerprint(compared) != st.session_state[SEEN]:
        st.rerun(scope="app")


def _show_answer(compared: Comparison, measure: str, experiment: Experiment) -> None:
    """Draw what each seed of an experiment has reached, and say why, once all runs have come to their end."""
    reached = [found for group in compared.curves if (found := result(group, measure))]
    if not (reached and compared.finished):
        return
    from dlviz.figures.training import seed_dots

    name, _, column = MEASURES[measure]
    heading = name.format(held=reached[0].held)
    st.markdown(f"**A dot for each seed**: {heading}; the stroke is their mean.")
    percent = column == "accuracy"
    dots = seed_dots(
        {found.label: found.values for found in reached}, heading, percent, _guess(compared, percent)
    )
    st.plotly_chart(dots, key=f"{LAB}.compare.dots", config={"displayModeBar": False})
    if why := experiment.why(compared.curves):
        show_sentence(f"{LAB}.why", st.markdown, f"**Why?** {plain(why)}")


def _guess(compared: Comparison, accuracy: bool) -> tuple[float, str] | None:
    """Accuracy or loss that a guess reaches, and its name; None where the runs have none in common."""
    histories = [member.history for member in compared.members]
    chances, classes = {each.chance for each in histories}, {each.classes for each in histories}
    if accuracy:
        return (chances.pop(), "chance") if len(chances) == 1 else None
    count = classes.pop() if len(classes) == 1 else 0
    return (math.log(count), f"a guess among {count}") if count > 1 else None


def _show_progress(compared: Comparison) -> None:
    if not compared.settled:
        st.progress(compared.share_done, together.progress(compared.statuses))
    for sentence in together.failures(compared.labelled):
        st.error(plain(sentence), icon=":material/error:")


def _show_verdict(compared: Comparison, measure: str) -> None:
    sentence = plain(f"{captions.verdict(compared, measure)} {captions.stopped(compared)}".strip())
    if compared.finished:
        st.success(sentence, icon=":material/flag:")
    else:
        st.info(sentence, icon=":material/query_stats:")
    if caution := captions.caution(compared):
        st.caption(caution)
