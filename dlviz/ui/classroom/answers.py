"""Answers of a class, beside what was computed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import streamlit as st

from dlviz.classroom.board import Asked
from dlviz.classroom.texts import OWN
from dlviz.figures.class_curves import Scale, draw_predictions
from dlviz.questions import Axis, Choice, Drawing, Number, Question
from dlviz.ui.components.votes import votes
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import number

BARS = 8  # into which a scale is divided


def question_text(question: Question) -> str:
    """The question as Markdown; a teacher's own is shown as it was typed."""
    return plain(question.text) if question.name == OWN else question.text


def option_text(question: Question, option: str) -> str:
    """An option as Markdown."""
    return plain(option) if question.name == OWN else option


def show_answers(asked: Asked, mine: object = None) -> None:
    """Draw the answers of the rounds that are shown, and what was computed, once it is revealed.

    Args:
        mine: what this learner has answered in the present round.
    """
    key = f"class.answers.{asked.id}"
    given = [list(asked.answers[round_ - 1].values()) for round_ in asked.shown_rounds]
    match asked.question:
        case Choice(options=options, answer=answer):
            counts = [asked.spread(round_) for round_ in asked.shown_rounds]
            right = answer if asked.truth else None
            votes(key, options, counts, right or "", mine if isinstance(mine, str) else "")
        case Number(scale=scale, answer=answer):
            names = name_bars(scale)
            counts = [count_bars(scale, values) for values in given]
            right = names[find_bar(scale, answer)] if asked.truth and answer is not None else ""
            votes(
                key, names, counts, right, "" if not isinstance(mine, float) else names[find_bar(scale, mine)]
            )
        case Drawing() as question:
            answer = question.answer if asked.truth else None
            axes = [
                Scale(each.title, each.low, each.high, each.log) for each in (question.across, question.up)
            ]
            figure = draw_predictions(
                question.places, given, answer, axes, question.before, question.before_title
            )
            st.plotly_chart(figure, key=key, config={"displayModeBar": False})
    if asked.truth and asked.question.because:
        st.container(key="class-because").markdown(asked.question.because)


def find_bar(scale: Axis, value: float) -> int:
    """The part of a scale that a value lies in, counted from 0."""
    return min(int(scale.share(value) * BARS), BARS - 1)


def count_bars(scale: Axis, values: Sequence[float]) -> list[int]:
    """Number of values in each part of a scale."""
    places = [find_bar(scale, value) for value in values]
    return [places.count(bar) for bar in range(BARS)]


def name_bars(scale: Axis) -> list[str]:
    """The parts of a scale, from its low end to its high one."""
    shares = [bar / BARS for bar in range(BARS + 1)]
    if scale.log:
        ends = [scale.low * math.pow(scale.high / scale.low, share) for share in shares]
    else:
        ends = [scale.low + (scale.high - scale.low) * share for share in shares]
    return [
        f"{number(low, '.3g')} to {number(high, '.3g')} {scale.unit}".strip() for low, high in pairwise(ends)
    ]
