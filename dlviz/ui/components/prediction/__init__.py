"""A question above a lab's picture: predict, then see prediction and answer in one picture."""

from collections.abc import Callable
from typing import Any

from dlviz.questions import Question, to_json
from dlviz.ui.components import events, load_component

_component = load_component("prediction")


def prediction(
    key: str,
    lab: str,
    question: Question | None,
    predicted: object,
    result: dict[str, Any] | None,
    waiting: str,
    again: bool,
    take: Callable[[], None],
    looks: bool = True,
) -> None:
    """Draw a question, or what has become of it.

    `events.news(key, "predicted")` tells the prediction, and `events.news(key, "act")` one of `look`, `close`
    and `ask`; both are followed by the report's own number.

    Args:
        question: None where the learner does not want to predict now: a button to ask for one is left.
        predicted: None before there is a prediction.
        result: the answer, how the prediction is judged, and why; None before it is known.
        waiting: what has to happen until then.
        again: true to offer another question.
        looks: true to offer a look without a prediction.
        take: takes these reports, before the run that follows them.
    """
    data = {
        "lab": lab,
        "folded": question is None,
        "question": to_json(question.without_answer()) if question else None,
        "predicted": predicted,
        "result": result,
        "waiting": waiting,
        "again": again,
        "looks": looks,
        "heard": events.latest(key, "predicted", "act"),
    }
    _component(key=key, data=data, on_predicted_change=take, on_act_change=take)
