"""Claims of the Transfer learning lab's lesson."""

from functools import cache

import numpy as np
import pytest
import torch

from dlviz.training import examples_curve
from dlviz.training.examples_curve import TRANSFERS, CurveConfig, configure, measure_curve, read_points
from dlviz.training.loop import train
from dlviz.transfer.backbones import load_embedded
from dlviz.transfer.changes import linear_cka
from dlviz.transfer.embedded_sets import load_set
from dlviz.ui.labs.transfer.few_examples.lanes import configure_lane, count_learning
from dlviz.ui.labs.transfer.few_examples.pictures import learned_pictures
from dlviz.ui.labs.transfer.own_classes import captions
from dlviz.ui.labs.transfer.own_classes.forward import (
    Learned,
    answer,
    chance_of_same,
    compare,
    learn,
    measure_at_random,
    measure_on_bursts,
    see,
)
from dlviz.ui.labs.transfer.state import State
from dlviz.ui.labs.transfer.what_changed.forward import (
    Change,
    Shifted,
    TunedNetwork,
    measure_change,
    measure_shift,
    read_tasks,
)
from dlviz.ui.labs.transfer.what_changed.training import configure_run

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


def test_the_head_learns_alone_for_half() -> None:
    config = configure_lane(State(), "head-first")
    learning = [count_learning(config, epoch, 5)[0] for epoch in range(1, config.epochs + 1)]
    assert learning == [1_285] * 5 + [389_125] * 5


def test_draws_differ() -> None:
    assert (learned_pictures("digits", 5, 0) != learned_pictures("digits", 5, 1)).any()
    assert accuracy("frozen") != accuracy("frozen", draw=1)


# What changed, what was lost


@cache
def tuned_network(way: str, draw: int = 0) -> TunedNetwork:
    """Network of a run that the view trains at its defaults."""
    config = configure_run(State(draw=draw), way)
    first, *_, last = (event["state"] for event in train(config) if event["kind"] == "checkpoint")
    return TunedNetwork(config, first.model(), last.model())  # pyright: ignore[reportAttributeAccessIssue]


@cache
def change(way: str) -> Change:
    """Measured change of that network."""
    return measure_change(tuned_network(way), read_tasks(tuned_network(way).config))


def test_conv_1_changes_least() -> None:
    weights = change("tuned").weights
    assert weights["conv_layers.0"] < min(weights[layer] for layer in weights if layer != "conv_layers.0") / 2


def test_fc_1_changes_most() -> None:
    weights = change("tuned").weights
    assert max(weights, key=weights.__getitem__) == "fc_layers.1"


def test_fc_1_is_least_alike() -> None:
    similar = change("tuned").similar
    assert similar["fc_layers.1"] < min(similar[layer] for layer in similar if layer != "fc_layers.1") - 0.1


def test_tuning_forgets() -> None:
    assert change("tuned").old_after < change("tuned").old_before - 0.01


def test_frozen_keeps_the_old_task() -> None:
    assert change("frozen").old_after == change("frozen").old_before
    assert len(change("frozen").equal) == 4


def test_noise_turns_the_lead() -> None:
    found = measure_lead(0)
    assert found.plain[0] > found.plain[1] + 0.02
    assert found.shifted[0] < found.shifted[1] - 0.02


def test_another_draw_turns_it_back() -> None:
    found = measure_lead(2)
    assert found.shifted[0] > found.shifted[1] + 0.02


def measure_lead(draw: int) -> Shifted:
    """Both networks of a draw on pictures with strong noise."""
    tuned, frozen = (tuned_network(way, draw) for way in ("tuned", "frozen"))
    return measure_shift(tuned.model, frozen.model, read_tasks(tuned.config), State().shift)


def test_nothing_moved_is_zero() -> None:
    assert set(change("frozen").weights.values()) == {0.0}


def test_rotation_and_scale_leave_cka() -> None:
    generator = np.random.default_rng(0)
    values = generator.normal(size=(20, 6))
    rotation, _ = np.linalg.qr(generator.normal(size=(6, 6)))
    assert abs(linear_cka(values, 3 * values @ rotation) - 1) < 1e-12
    assert linear_cka(values, values**3) < 0.99


# My own classes


@pytest.fixture(scope="module")
def own_learned() -> Learned:
    """The head of the set that the view opens with."""
    own = load_set(State().own_start)
    learned = learn(own, see(load_embedded(), own.pictures()))
    assert learned
    return learned


def test_features_bring_like_beside_like(own_learned: Learned) -> None:
    pixels, features = (
        compare(own_learned, vectors) for vectors in (own_learned.pixels, own_learned.features)
    )
    assert features.same > pixels.same + 0.2
    assert pixels.same > chance_of_same(own_learned)


def test_random_test_flatters(own_learned: Learned) -> None:
    honest, random = measure_on_bursts(own_learned), measure_at_random(own_learned)
    assert random.accuracy.share - honest.accuracy.share > 2 * captions.luck(honest, random)
    assert honest.copies == 0
    assert random.copies == random.accuracy.tested


def test_map_adds_up_to_the_logit(own_learned: Learned) -> None:
    for picture in own_learned.examples.pictures[::31]:
        given = answer(load_embedded(), own_learned, picture)
        assert given.maps[0].size == 25
        np.testing.assert_allclose(given.maps.sum(axis=(1, 2)), given.logits - given.bias, atol=1e-6)
