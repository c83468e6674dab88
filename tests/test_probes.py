"""Linear probes: against scikit-learn, and piece by piece as at once."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge, RidgeCV

from dlviz.data import digits, mnist
from dlviz.models.cnn import SimpleCNN
from dlviz.models.mlp import MLP
from dlviz.models.transformers import DigitTransformer
from dlviz.probes import LayerProbes, find_nearest, fit_probe, name_layers, read_layers


def _examples(count: int, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    labels = torch.randint(0, 3, (count,), generator=generator)
    features = torch.randn(count, size, generator=generator) + labels[:, None] * torch.linspace(0, 1, size)
    return features.double(), labels


@pytest.mark.parametrize(("count", "size"), [(60, 5), (30, 80)])  # the primal form, and the dual one
def test_probe_equals_ridge_of_scikit_learn(count: int, size: int):
    features, labels = _examples(count, size)
    probe = fit_probe(features, labels, classes=3, penalties=[0.1])
    ridge = Ridge(alpha=probe.penalty).fit(features.numpy(), np.eye(3)[labels])
    assert np.allclose(probe.weight, ridge.coef_.T, atol=1e-6)
    assert np.allclose(probe.bias, ridge.intercept_, atol=1e-6)


@pytest.mark.parametrize(("count", "size"), [(60, 5), (30, 80)])
def test_penalty_is_the_one_that_leave_one_out_chooses(count: int, size: int):
    features, labels = _examples(count, size)
    scale = float((features - features.mean(0)).square().sum(1).mean())
    penalties = [1e-3, 1e-2, 0.1, 1, 10, 100]
    ridge = RidgeCV(alphas=[scale * each for each in penalties])
    ridge.fit(features.numpy(), np.eye(3)[labels])
    assert fit_probe(features, labels, 3, penalties).penalty == pytest.approx(ridge.alpha_, rel=1e-5)


def test_constant_values_add_nothing():
    features, labels = _examples(40, 6)
    wider = torch.cat([features, torch.full((40, 2), 7.0).double()], 1)
    probe, plain = fit_probe(wider, labels, 3, [0.1]), fit_probe(features, labels, 3, [0.1])
    assert torch.allclose(probe.weight[:6], plain.weight, atol=1e-6)
    assert probe.weight[6:].abs().max() < 1e-6


def test_nearest_are_those_of_a_sorted_distance():
    features, _ = _examples(30, 4)
    distances, places = find_nearest(features, features[:2], 3)
    for query in (0, 1):
        every = (features - features[query]).norm(dim=1)
        assert places[query].tolist() == every.argsort()[:3].tolist()
        assert distances[query].tolist() == pytest.approx(every.sort()[0][:3].tolist(), abs=1e-3)


@pytest.mark.parametrize(
    ("network", "sizes"),
    [
        (SimpleCNN(), [784, 32 * 14 * 14, 64 * 7 * 7, 1152, 256, 10]),
        (MLP(hidden_size=7, depth=2), [784, 7, 7, 10]),
        (DigitTransformer(embed_size=8, heads=2, depth=2), [784, 400, 400, 400, 10]),
    ],
)
def test_layers_are_read_in_their_order_and_end_with_the_answer(network: torch.nn.Module, sizes: list[int]):
    pictures = torch.randn(2, 1, 28, 28)
    read = read_layers(network.eval(), pictures, name_layers(network))
    assert [values.shape[1] for values in read.values()] == sizes
    assert torch.equal([*read.values()][-1], network(pictures))


def test_pieces_give_what_one_fit_gives():
    images, labels = mnist.digits("train")
    pictures = digits.normalise(images[:160])
    network = MLP(hidden_size=5).eval()
    probes = LayerProbes(network, (pictures[:120], labels[:120]), (pictures[120:], labels[120:160]))
    while not probes.is_done:
        assert probes.share_done < 1
        probes.measure_piece()
    read = read_layers(network, pictures, {"hidden 1": "layers.2"})["hidden 1"]
    right = fit_probe(read[:120], labels[:120]).classify(read[120:]) == labels[120:160]
    assert [found.layer for found in probes.found] == ["pixels", "hidden 1", "logits"]
    assert probes.found[1].right.tolist() == right.tolist()
    assert torch.allclose(probes.features["hidden 1"].float(), read[:120], rtol=1e-3, atol=1e-3)
