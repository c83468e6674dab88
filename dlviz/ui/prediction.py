"""A lab's main question above its picture: predicted first, then answered by what the learner has on screen.

Nobody must predict: the page is whole without it, and a session remembers who just wants to look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from dlviz.questions import Choice, Drawing, Judgement, Number, Question, to_json
from dlviz.ui.components import events
from dlviz.ui.components.prediction import prediction
from dlviz.ui.lab import Lab
from dlviz.ui.locks import ASKED
from dlviz.ui.text_format.numbers import number, percent


@dataclass(frozen=True)
class Kept:
    """A prediction, and the question as it was when it was made: what is on screen may have changed since.

    Args:
        predicted: None where the learner just wants to look.
    """

    question: Question | None
    predicted: Any = None


def ask_first(
    lab: Lab,
    ask: Callable[[], Question | None],
    answer: Callable[[], Question | None] | None = None,
    place: str = "",
    waiting: str = "Your prediction is kept.",
    again: bool = True,
    situation: Mapping[str, str] | None = None,
) -> None:
    """Draw the lab's main question, or what was predicted beside the answer; not while a lesson asks another.

    Args:
        ask: makes the question from what is on screen, where one is needed; None if there is none now.
        answer: makes the same question with its answer, where that takes long: called once, when it has been
            predicted.
        place: of the question in a lab with several views.
        waiting: said as long as the answer of what was predicted is not known.
        again: offer to predict again, about what is on screen then.
        situation: query of the link that the question is about, which opens with the answer; None for a
            question about what is on screen.
    """
    if st.session_state.get(ASKED) == str(lab):
        return
    key = f"{lab}.prediction{place and f'.{place}'}"
    kept = st.session_state.get(f"{key}.kept") or Kept(None)
    looks = any(st.session_state.get(flag, False) for flag in _flags(lab, key))
    if (kept.question is None and not looks) or (kept.question and not kept.question.is_answered):
        asked = ask()
        if kept.question is None:
            if asked is None:
                return
            st.session_state[f"{key}.asked"] = asked, answer
        elif asked is not None and asked.name == kept.question.name and asked.is_begun:
            kept = st.session_state[f"{key}.kept"] = Kept(asked, kept.predicted)
    elif kept.question:
        again = again and ask() is not None
    question = kept.question or (None if looks else st.session_state[f"{key}.asked"][0])
    prediction(
        key,
        str(lab),
        question,
        kept.predicted,
        result(kept.question, kept.predicted) if kept.question and kept.question.is_begun else None,
        waiting,
        again,
        partial(_take_prediction, lab, key, situation),
    )


def ask_before_result(lab: Lab, question: Question, place: str, waiting: str) -> None:
    """Draw the question of a result that is to come, such as a run's, or what was predicted of it.

    Draws nothing where the result is on screen and nobody has predicted it. What was predicted of another
    result, or of another question, is forgotten.

    Args:
        place, waiting: as of `ask_first`.
    """
    kept = predicted(lab, place)
    if kept and kept.question:
        is_same = kept.question.without_answer() == question.without_answer()
        if not is_same or (kept.question.is_begun and not question.is_begun):
            forget(lab, place)
            kept = None
        else:
            st.session_state[f"{lab}.prediction.{place}.kept"] = Kept(question, kept.predicted)
    if kept or not question.is_begun:
        ask_first(lab, lambda: question, place=place, waiting=waiting, again=not question.is_begun)


def predicted(lab: Lab, place: str = "") -> Kept | None:
    """The question that has been predicted last, and the prediction; None if there is none."""
    kept = st.session_state.get(f"{lab}.prediction{place and f'.{place}'}.kept")
    return kept if kept and kept.question else None


def forget(lab: Lab, place: str = "") -> None:
    """Forget what was predicted, since something else is asked now."""
    st.session_state.pop(f"{lab}.prediction{place and f'.{place}'}.kept", None)


def ask_anew(lab: str) -> None:
    """Ask all that a lab asks again, at all its places, and also those who just wanted to look."""
    for key in [*map(str, st.session_state)]:
        if key.startswith(f"{lab}.prediction") and key.endswith((".kept", ".looks", ".closed")):
            del st.session_state[key]


def result(question: Question, predicted: Any) -> dict[str, Any]:
    """The answer as far as it is known, how the prediction compares with it, and the explanation."""
    sentence = compare(question, predicted, question.judge(predicted))
    return {
        "answer": to_json(question)["answer"],
        "sentence": sentence if question.is_answered else f"So far: {sentence[0].lower()}{sentence[1:]}",
        "because": question.because,
    }


def compare(question: Question, predicted: Any, judged: Judgement) -> str:
    """Say how a prediction and the answer compare."""
    match question:
        case Choice() if predicted in question.as_good:
            return "Right too: the two cannot be told apart."
        case Choice():
            return "As you predicted." if judged.right else "Not as you predicted."
        case Number():
            mine, true = (_with_unit(each, question) for each in (predicted, question.known()))
            return f"{'Near enough' if judged.right else 'Not near'}: it is {true}, and you said {mine}."
        case Drawing():
            away = percent(judged.distance, 0)
            near = "Well drawn" if judged.right else "Not where you drew it"
            return f"{near}: your curve is {away} of the picture’s height away from it, on average."
    raise TypeError(question.kind)


def _with_unit(value: float, question: Number) -> str:
    shown = f"{value:,.0f}" if value == int(value) else number(value, ".3g")
    return f"{shown} {question.scale.unit}".strip()


def _flags(lab: Lab, key: str) -> tuple[str, str]:
    """Keys of whether the learner just wants to look: anywhere in the lab, and at this place."""
    return f"{lab}.prediction.looks", f"{key}.closed"


def _take_prediction(lab: Lab, key: str, situation: Mapping[str, str] | None) -> None:
    """Take what the learner has predicted, or whether to ask, before the page is drawn again."""
    state = st.session_state
    match events.news(key, "act"):
        case [("look" | "close" | "ask") as act, int()]:
            state.pop(f"{key}.kept", None)
            in_lab, here = _flags(lab, key)
            state.update({in_lab: act == "look", here: act == "close"})
    match events.news(key, "predicted"):
        case [value, int()] if f"{key}.asked" in state:
            asked, answer = state[f"{key}.asked"]
            try:
                predicted = asked.read(value)
            except ValueError:
                return  # a browser may send anything
            question = (answer and answer()) or asked
            state[f"{key}.kept"] = Kept(question, predicted)
            if question.shows and situation is not None:
                lab.reveal_in(situation, **question.shows)
            elif question.shows:
                lab.reveal(**question.shows)
