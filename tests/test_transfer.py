"""Frozen features, a head solved at once, honest and flattering tests, neighbours and changes."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
import torch
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from torch import nn

from dlviz.data.pictures import crop_square, photograph, photographs
from dlviz.models import SimpleCNN
from dlviz.transfer import features as features_module
from dlviz.transfer.backbones import Backbone, imagenet_classes, load_embedded
from dlviz.transfer.changes import compare_layers, linear_cka, measure_weight_changes
from dlviz.transfer.features import (
    compute_features,
    compute_maps,
    compute_probabilities,
    name_picture,
    normalise,
    pool,
    remember_features,
)
from dlviz.transfer.heads import Head, activation_maps, solve_head
from dlviz.transfer.neighbours import compute_pixels, find_nearest, project_on_plane
from dlviz.transfer.picture_sets import Picture, encode_picture
from dlviz.transfer.splits import hold_out_at_random, hold_out_bursts, measure_accuracy


@pytest.fixture(scope="module")
def backbone() -> Backbone:
    return load_embedded()


def blobs(classes: int, each: int, size: int = 40, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Features (n, size) that lie around a point for each class, and labels (n,), n = classes · each."""
    generator = np.random.default_rng(seed)
    labels = np.repeat(np.arange(classes), each)
    around = generator.normal(size=(classes, size))
    return (around[labels] + 2 * generator.normal(size=(len(labels), size))).astype(np.float32), labels


def test_a_picture_is_cut_to_its_middle_square() -> None:
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = 200
    assert (crop_square(wide, 10) == 200).all()
    assert (crop_square(wide.transpose(1, 0, 2), 10) == 200).all()
    square = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    assert crop_square(square, 4) is square


def test_colours_are_normalised_as_the_backbone_was_trained(backbone: Backbone) -> None:
    picture = np.full((32, 32, 3), (0, 51, 255), np.uint8)
    x = normalise(backbone, picture, 32)
    assert x.shape == (1, 3, 32, 32)
    expected = [-0.498 / 0.502, (0.2 - 0.498) / 0.502, 1.0]
    assert x[0, :, 5, 7].tolist() == pytest.approx(expected, abs=1e-6)


def test_features_are_the_means_of_the_maps_and_those_before_the_networks_own_last_layer(
    backbone: Backbone,
) -> None:
    pictures = [photograph("chelsea"), photograph("coffee")]
    features = compute_features(backbone, pictures)
    assert features.shape == (2, 1280)
    assert features.dtype == np.float32
    maps = compute_maps(backbone, pictures[1])
    assert maps.shape == (1280, 5, 5)
    np.testing.assert_allclose(features[1], maps.mean(axis=(1, 2)), rtol=1e-5, atol=1e-7)
    with torch.inference_mode():
        logits = backbone.model(normalise(backbone, pictures[1]))
    np.testing.assert_allclose(compute_probabilities(backbone, features[1]), logits[0].softmax(0), atol=1e-5)
    assert compute_features(backbone, []).shape == (0, 1280)


def test_features_are_computed_once_a_picture(backbone: Backbone, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (
        Picture(encode_picture(photographs()[name].read_bytes()), burst)
        for burst, name in enumerate(("chelsea", "coffee"))
    )
    first = remember_features(backbone, [one, one], {})
    assert [*first] == [one.jpeg]
    np.testing.assert_array_equal(first[one.jpeg], compute_features(backbone, [one.pixels()])[0])
    both = remember_features(backbone, [other, one], first)
    assert [*both] == [other.jpeg, one.jpeg]
    assert both[one.jpeg] is first[one.jpeg]
    monkeypatch.setattr(features_module, "compute_maps", lambda *_: pytest.fail("computed again"))
    assert [*remember_features(backbone, [other], both)] == [other.jpeg]  # the removed picture is forgotten


def test_the_cat_and_the_cup_are_named(backbone: Backbone) -> None:
    assert len(imagenet_classes()) == 1000
    named = {
        name: name_picture(backbone, compute_features(backbone, [photograph(name)], 224)[0])
        for name in ("chelsea", "coffee", "camera")
    }
    assert {name: answers[0][0] for name, answers in named.items()} == {
        "chelsea": "Egyptian cat",
        "coffee": "espresso",
        "camera": "tripod",
    }
    assert named["chelsea"][0][1] == pytest.approx(0.39, abs=0.01)
    assert named["coffee"][0][1] == pytest.approx(0.93, abs=0.01)
    assert [share for _, share in named["coffee"]] == sorted((s for _, s in named["coffee"]), reverse=True)


# The last have more examples than channels.
@pytest.mark.parametrize(("classes", "each"), [(2, 1), (2, 30), (3, 4), (10, 20), (3, 200)])
@pytest.mark.parametrize("decay", [0.001, 0.1])
def test_the_head_is_that_of_scikit_learn(classes: int, each: int, decay: float) -> None:
    features, labels = blobs(classes, each)
    head = solve_head(features, labels, classes, decay)
    # Of two classes scikit-learn solves for the difference of both, and pays for that alone.
    strength = (2 if classes == 2 else 1) / (len(labels) * decay)
    theirs = LogisticRegression(C=strength, tol=1e-9, max_iter=10_000)
    theirs.fit(features.astype(np.float64), labels)
    np.testing.assert_allclose(head.probabilities(features), theirs.predict_proba(features), atol=2e-5)
    if classes > 2:
        np.testing.assert_allclose(head.weight, theirs.coef_, atol=2e-4)
        np.testing.assert_allclose(head.bias, theirs.intercept_, atol=2e-4)


def test_the_head_is_the_same_to_the_last_bit_each_time_and_a_minimum() -> None:
    features, labels = blobs(5, 12)
    one, other = (solve_head(features, labels, 5, 0.01) for _ in range(2))
    assert (one.weight == other.weight).all()
    assert (one.bias == other.bias).all()
    # By autograd: the gradient of the loss it says it makes least.
    weight = torch.tensor(one.weight, requires_grad=True)
    bias = torch.tensor(one.bias, requires_grad=True)
    logits = torch.from_numpy(features).double() @ weight.T + bias
    loss = nn.functional.cross_entropy(logits, torch.from_numpy(labels)) + 0.005 * weight.square().sum()
    loss.backward()
    for gradient in (weight.grad, bias.grad):
        assert gradient is not None
        assert float(gradient.abs().max()) < 1e-7


def test_pictures_that_are_all_alike_give_a_head_that_knows_their_numbers_alone() -> None:
    head = solve_head(np.ones((4, 8), np.float32), np.array([0, 0, 0, 1]), 2)
    np.testing.assert_allclose(head.weight, 0, atol=1e-9)
    np.testing.assert_allclose(head.probabilities(np.ones((1, 8))), [[0.75, 0.25]], atol=1e-6)


@pytest.mark.parametrize(("labels", "classes"), [([0, 0], 1), ([0, 0], 2), ([0, 2], 3), ([0, 1, 2], 2)])
def test_a_head_without_two_classes_that_have_pictures_is_refused(labels: list[int], classes: int) -> None:
    with pytest.raises(ValueError, match="two classes, each with a picture"):
        solve_head(np.ones((len(labels), 3)), np.array(labels), classes)


def test_the_sum_of_an_activation_map_is_the_logit_minus_the_bias(backbone: Backbone) -> None:
    pictures = [photograph(name) for name in photographs()]
    head = solve_head(compute_features(backbone, pictures), np.array([0, 1, 2, 0, 1, 2]), 3)
    for picture in pictures:
        maps = compute_maps(backbone, picture)
        heat = activation_maps(maps, head)
        assert heat.shape == (3, 5, 5)
        logits = head.logits(pool(maps)[None])[0]
        np.testing.assert_allclose(heat.sum(axis=(1, 2)), logits - head.bias, rtol=0, atol=1e-12)


def test_an_activation_map_worked_out_by_hand() -> None:
    maps = np.array([[[1.0, 0.0], [0.0, 3.0]], [[0.0, 2.0], [0.0, 0.0]]])
    head = Head(np.array([[1.0, -1.0]]), np.array([5.0]))
    assert activation_maps(maps, head).tolist() == [[[0.25, -0.5], [0.0, 0.75]]]
    assert head.logits(pool(maps)[None]).tolist() == [[5.5]]


LABELS = np.repeat([0, 1, 2], [12, 12, 3])
BURSTS = np.array([0] * 4 + [1] * 4 + [2] * 4 + [3] * 10 + [4] * 2 + [5] * 3)


@pytest.mark.parametrize("seed", range(8))
def test_no_burst_is_both_learned_from_and_tested(seed: int) -> None:
    split = hold_out_bursts(LABELS, BURSTS, seed)
    assert sorted([*split.learned, *split.tested]) == [*range(27)]
    assert {*BURSTS[split.learned]}.isdisjoint(BURSTS[split.tested])
    assert {*LABELS[split.learned]} == {0, 1, 2}
    # One burst of four is more than 15 % of twelve; the third class has a single burst.
    counts = Counter(LABELS[split.tested].tolist())
    assert counts[0] == 4
    assert counts[1] in (2, 10)
    assert counts[2] == 0


@pytest.mark.parametrize("seed", range(8))
def test_at_random_bursts_are_torn_apart(seed: int) -> None:
    split = hold_out_at_random(LABELS, seed)
    assert sorted([*split.learned, *split.tested]) == [*range(27)]
    assert Counter(LABELS[split.tested].tolist()) == {0: 2, 1: 2, 2: 1}
    assert not {*BURSTS[split.learned]}.isdisjoint(BURSTS[split.tested])


@pytest.mark.parametrize(
    "split", [lambda labels: hold_out_bursts(labels, labels), lambda labels: hold_out_at_random(labels)]
)
def test_a_class_of_one_picture_is_learned_from(split: Callable) -> None:
    assert split(np.array([0, 1])).tested.tolist() == []


def test_near_copies_flatter_a_random_test() -> None:
    # Every burst shows a new thing, near nothing else of its class; its pictures are near copies.
    generator = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2, 3], 20)
    bursts = np.repeat(np.arange(16), 5)
    things = generator.normal(size=(16, 60))
    features = things[bursts] + 0.05 * generator.normal(size=(80, 60))
    honest = measure_accuracy(features, labels, lambda draw: hold_out_bursts(labels, bursts, draw))
    flattering = measure_accuracy(features, labels, lambda draw: hold_out_at_random(labels, draw))
    assert flattering.share == 1.0
    assert honest.share < 0.5
    assert (honest.tested, flattering.tested) == (5 * 20, 5 * 12)
    assert honest.right == round(float(honest.by_draw.sum()) * 20)
    assert honest.untested == ()


def test_a_class_that_could_not_be_tested_is_named() -> None:
    features, labels = blobs(3, 4)
    bursts = np.array([0, 0, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4])
    found = measure_accuracy(features, labels, lambda draw: hold_out_bursts(labels, bursts, draw))
    assert found.untested == (1,)
    single = measure_accuracy(features, labels, lambda draw: hold_out_bursts(labels, labels, draw))
    assert np.isnan(single.share)
    assert single.untested == (0, 1, 2)


def test_the_nearest_come_first_and_a_vector_is_not_its_own_neighbour() -> None:
    vectors = np.array([[0.0, 0.0], [3.0, 4.0], [1.0, 0.0], [0.0, 0.0], [0.0, 2.0]])
    places, distances = find_nearest(vectors, 0, 3)
    assert places.tolist() == [3, 2, 4]
    assert distances.tolist() == [0.0, 1.0, 2.0]
    assert [part.tolist() for part in find_nearest(vectors[:1], 0)] == [[], []]


def test_pixels_of_small_copies() -> None:
    half = np.zeros((64, 64, 3), np.uint8)
    half[:, 32:] = (255, 0, 51)
    pixels = compute_pixels([half, np.full((20, 30, 3), 255, np.uint8)], 2).reshape(2, 2, 2, 3)
    assert (pixels[1] == 1).all()
    np.testing.assert_allclose(pixels[0, :, 1] > 0.1, [[True, False, True]] * 2)
    assert compute_pixels([]).shape[0] == 0


def test_the_plane_is_that_of_pca() -> None:
    vectors, _ = blobs(3, 10)
    points, share = project_on_plane(vectors)
    theirs = PCA(2).fit(vectors.astype(np.float64))
    assert share == pytest.approx(theirs.explained_variance_ratio_.sum(), rel=1e-6)
    np.testing.assert_allclose(np.abs(points), np.abs(theirs.transform(vectors)), rtol=1e-4, atol=1e-5)
    alone, _ = project_on_plane(vectors[:1])
    assert alone.tolist() == [[0.0, 0.0]]


def test_cka_sees_no_rotation_or_scale_and_nothing_in_noise() -> None:
    generator = np.random.default_rng(0)
    values = generator.normal(size=(40, 6))
    rotation, _ = np.linalg.qr(generator.normal(size=(6, 6)))
    assert linear_cka(values, 3 * values @ rotation + 5) == pytest.approx(1.0)
    # By hand: centred x = (−1, 0, 1), y = (1, −2, 1), which are orthogonal.
    assert linear_cka(np.array([[0.0], [1.0], [2.0]]), np.array([[1.0], [-2.0], [1.0]])) == pytest.approx(0)
    assert np.isnan(linear_cka(values, np.ones((40, 2))))
    other = generator.normal(size=(40, 9))
    covariance = (values - values.mean(0)).T @ (other - other.mean(0))
    own, theirs = (np.cov(part.T) * 39 for part in (values, other))
    expected = (covariance**2).sum() / np.linalg.norm(own) / np.linalg.norm(theirs)
    assert linear_cka(values, other) == pytest.approx(expected)


def test_changes_of_weights_and_of_layers_are_those_that_were_made() -> None:
    torch.manual_seed(0)
    before, after = SimpleCNN(10).eval(), SimpleCNN(5).eval()
    state = {name: tensor for name, tensor in before.state_dict().items() if "fc_layers.4" not in name}
    after.load_state_dict(state, strict=False)
    with torch.no_grad():
        after.get_parameter("conv_layers.3.weight").mul_(-0.5)
    changes = measure_weight_changes(before.state_dict(), after.state_dict())
    assert changes == pytest.approx(
        {"conv_layers.0": 0, "conv_layers.3": 1.5, "conv_layers.6": 0, "fc_layers.1": 0}
    )
    alike = compare_layers(before, after, torch.randn(12, 1, 28, 28))
    assert list(alike)[:4] == ["input", "conv_layers.0", "conv_layers.1", "conv_layers.2"]
    assert alike["conv_layers.2"] == pytest.approx(1.0)
    assert alike["conv_layers.3"] == pytest.approx(1.0)  # a negative, as a scale, is no change to CKA
    assert 0 < alike["conv_layers.4"] < 0.999
