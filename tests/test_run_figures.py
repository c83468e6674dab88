"""The figures of a run that has been trained, and what is asked about it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.figures.runs import MOST, confusion, ridges
from dlviz.training.runs import service
from dlviz.training.runs.service import Service
from dlviz.training.runs.store import Store
from dlviz.ui.labs.training.train import questions
from dlviz.ui.runs.live_run import LiveRun
from tests.pages.training_lab import SMALL, batch, epoch, start, tell
from tests.training_runs.idle import MINE, Launcher


def traces(figure: Any) -> list[Any]:
    return list(figure.data)


def test_a_confusion_matrix_shows_counts_and_the_share_of_each_row() -> None:
    (heat,) = traces(confusion(np.array([[3, 1], [0, 4]]), ["cat", "dog"]))
    assert heat.text.tolist() == [["3", "1"], ["", "4"]]
    assert [*map(list, heat.customdata)] == [["75.0 %", "25.0 %"], ["0.0 %", "100.0 %"]]
    np.testing.assert_allclose(heat.z, np.sqrt([[0.75, 0.25], [0, 1]]))


def test_a_name_is_no_tag() -> None:
    (heat,) = traces(confusion(np.eye(2, dtype=int), ["<a href='//x.y'>", "b & c"]))
    assert list(heat.x) == ["&lt;a href='//x.y'&gt;", "b &amp; c"]


def test_a_class_that_never_came_has_an_empty_row() -> None:
    (heat,) = traces(confusion(np.array([[0, 0], [0, 4]]), ["cat", "dog"]))
    assert np.isfinite(heat.z).all()


def test_counts_and_names_must_fit() -> None:
    with pytest.raises(ValueError, match="3 classes have no confusion matrix of shape"):
        confusion(np.zeros((2, 2)), ["a", "b", "c"])


def spread(low: float, high: float, *counts: int) -> dict:
    return {"low": low, "high": high, "counts": list(counts)}


def test_ridges_lie_one_below_the_other_and_span_their_bins() -> None:
    first, second = traces(ridges([spread(-1, 1, 4, 1), spread(-2, 2, 1, 1)], [1, 2], "weights"))
    assert list(first.x) == [-1, -0.5, 0.5, 1]
    assert list(first.y) == pytest.approx([0, 1.6, 0.8, 0])
    assert list(second.x) == [-2, -1, 1, 2]
    assert list(second.y) == pytest.approx([-1, 0.6, 0.6, -1])


def test_of_many_epochs_some_are_drawn_and_what_is_no_histogram_is_left_out() -> None:
    many = [spread(-1, 1, 1, 2)] * 100
    assert len(traces(ridges(many, range(100), "weights"))) <= MOST
    assert len(traces(ridges([spread(0, 0), spread(-1, 1, 1)], [1, 2], "gradients"))) == 1
    assert len(traces(ridges([{}], [1], "gradients"))) == 0


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LiveRun:
    runs = Service(Store(tmp_path), Launcher(), at_a_time=1)
    monkeypatch.setattr(service, "_shared", runs)
    name = runs.submit(SMALL, MINE)
    tell(runs, name, start(), batch(1, 2.31), batch(2, 2.0), epoch(1, 0.5))
    return LiveRun(name)


def test_questions_are_answered_by_the_run_itself(run: LiveRun) -> None:
    asked = {question.name: question for question in questions.questions(run)}
    assert asked["first"].answer == "2.3"  # ln 10
    assert asked["steps"].answer == "2"
    assert "6" in asked["steps"].because  # three epochs of two steps
    # The training loss is 0.1 higher in this epoch.
    assert asked["gap"].answer == "the training loss"
    assert all(question.answer in question.options for question in asked.values())


def test_before_the_first_batch_nothing_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = Service(Store(tmp_path), Launcher(), at_a_time=1)
    monkeypatch.setattr(service, "_shared", runs)
    assert questions.questions(LiveRun(runs.submit(SMALL, MINE))) == []
