import numpy as np
import torch

from dlviz.explain import without_each_channel, without_strongest
from dlviz.trace import switch_off, trace
from dlviz.weights import build


def test_without_each_channel_is_the_network_with_that_channel_switched_off():
    model = build("SimpleCNN", {"num_classes": 10}, seed=3)
    x = torch.rand(1, 1, 28, 28, generator=torch.manual_seed(1))
    edits = {"conv_layers.4": switch_off([5]), "conv_layers.1": switch_off([2])}
    found = without_each_channel(model, x, "conv_layers.4", edits)
    assert found.shape == (64, 10)
    for channel in (0, 5, 63):
        both = {**edits, "conv_layers.4": switch_off([5, channel])}
        np.testing.assert_allclose(found[channel], trace(model, x, both)[0][0], atol=1e-6)


def test_without_the_strongest_ever_more_channels_are_off_in_the_order_of_their_peaks():
    model = build("SimpleCNN", {"num_classes": 10}, seed=3)
    x = torch.rand(1, 1, 28, 28, generator=torch.manual_seed(1))
    edits = {"conv_layers.4": switch_off([5]), "conv_layers.1": switch_off([2])}
    order, logits = without_strongest(model, x, "conv_layers.4", edits, [5])
    peaks = trace(model, x, edits)[1]["conv_layers.4"][0].max(axis=(1, 2))
    assert sorted([*order, 5]) == [*range(64)]
    assert (np.diff(peaks[order]) <= 0).all()
    for count in (1, 7, 63):
        off = {**edits, "conv_layers.4": switch_off([5, *order[:count].tolist()])}
        np.testing.assert_allclose(logits[count - 1], trace(model, x, off)[0][0], atol=1e-6)


def test_the_strongest_unit_of_a_vector_is_the_largest():
    model = build("SimpleCNN", {"num_classes": 10}, seed=3)
    x = torch.rand(1, 1, 28, 28, generator=torch.manual_seed(1))
    order, logits = without_strongest(model, x, "fc_layers.2")
    assert order[0] == trace(model, x)[1]["fc_layers.2"][0].argmax()
    assert logits.shape == (256, 10)
