"""The CNN lab's dreams: what is dreamed of, work that goes on in slices, the question, and what is said."""

from pathlib import Path

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from dlviz import extremes, weights
from dlviz.data.digits import normalise
from dlviz.data.mnist import digits
from dlviz.dream import Target
from dlviz.trace import trace
from dlviz.ui.components.unit.selection import Selection
from dlviz.ui.growing_dreams import Dreaming
from dlviz.ui.labs.cnn import captions, dreams
from dlviz.ui.labs.cnn.dreaming import begin, choose_target, find_search, seen_part, weighted_stages
from dlviz.ui.labs.cnn.forward import forward
from dlviz.ui.labs.cnn.guessing import ROUND, SCORES, Pair, count_right, draw_pair, main_question
from dlviz.ui.labs.cnn.networks import load_network
from dlviz.ui.labs.cnn.state import State
from dlviz.ui.prediction import Kept

TRAINED, NORMED = weights.load("simple_cnn"), weights.load("simple_cnn_batch_norm")
PICTURES = digits("test")[0][:120].numpy()


@pytest.fixture(autouse=True)
def _folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(extremes, "FOLDER", tmp_path)


@pytest.mark.parametrize(
    ("unit", "target"),
    [
        ("conv_layers.3:7:6:5", Target("conv_layers.3", 7, (6, 5))),
        ("conv_layers.4:7:6:5", Target("conv_layers.3", 7, (6, 5))),
        ("conv_layers.5:7:6:5", Target("conv_layers.3", 7, (12, 10))),
        ("conv_layers.8:9:2:1", Target("conv_layers.6", 9, (4, 2))),
        ("fc_layers.1:17", Target("fc_layers.1", 17)),
        ("fc_layers.3:17", Target("fc_layers.1", 17)),
        ("fc_layers.4:7", Target("fc_layers.4", 7)),
    ],
)
def test_a_unit_after_relu_or_pooling_dreams_as_the_one_before(unit: str, target: Target) -> None:
    assert choose_target(TRAINED, Selection.from_text(unit), "unit") == target
    whole = choose_target(TRAINED, Selection.from_text(unit), "map")
    assert whole == Target(target.stage, target.channel)


def test_with_batch_norm_the_norm_is_what_relu_reads() -> None:
    relu = Selection("conv_layers.2", 3, 5, 5)
    assert choose_target(NORMED, relu, "unit") == Target("conv_layers.1", 3, (5, 5))
    titles = [stage.title for stage in weighted_stages(NORMED)]
    assert titles == ["conv 1", "norm 1", "conv 2", "norm 2", "conv 3", "norm 3", "linear", "output"]


def test_the_part_that_is_shown_is_all_that_a_unit_sees() -> None:
    part = seen_part(TRAINED, "conv_layers.6", 3, 3)
    assert part is not None
    assert part.all_rows == part.all_cols == (5, 23)
    assert seen_part(TRAINED, "fc_layers.4", 0, 0) is None
    x = normalise(torch.from_numpy(PICTURES[:1]))
    outside = x.clone()
    outside[..., :5, :], outside[..., 23:, :] = 1.0, 1.0
    before, after = (trace(TRAINED, each)[1]["conv_layers.6"][0, :, 3, 3] for each in (x, outside))
    np.testing.assert_allclose(before, after, atol=1e-5)


def test_dreams_go_on_in_slices_up_to_their_end() -> None:
    dreaming = begin(TRAINED, Target("conv_layers.0", 3, (14, 14)), State(painted="pixels", moved="still"))
    assert (dreaming.now.step, dreaming.done) == (0, False)
    dreaming.go_on(0)
    assert dreaming.now.step == 1
    assert not dreaming.done
    ended = Dreaming(iter([]), dreaming.now)
    ended.go_on(0)
    assert ended.done
    assert ended.now is dreaming.now


def test_a_search_is_shared_and_then_kept_in_a_file() -> None:
    network = weights.load("simple_cnn")
    search = find_search(network, PICTURES)
    search.go_on(0)
    assert search.found
    assert (search.found.seen, search.done) == (100, False)
    assert find_search(network, PICTURES.copy()) is search
    search.go_on(0)
    assert search.done
    search.go_on(0)
    other = find_search(weights.load("simple_cnn"), PICTURES)  # the same weights in another object
    assert other is not search
    assert other.done


def test_the_two_pictures_of_the_question_are_no_examples_and_one_excites_the_map_more() -> None:
    *_, found = extremes.search(TRAINED, PICTURES)
    answers, stages = [], set()
    for number in range(12):
        pair = draw_pair(TRAINED, PICTURES, found, number)
        stage, channel = pair.target.stage, pair.target.channel
        _, record = trace(TRAINED, normalise(torch.from_numpy(PICTURES[list(pair.pictures)])))
        peaks = record[stage][:, channel].max(axis=(1, 2))
        np.testing.assert_allclose(pair.values, peaks, rtol=1e-4, atol=1e-5)
        assert peaks[pair.answer] > peaks[1 - pair.answer]
        shown = {
            *found.most[stage, "place"].pictures[:, channel],
            *found.least[stage, "place"].pictures[:, channel],
        }
        assert shown.isdisjoint(pair.pictures)
        assert found.most[stage, "place"].values[0, channel] > 0
        answers.append(pair.answer)
        stages.add(stage)
    assert {*answers} == {0, 1}
    assert stages == {"conv_layers.3", "conv_layers.6"}
    again = draw_pair(TRAINED, PICTURES, found, 0)
    assert again.target == draw_pair(TRAINED, PICTURES, found, 0).target


@pytest.mark.parametrize(
    ("dreamed", "real", "relu", "said"),
    [
        ([3.0, 6.0], 2.0, True, "the dream goes 3 times as far"),
        ([3.0, 1.0], 4.0, True, "this dream does not get as far"),
        ([3.0, 1.0], -1.0, True, "it is dead, and only the dream wakes it"),
        ([-3.0, -2.0], -1.0, True, "it is dead, and not even the dream wakes it"),
        ([3.0, 1.0], -1.0, False, "the dream goes 4 further"),
        ([2.0, 2.0], 2.0, True, "no dream changes it"),
    ],
)
def test_what_is_said_of_a_dream_follows_from_its_values(
    dreamed: list[float], real: float, relu: bool, said: str
) -> None:
    sentence = captions.beyond("map 5 of conv 3", np.array(dreamed), real, "10,000 test digits", relu)
    assert said in sentence
    assert sentence.startswith("Map 5 of conv 3 reaches")


def test_both_networks_answers_to_the_dream_of_a_digit_are_counted() -> None:
    own = np.eye(10)[[3, 3, 3, 3]]
    other = np.eye(10)[[3, 5, 3, 8]]
    sentence = captions.read_by_both(3, own, other)
    assert "reads 4 of 4 dreams as 3, the surest with > 99.9 %" in sentence
    assert "reads 2 of 4 as 3" in sentence


def test_rounds_count_for_dreams_and_real_pictures_in_turn() -> None:
    assert count_right({}) == {"dreams": (0, 0), "real": (0, 0)}
    assert count_right({0: True, 1: False, 2: False, 5: True}) == {"dreams": (1, 2), "real": (1, 2)}


def _play() -> None:
    """The game alone, among a few pictures."""
    from types import SimpleNamespace
    from typing import Any

    import streamlit as st

    from dlviz.ui.labs.cnn import guessing
    from tests import test_dreams_panel as here

    passed: Any = SimpleNamespace(model=here.NORMED if st.session_state.get("normed") else here.TRAINED)
    examples: Any = SimpleNamespace(pictures=here.PICTURES, origin="test digits")
    found = here.find_search(passed.model, here.PICTURES)
    while not found.done:
        found.go_on()
    nothing = lambda *_: None  # noqa: E731
    guessing.show(passed, examples, found.found, here.State(), nothing, nothing)


def test_another_networks_map_is_asked_about_in_a_round_of_its_own() -> None:
    app = AppTest.from_function(_play, default_timeout=60)
    app.session_state[ROUND] = 1  # from real pictures
    app.run()
    asked, _ = app.session_state["cnn.prediction.dreams.1.asked"]
    app.session_state["cnn.prediction.dreams.1.kept"] = Kept(asked, asked.answer)
    app.run()
    assert app.session_state[SCORES] == {1: True}
    assert app.session_state[ROUND] == 1
    del app.session_state["cnn.prediction.dreams.1.kept"]  # its card is closed
    app.session_state["normed"] = True
    app.run()
    assert not app.exception
    assert app.session_state[ROUND] == 2
    assert app.session_state[SCORES] == {1: True}


def test_scores_name_both_kinds_of_evidence() -> None:
    told = captions.scores({"dreams": (2, 3), "real": (3, 3)})
    assert told == "Right so far: after dreams alone 2 of 3, after real pictures alone 3 of 3."
    assert captions.scores({"dreams": (0, 0), "real": (0, 0)}) == ""


def test_the_picture_that_excites_a_map_more_is_the_answer() -> None:
    asked = main_question(Pair(Target("conv_layers.3", 5, (3, 3)), (8, 9), np.array([1.0, 2.5])), "map 5")
    assert asked.answer == "Right"
    assert asked.because == "The largest value of map 5 is 2.5 on the right one, and 1 on the other."


@pytest.mark.parametrize(
    ("unit", "extent", "name", "relu", "whole"),
    [
        ("conv_layers.3:7:6:5", "unit", "map 7 of conv 2", True, False),
        ("conv_layers.3:7:6:5", "map", "the mean of map 7 of conv 2", True, True),
        ("fc_layers.1:17", "map", "unit 17 of linear", True, False),
        ("fc_layers.4:7", "map", "the logit of 7", False, False),
    ],
)
def test_a_target_has_a_name_and_a_unit_before_relu_may_be_dead(
    unit: str, extent: str, name: str, relu: bool, whole: bool
) -> None:
    target = choose_target(TRAINED, Selection.from_text(unit), extent)
    passed = forward(load_network("trained", State()), PICTURES[0].astype(np.float32) / 255, State())
    assert dreams.name_target(passed, target) == name
    assert dreams.through_relu(TRAINED, target) is relu
    assert dreams.is_whole_map(TRAINED, target) is whole
