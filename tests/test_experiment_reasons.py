"""Reasons behind an experiment's result: each number and clause follows from the runs' own curves."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlviz.figures.training import seed_dots
from dlviz.training.analysis import reasons
from dlviz.training.analysis.comparison import Group
from dlviz.training.analysis.history import History, history
from dlviz.training.experiments import EXPERIMENTS


def run(
    losses: Sequence[float],
    known: Sequence[float] = (),
    accuracy: float = 0.9,
    known_accuracy: float = 1.0,
    rate: float = 0.001,
    **end: object,
) -> History:
    told: list[dict] = [
        {"kind": "start", "steps_per_epoch": 1, "epochs": len(losses), "classes": list("0123456789")}
    ]
    for number, loss in enumerate(losses, 1):
        told.append(
            {"kind": "batch", "step": number, "seconds": number, "loss": loss, "rate": rate, "norm": 1}
        )
        learned = {"known_loss": known[number - 1] if known else 0.1, "known_accuracy": known_accuracy}
        measured = {"loss": loss, "accuracy": accuracy, **learned}
        told.append({"kind": "epoch", "epoch": number, "step": number, "seconds": number, **measured})
    return history([*told, {"kind": "end", "reason": "done", "step": len(losses), **end}])


def test_of_each_rate_is_said_what_its_loss_shows() -> None:
    low, good, high = (
        Group("low", [run([2.3, 1.9])]),
        Group("good", [run([0.5, 0.1])]),
        Group("high", [run([2.4, 2.31])]),
    )
    assert reasons.too_small_or_too_large([low, good, high]) == (
        "Validation losses from the first epoch to the last: “low” goes from 2.30 to 1.90, and is still on "
        "its way down; “good” goes from 0.500 to 0.100; “high” goes from 2.40 to 2.31, no better than a "
        "guess. A guess among 10 costs 2.30. Small steps take long; steps too large overshoot the minimum "
        "each time."
    )


def test_the_gap_is_that_of_the_best_epoch() -> None:
    seeds = [run([0.5], accuracy=0.9, known_accuracy=1.0), run([0.5], accuracy=0.92, known_accuracy=0.98)]
    assert reasons.gap([Group("plain", seeds)]) == (
        "“plain” at its best has 99.0 % right of what it learned from, 91.0 % of what it has not seen. The "
        "gap between the two is what was learnt by heart."
    )


def test_overfitting_is_told_with_the_epoch_at_which_it_began() -> None:
    whole = run([0.5, 0.3, 0.6], [0.4, 0.1, 0.01], test_loss=0.7, test_accuracy=0.843)
    stopped = run([0.5, 0.3], [0.4, 0.1], test_loss=0.5, test_accuracy=0.838)
    said = reasons.learnt_by_heart([Group("to the end", [whole]), Group("stopped", [stopped])])
    assert said == (
        "In “to the end” the validation loss is lowest after epoch 2, at 0.300, and ends at 0.600. Meanwhile "
        "the loss on what it learns from goes from 0.100 to 0.0100. Of the test data both have about as many "
        "right (“to the end” 84.3 %, “stopped” 83.8 %): what grows is not the number of mistakes, but how "
        "sure the network is of them."
    )


def test_small_steps_settle_is_said_only_where_the_runs_show_it() -> None:
    constant, cosine = Group("constant", [run([0.4], rate=0.01)]), Group("cosine", [run([0.3], rate=1e-5)])
    assert reasons.rate_at_end([constant, cosine]).startswith(
        "Compare the last learning rate and the last validation loss: “cosine” ends at a rate of 1e-05 with "
        "0.300; “constant” ends at a rate of 0.01 with 0.400. Large steps"
    )
    worse = Group("cosine", [run([0.5], rate=1e-5)])
    assert "Large steps" not in reasons.rate_at_end([constant, worse])


def test_of_each_seed_is_said_when_it_has_half_right() -> None:
    groups = [
        Group("as drawn", [run([2.0, 2.0], accuracy=0.1)]),
        Group("bias 3", [run([2.0, 1.0], accuracy=0.6), run([2.0, 1.0], accuracy=0.4)]),
    ]
    assert reasons.first_half_right(groups).startswith(
        "Look at when more than half of the answers are right: “as drawn” never; “bias 3” after epoch 1, none"
    )


def test_every_experiment_has_a_reason_as_soon_as_its_runs_have_ended_and_none_before() -> None:
    for experiment in EXPERIMENTS.values():
        ended = [Group(label, [run([0.5, 0.3])]) for label, _ in experiment.runs()]
        assert experiment.why(ended).endswith(".")
        assert "nan" not in experiment.why(ended)
        experiment.why([Group(label, [history([])]) for label, _ in experiment.runs()])


def test_each_seed_is_a_dot_and_a_guess_a_line_where_it_is_near() -> None:
    values = {"a": np.array([0.5, 0.6]), "b": np.array([0.9])}
    figure = seed_dots(values, "accuracy", True, (0.1, "chance"))
    drawn: Any = figure
    dots = [trace for trace in drawn.data if "text" in trace and trace.text is not None]
    np.testing.assert_array_equal(dots[0].x, [50, 60])
    assert [*dots[0].text] == ["50.00 %", "60.00 %"]
    assert drawn.layout.shapes[0].x0 == 10
    far: Any = seed_dots({"a": np.array([0.31, 0.32])}, "loss", False, (math.log(10), "guess"))
    assert not far.layout.shapes
