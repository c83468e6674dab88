"""The Depth lab's views Layer by layer and Too deep: their numbers and sentences, without a page."""

from __future__ import annotations

import re
import threading

import numpy as np
import pytest
import torch

from dlviz.data.digits import normalise
from dlviz.probes import LayerProbe, name_layers, read_layers
from dlviz.ui.fields import codecs
from dlviz.ui.labs.depth.hierarchy import captions as layer_captions
from dlviz.ui.labs.depth.hierarchy.forward import NEIGHBOURS, forward
from dlviz.ui.labs.depth.hierarchy.networks import Measurement, find_measurement
from dlviz.ui.labs.depth.hierarchy.questions import notebook_snippet as layers_snippet
from dlviz.ui.labs.depth.hierarchy.state import HierarchyFields
from dlviz.ui.labs.depth.state import State
from dlviz.ui.labs.depth.too_deep import captions
from dlviz.ui.labs.depth.too_deep.forward import learned_points, make_towers, thin_steps, vanishing
from dlviz.ui.labs.depth.too_deep.pictures import middle_and_range
from dlviz.ui.labs.depth.too_deep.questions import notebook_snippet
from dlviz.ui.labs.depth.too_deep.state import KIND_TITLES, TooDeepFields


@pytest.fixture(scope="module")
def measured() -> Measurement:
    found = find_measurement("mlp")
    while not found.is_done:
        found.go_on()
    return found


def test_neighbours_are_the_nearest_by_each_layer(measured: Measurement):
    images, _ = measured.reader.read_split("test")
    pixels = images[3].numpy() / np.float32(255)
    passed = forward(measured, pixels)
    network = measured.trained.network
    layers = name_layers(network)
    read = read_layers(network, normalise(torch.from_numpy(measured.pictures)), layers)
    own = read_layers(network, normalise(images[3:4]), layers)
    assert [near.layer for near in passed.neighbours] == ["pixels", "hidden 1"]
    for near in passed.neighbours:
        distances = (read[near.layer] - own[near.layer]).norm(dim=1)
        nearest = distances.sort()[0][:NEIGHBOURS]
        assert near.distances.tolist() == pytest.approx(nearest.tolist(), rel=2e-3)
        assert near.labels.tolist() == measured.labels[distances.argsort()[:NEIGHBOURS]].tolist()
    assert passed.answer == int(network(normalise(images[3:4])).argmax())


def test_another_learner_waits_without_measuring(measured: Measurement):
    fresh = Measurement(
        measured.reader, measured.trained, measured.random, measured.pictures, measured.labels
    )
    with fresh.lock:
        waiting = threading.Thread(target=fresh.go_on)
        waiting.start()
        waiting.join(5)
    assert not waiting.is_alive()


def _answers(right: int) -> np.ndarray:
    return np.arange(100) < right


@pytest.mark.parametrize(("right", "verdict"), [(60, "better"), (52, "same"), (50, "same"), (40, "worse")])
def test_answers_are_judged_by_the_sign_test(right: int, verdict: str):
    # With 10 pictures that only one of two gets right, luck favours the same one once in 512.
    assert layer_captions.judge(_answers(right), _answers(50)) == verdict


def test_guess_is_judged_by_what_was_measured(measured: Measurement):
    assert layer_captions.compare_random(measured)[0] == "worse"


def test_rows_hold_what_is_measured(measured: Measurement):
    rows = layer_captions.rows(measured)
    found = measured.trained.found[1]
    assert [row["Layer"] for row in rows] == ["pixels", "hidden 1", "logits"]
    assert rows[1]["Probe, trained"] == f"{100 * found.right.mean():.1f} %"
    assert rows[1]["Nearest, trained"] == f"{100 * found.nearest_right.mean():.1f} %"


def test_climb_names_each_layer_once(measured: Measurement):
    sentence = layer_captions.describe_climb(measured)
    assert sentence.count("hidden 1") == sentence.count("logits") == 1


def test_shares_of_a_layer_that_is_not_measured_are_left_out(measured: Measurement):
    class Begun:
        trained = measured.trained
        random = type("Begun", (), {"found": list[LayerProbe]()})

    assert layer_captions.rows(Begun)[0]["Probe, random"] == "–"  # type: ignore[arg-type]


def test_snippet_of_the_layers_prints_the_shares(measured: Measurement, capsys: pytest.CaptureFixture[str]):
    exec(layers_snippet(measured), {})
    lines = capsys.readouterr().out.splitlines()
    found = measured.trained.found
    assert lines == [
        f"{each.layer:10} {each.right.mean():.1%} {each.nearest_right.mean():.1%}" for each in found
    ]


def test_snippet_of_the_towers_prints_the_losses(capsys: pytest.CaptureFixture[str]):
    state = State(tower_layers=3, tower_steps=2)
    exec(notebook_snippet(state), {})
    towers, points = make_towers(state), learned_points(state)
    for _ in range(2):
        towers.step(points)
    printed = [line for line in capsys.readouterr().out.splitlines() if "loss" in line]
    assert [float(line.split()[2]) for line in printed] == pytest.approx(towers.losses[-1].mean(1), rel=1e-6)


def test_vanishing_is_the_middle_ratio_of_last_to_first():
    norms = np.array([[1.0, 5.0, 10.0], [2.0, 5.0, 10.0], [1e-3, 5.0, 10.0]])
    assert vanishing(norms) == pytest.approx(10)
    assert vanishing(np.array([[0.0, 1.0]])) == float("inf")
    assert captions.name_ratio(norms[1:2])[0] == "alike"
    assert captions.name_ratio(norms)[0] == "thousand"
    assert captions.name_ratio(np.array([[0.0, 1.0]]))[0] == "million"


def test_factors_have_two_digits():
    factors = {1.26: "1.3 times", 64.2: "64 times", 638: "640 times", 23_600: "24,000 times"}
    assert {each: captions.write_factor(each) for each in factors} == factors
    assert captions.write_factor(2.94e7).startswith("2.9")


@pytest.mark.parametrize(
    ("ratio", "said"),
    [
        (1.04, "about the same in the first layer as in the last"),
        (0.97, "about the same in the first layer as in the last"),
        (640.0, "640 times smaller in the first layer than in the last"),
        (0.5, "2 times larger in the first layer than in the last"),
        (float("inf"), "the first layer’s is 0"),
    ],
)
def test_gradients_of_first_and_last_layer_are_compared(ratio: float, said: str):
    assert captions.compare_ends(ratio) == said


def test_steps_of_a_line_are_few_and_hold_both_ends():
    assert thin_steps(0).tolist() == []
    assert thin_steps(1).tolist() == [0]
    assert thin_steps(5).tolist() == [0, 1, 2, 3, 4]
    many = thin_steps(2000)
    assert (many[0], many[-1]) == (0, 1999)
    assert len(many) <= 300


def test_band_leaves_out_seeds_that_diverged():
    values = np.array([[1.0, np.nan, 3.0], [5.0, np.inf, np.nan], [3.0, np.nan, 4.0]])
    middle, low, high = middle_and_range(values)
    assert np.array_equal(middle, [3, np.nan, 3.5], equal_nan=True)
    assert np.array_equal(low, [1, np.nan, 3], equal_nan=True)
    assert np.array_equal(high, [5, np.nan, 4], equal_nan=True)


def test_verdict_tells_what_diverged_and_what_only_guesses():
    state = State(tower_first="he", tower_layers=20)
    towers, points = make_towers(state), learned_points(state)
    for _ in range(20):
        towers.step(points)
    sentence = captions.verdict(towers)
    assert f"**{KIND_TITLES['skip']}** has diverged in 5 of 5 networks" in sentence
    assert "no better than a guess" in captions.describe_loss(np.array([0.69, 0.7]))
    assert "no better than a guess" not in captions.describe_loss(np.array([0.5, 0.7]))
    assert "worse than a guess" in captions.describe_loss(np.array([4.5, 10.8]))


def test_no_kind_is_ahead_before_one_has_learned():
    state = State(tower_layers=20)
    towers, points = make_towers(state), learned_points(state)
    towers.step(points)  # its losses are those before the first step
    assert "did better" not in captions.verdict(towers)
    for _ in range(100):
        towers.step(points)
    assert "did better" in captions.verdict(towers)


@pytest.mark.parametrize(
    ("fields", "name", "text"),
    [
        (HierarchyFields, "reader", "bert"),
        (HierarchyFields, "garment", "2000"),
        (HierarchyFields, "guess_random", "<b>"),
        (TooDeepFields, "tower_layers", "41"),
        (TooDeepFields, "tower_steps", "999999999"),
        (TooDeepFields, "tower_rate", "1e300"),
        (TooDeepFields, "tower_first", "__init__"),
        (TooDeepFields, "guess_ratio", "nan"),
    ],
)
def test_values_that_are_not_offered_are_refused(fields: type, name: str, text: str):
    with pytest.raises(ValueError, match=re.escape(text)):
        codecs(fields)[name].read(text)
