"""Claims of the Transfer learning lab's lesson."""

from functools import cache

import torch

from dlviz.training import examples_curve
from dlviz.training.examples_curve import TRANSFERS, CurveConfig, configure, measure_curve, read_points
from dlviz.training.loop import train
from dlviz.ui.labs.transfer.few_examples.lanes import configure_lane, count_learning
from dlviz.ui.labs.transfer.few_examples.pictures import learned_pictures
from dlviz.ui.labs.transfer.state import State

# A few examples


@cache
def accuracy(way: str, examples: int = State().examples, draw: int = 0) -> float:
    """Test accuracy of a way at the view's defaults, or with other examples."""
    events = list(measure_curve(CurveConfig("digits", draw, (way,), (examples,))))
    return read_points(events)[way, examples, draw]


def test_scratch_is_last_with_five() -> None:
    others = [accuracy(way) for way in examples_curve.WAYS if way != "scratch"]
    assert accuracy("scratch") < min(others) - 0.05
    assert accuracy("scratch") < max(others) - 0.1


def test_the_head_alone_is_few() -> None:
    config = configure_lane(State(), "frozen")
    assert count_learning(config, 1, 5) == (256 * 5 + 5, 387_840)


def test_unfreezing_fc_1_helps() -> None:
    unfrozen = configure_lane(State(unfreeze="fc_layers.1"), "frozen")
    assert count_learning(unfrozen, 1, 5)[0] == 256 * 1152 + 256 + 256 * 5 + 5
    *_, end = train(unfrozen)
    assert float(str(end["test_accuracy"])) > accuracy("frozen") + 0.05


def test_scratch_overtakes_frozen() -> None:
    assert accuracy("scratch") < accuracy("frozen")
    assert accuracy("scratch", 50) > accuracy("frozen", 50) + 0.02


def test_frozen_gains_less() -> None:
    gains = {way: accuracy(way, 50) - accuracy(way) for way in ("scratch", "frozen")}
    assert gains["frozen"] < gains["scratch"] / 2


def test_frozen_layers_stay() -> None:
    config = configure(TRANSFERS["digits"], "frozen", 1)
    first, second, *_ = (event["state"] for event in train(config) if event["kind"] == "checkpoint")
    before, after = first.weights, second.weights  # pyright: ignore[reportAttributeAccessIssue]
    assert [name for name in before if not torch.equal(before[name], after[name])] == [
        "fc_layers.4.weight",
        "fc_layers.4.bias",
    ]


def test_draws_differ() -> None:
    assert (learned_pictures("digits", 5, 0) != learned_pictures("digits", 5, 1)).any()
    assert accuracy("frozen") != accuracy("frozen", draw=1)
