import numpy as np
import torch

from dlviz.explain import without_each_channel
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
        expected = trace(model, x, both)[0].softmax(1)[0]
        np.testing.assert_allclose(found[channel], expected, atol=1e-6)
