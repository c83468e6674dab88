"""Claims of the Transfer learning lab's lesson, each proved from the lab's own forward pass."""

import numpy as np
import pytest

from dlviz.transfer.backbones import load_embedded
from dlviz.transfer.embedded_sets import load_set
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
