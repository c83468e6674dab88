"""Curves by numbers worked out by hand."""

import math

import numpy as np
import pytest

from dlviz.training.analysis.history import Line, Mark, band, history, lines, smoothed, thin, together

START = {"kind": "start", "steps_per_epoch": 2, "epochs": 3}


def batch(step: int, loss: float | None, seconds: float = 0.0) -> dict:
    return {"kind": "batch", "step": step, "seconds": seconds, "loss": loss, "rate": 0.1, "norm": 2.0}


def epoch(number: int, loss: float, best: bool = False) -> dict:
    return {
        "kind": "epoch",
        "epoch": number,
        "step": 2 * number,
        "seconds": 10.0 * number,
        "train_loss": loss / 2,
        "loss": loss,
        "accuracy": 0.5,
        "best": best,
    }


def found(drawn: list[Line], panel: str, role: str) -> Line:
    (line,) = [line for line in drawn if (line.panel, line.role) == (panel, role)]
    return line


def test_each_batch_is_the_median_of_those_around_it() -> None:
    # Window 2: one before and one after; at the ends two values, whose median is their mean.
    np.testing.assert_array_equal(smoothed(np.array([4.0, 1, 7, 9]), 2), [2.5, 4, 7, 8])
    np.testing.assert_array_equal(smoothed(np.full(50, 3.0), 20), 3)
    np.testing.assert_array_equal(smoothed(np.array([4.0, 1, 7]), 1), [4, 1, 7])
    falling = np.arange(100.0, 0, -1)
    np.testing.assert_array_equal(smoothed(falling, 20)[10:-10], falling[10:-10])  # no lag


def test_one_wild_batch_leaves_no_trace() -> None:
    losses = np.full(60, 2.3)
    losses[1] = 313.8
    np.testing.assert_array_equal(smoothed(losses), 2.3)


def test_what_is_no_number_has_no_part_in_the_median() -> None:
    with_gaps = smoothed(np.array([4.0, math.nan, 1, math.inf, 7]), 2)
    # Each stands alone between two that are none.
    np.testing.assert_array_equal(with_gaps[[0, 2, 4]], [4, 1, 7])
    assert np.isnan(with_gaps[[1, 3]]).all()


def test_a_window_of_no_batch_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one batch"):
        smoothed(np.ones(3), 0)


def test_thinning_keeps_the_ends_and_every_buckets_extremes() -> None:
    # Ten points into buckets of four: (0 … 3), (4 … 7) and the rest (8, 9).
    y = np.array([5.0, 9, 1, 5, 5, 5, 8, 2, 5, 5])
    x, kept = thin(np.arange(10.0), y, 8)
    np.testing.assert_array_equal(x, [0, 1, 2, 6, 7, 8, 9])
    np.testing.assert_array_equal(kept, [5, 9, 1, 8, 2, 5, 5])


@pytest.mark.parametrize("count", [1, 7, 150, 151, 999, 5_000, 40_000])
def test_a_thinned_line_has_at_most_so_many_points_and_no_peak_is_lost(count: int) -> None:
    y = np.random.default_rng(count).normal(size=count)
    x, kept = thin(np.arange(count), y, 150)
    assert len(kept) <= 150
    assert (kept.min(), kept.max(), x[0], x[-1]) == (y.min(), y.max(), 0, count - 1)
    np.testing.assert_array_equal(y[x], kept)
    assert (np.diff(x) > 0).all()


def test_a_rate_that_stays_is_its_corners() -> None:
    rates = [0.1] * 6 + [0.01] * 5
    told = [START, *({**batch(step, 1.0), "rate": rate} for step, rate in enumerate(rates, 1))]
    rate = found(lines(history(told)), "rate", "value")
    np.testing.assert_array_equal(rate.x, [1, 6, 7, 11])
    np.testing.assert_array_equal(rate.y, [0.1, 0.1, 0.01, 0.01])


def test_a_growing_line_keeps_the_points_it_had() -> None:
    y = np.random.default_rng(0).normal(size=700)
    before, after = (set(thin(np.arange(n), y[:n], 200)[0][:-3]) for n in (650, 700))
    assert before <= after


def test_a_run_becomes_lines_over_steps_epochs_and_seconds() -> None:
    told = [START, batch(1, 2.0, 4.0), batch(2, 1.0, 8.0), epoch(1, 1.5), batch(3, 0.5, 15.0)]
    run = history(told)
    for axis, batches, ends in (
        ("step", [1, 2, 3], [2]),
        ("epoch", [0.5, 1, 1.5], [1]),
        ("seconds", [4, 8, 15], [10]),
    ):
        drawn = lines(run, axis, window=2)
        np.testing.assert_array_equal(found(drawn, "loss", "raw").x, batches)
        np.testing.assert_array_equal(found(drawn, "loss", "validation").x, ends)
    drawn = lines(run, window=2)
    np.testing.assert_array_equal(found(drawn, "loss", "raw").y, [2, 1, 0.5])
    np.testing.assert_allclose(found(drawn, "loss", "smooth").y, smoothed(np.array([2, 1, 0.5]), 2))
    assert found(drawn, "loss", "train").y == [0.75]
    assert found(drawn, "norm", "raw").y.tolist() == [2, 2]
    assert not [line for line in drawn if line.role == "test"]


def test_an_axis_reaches_to_the_planned_end_until_the_run_has_ended() -> None:
    told = [START, batch(1, 2.0, 4.0), batch(2, 1.0, 8.0)]
    assert [history(told).end(axis) for axis in ("step", "epoch", "seconds")] == [6, 3, 8]
    ended = history([*told, {"kind": "end", "reason": "stopped", "step": 2}])
    assert [ended.end(axis) for axis in ("step", "epoch", "seconds")] == [2, 1, 8]


def test_what_was_measured_on_test_data_is_a_line_of_its_own() -> None:
    tested = {"loss": None, "accuracy": None, "test_loss": 0.3, "test_accuracy": 0.9}
    told = [START, batch(1, 1.0), {**epoch(1, 1.0), **tested}]
    drawn = lines(history(told))
    assert (found(drawn, "loss", "test").y, found(drawn, "accuracy", "test").y) == (0.3, 0.9)
    assert not [line for line in drawn if line.role == "validation"]


def test_what_happened_is_marked() -> None:
    told = [
        START,
        batch(1, 2.0, seconds=3),
        {"kind": "rate", "step": 1, "old": 0.1, "new": 0.025},
        epoch(1, 1.0, best=True),
        {"kind": "paused", "step": 2},
        epoch(2, 0.5, best=True),
        epoch(3, 0.7),
        {"kind": "end", "reason": "early", "step": 6},
    ]
    run = history(told)
    assert [run.where(mark, "seconds") for mark in run.marks] == [3, 3, 20, 30]
    assert [run.where(mark, "epoch") for mark in run.marks] == [0.5, 1, 2, 3]
    assert run.marks == (
        Mark("rate", 1, "rate 0.1 → 0.025"),
        Mark("paused", 2, "paused"),
        Mark("best", 4, "best: epoch 2"),
        Mark("early", 6, "early stopping"),
    )
    assert run.restored  # older runs tell it by their reason alone


def test_whether_the_best_weights_are_back_is_what_the_end_tells() -> None:
    def told(**end: object) -> bool:
        return history([START, batch(1, 2.0), {"kind": "end", "step": 1, **end}]).restored

    assert told(reason="done", restored=True)
    assert not told(reason="done", restored=False)
    assert not told(reason="done")
    assert not told(reason="stopped", restored=False)


def test_a_run_that_was_stopped_and_goes_on_has_not_ended() -> None:
    stopped = [START, batch(1, 2.0), {"kind": "end", "reason": "stopped", "step": 1}]
    assert history(stopped).reason == "stopped"
    gone_on = history([*stopped, batch(2, 1.0)])
    assert gone_on.reason == ""
    assert gone_on.marks == (Mark("stopped", 1, "stopped"),)


def test_an_interruption_knows_no_step_and_is_marked_at_the_newest() -> None:
    told = [START, batch(1, 2.0), batch(2, 1.0), {"kind": "interrupted", "reason": "killed"}]
    run = history(told)
    assert (run.reason, run.marks) == ("interrupted", (Mark("interrupted", 2, "interrupted"),))
    gone_on = history([*told[:2], {"kind": "continued", "step": 1}, batch(2, 1.0)])
    assert (gone_on.reason, gone_on.marks) == ("", (Mark("continued", 1, "went on"),))
    assert history([*told[:3], {"kind": "end", "reason": "full"}]).marks == (Mark("full", 2, "disk full"),)


def test_a_run_without_events_or_numbers_has_no_lines() -> None:
    assert lines(history([])) == []
    assert history([]).end("epoch") == 0
    broken = history([START, batch(1, None), batch(2, math.nan)])
    assert [line.panel for line in lines(broken)] == ["rate", "norm", "norm"]


def test_several_seeds_are_a_mean_with_a_range_as_far_as_the_shortest_goes() -> None:
    first = Line("loss", "smooth", np.array([0.0, 2, 4]), np.array([0.0, 2, 4]))
    second = Line("loss", "smooth", np.array([1.0, 3]), np.array([5.0, 9]))
    both = band([first, second])
    np.testing.assert_array_equal(both.x, [1, 2, 3])
    np.testing.assert_array_equal(both.low, [1, 2, 3])
    np.testing.assert_array_equal(both.high, [5, 7, 9])
    np.testing.assert_array_equal(both.y, [3, 4.5, 6])
    even = band([first, second], points=2)
    np.testing.assert_array_equal(even.x, [1, 3])


def test_seeds_together_have_no_raw_lines_and_one_alone_has() -> None:
    runs = [history([START, batch(1, loss), batch(2, loss), epoch(1, loss)]) for loss in (1.0, 3.0)]
    drawn = together(runs)
    assert {line.role for line in drawn} == {"smooth", "train", "validation", "value"}
    smooth = found(drawn, "loss", "smooth")
    assert smooth.low is not None
    assert smooth.high is not None
    assert (smooth.y[0], smooth.low[0], smooth.high[0]) == (2, 1, 3)
    assert found(together(runs[:1]), "loss", "raw").low is None
