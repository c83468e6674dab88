"""What is said of a run before it begins."""

import itertools
import time

import pytest

from dlviz.training.analysis import duration
from dlviz.training.tasks import prepare
from tests.runs import events, losses, of_kind, small


def test_a_prediction_multiplies_what_ten_steps_and_one_measured_batch_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ticks = itertools.count()
    monkeypatch.setattr(duration.time, "perf_counter", lambda: float(next(ticks)))
    monkeypatch.setattr("dlviz.training.clock.Clock.seconds", 0.0)
    config = small(samples=640)
    task = prepare(config)
    predicted = duration.predict(config, task)
    assert (predicted.parameters, predicted.steps) == (101_770, 20)
    # A clock that moves a second a look: ten steps in one second, a batch of 250 measured in another. Those
    # that are learned from are measured too.
    assert predicted.seconds == pytest.approx(3 * (20 / 10 + (5000 + 640) / 250))
    assert duration.predict(small(samples=640, seconds=7), task).seconds == 7


def test_a_prediction_changes_nothing_of_the_run() -> None:
    config = small(epochs=1)
    expected = losses(events(config))
    duration.predict(config, prepare(config))
    assert losses(events(config)) == expected


@pytest.mark.parametrize("samples", [32, 64])
def test_a_run_of_one_batch_is_predicted_too(samples: int) -> None:
    config = small(samples=samples, epochs=1)
    before = time.perf_counter()
    predicted = duration.predict(config, prepare(config))
    assert 0 < predicted.seconds < 100 * (time.perf_counter() - before)
    assert len(of_kind(events(config), "batch")) == predicted.steps
