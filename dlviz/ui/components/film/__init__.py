"""Sentences in one plane while a network learns to tell them apart, drawn in the browser as a film."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.ui.components import load_component
from dlviz.ui.components.wire_format import pack

_component = load_component("film", "bar")


@dataclass(frozen=True, eq=False)
class Followed:
    """The learner's own sentence, as the newest checkpoint at each frame reads it.

    Args:
        points: (frames, 2).
        answers: (frames,) int, the class that the network names.
        probabilities: of that class, written out.
        since: (frames,) int, step of that checkpoint.
    """

    points: np.ndarray
    answers: np.ndarray
    probabilities: Sequence[str]
    since: np.ndarray


@dataclass(frozen=True, eq=False)
class Film:
    """Frames of a training.

    Args:
        run: another film begins at its end; the same one stays where the learner has left it.
        steps: (frames,) int, after which each frame was taken.
        points: (frames, texts, 2), all in one plane.
        answers: (frames, texts) int, the class that the network names.
        labels: (texts,) int, the class that each belongs to.
        classes: names.
        texts: as they are read out.
        sure: (frames,), mean probability of the answers.
        line: first coordinate at which the last head is undecided between two classes; None where the plane
            does not show it.
        own: the learner's own sentence; None without one.
    """

    run: str
    steps: np.ndarray
    points: np.ndarray
    answers: np.ndarray
    labels: np.ndarray
    classes: Sequence[str]
    texts: Sequence[str]
    sure: np.ndarray
    line: float | None = None
    own: Followed | None = None


def film(key: str, shown: Film) -> None:
    """Draw a film; a learner plays it, goes through it, and points at sentences, in the browser alone."""
    _component(key=key, data=message(shown))


def message(shown: Film) -> bytes:
    """The bytes of a film."""
    header = {
        "run": shown.run,
        "steps": shown.steps.tolist(),
        "classes": list(shown.classes),
        "texts": list(shown.texts),
        "sure": shown.sure.tolist(),
        "line": shown.line,
    }
    arrays = {
        "points": shown.points.astype(np.float32),
        "answers": shown.answers.astype(np.uint8),
        "labels": shown.labels.astype(np.uint8),
    }
    if shown.own is not None:
        header["own"] = {
            "answers": shown.own.answers.tolist(),
            "probabilities": list(shown.own.probabilities),
            "since": shown.own.since.tolist(),
        }
        arrays["own"] = shown.own.points.astype(np.float32)
    return pack(header, arrays)
