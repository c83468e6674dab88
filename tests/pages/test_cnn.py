from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from dlviz import weights
from dlviz.data import digits
from dlviz.trace import trace
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from tests.packed import messages
from tests.pages.cnn_lab import SEVEN, TRAINED, answer, draw, drawn_one, probabilities, query, said
from tests.pages.conftest import Open


def test_without_a_digit_there_is_an_invitation_and_no_prediction(opened: Open) -> None:
    app = opened("cnn")
    assert said(app) == []
    assert [title.value for title in app.subheader] == ["Draw a digit, and everything below comes alive."]
    ((header, arrays),) = messages(app, "wall")
    assert header["empty"]
    assert header["alt"].startswith("The network, waiting for a digit: conv 1")
    assert not any(array.any() for array in arrays.values())
    assert "NaN" not in str(app.main)
    assert query(app) == ""


def test_a_test_digit_is_recognised_with_the_plain_networks_probability(opened: Open) -> None:
    app = opened("cnn", sample="0")
    assert said(app) == answer(probabilities())
    assert said(app)[0] == "7"
    assert any("Trained on MNIST: 9,959 of 10,000" in caption.value for caption in app.caption)


def test_a_drawn_digit_is_prepared_as_mnist_was_and_recognised(opened: Open) -> None:
    app = draw(opened("cnn"), drawn_one())
    pixels = digits.prepare(drawn_one())
    assert said(app) == answer(probabilities(digits.normalise(torch.from_numpy(pixels)[None])))
    assert said(app)[0] == "1"
    ((_, arrays),) = messages(app, "wall")
    np.testing.assert_array_equal(arrays["input"][0], pixels.astype(np.float16))
    assert query(app) == f"digit={digits.to_text(pixels)}"


def test_a_stroke_in_progress_is_answered_but_not_yet_in_the_address(opened: Open) -> None:
    app = draw(opened("cnn"), drawn_one(), final=False)
    assert said(app)[0] == "1"
    assert query(app) == ""


def test_clearing_the_paper_brings_the_invitation_back(opened: Open) -> None:
    app = draw(draw(opened("cnn"), drawn_one()), np.zeros((168, 168), np.uint8))
    assert said(app) == []
    assert len(app.subheader) == 1


def test_a_click_on_the_wall_selects_a_unit_once(opened: Open) -> None:
    app = opened("cnn", sample="0")
    app.session_state["cnn.wall.0"] = {"selection": ["conv_layers.7", 100, 3, 2, 1]}
    assert "select=conv_layers.7%3A100%3A3%3A2" in query(app.run())
    ((header, _),) = messages(app, "wall")
    assert header["selected"] == {"stage": "conv_layers.7", "channel": 100, "row": 3, "col": 2}
    app.session_state["cnn.wall.0"] = {"selection": ["conv_layers.7", 999, 3, 2, 2]}
    assert "select=conv_layers.7%3A100%3A3%3A2" in query(app.run())


@pytest.mark.parametrize("before", ["conv_layers.3:7:6:6", "conv_layers.7:100:3:2"])
def test_a_click_on_either_wall_looks_into_the_network_of_that_wall(opened: Open, before: str) -> None:
    app = opened("cnn", sample="0", weights="both", seed="5", select=before)
    networks = [TRAINED, weights.build("SimpleCNN", {}, 5)]
    for wall in (1, 0):
        app.session_state[f"cnn.wall.{wall}"] = {"selection": ["conv_layers.7", 100, 3, 2, wall]}
        app.run()
        ((header, arrays),) = messages(app, "unit")
        assert header["selection"] == ["conv_layers.7", 100, 3, 2]
        _, record = trace(networks[wall], SEVEN)
        # The last square of the picture is the unit's own map.
        last = f"square.{len(header['squares']) - 1}"
        np.testing.assert_array_equal(arrays[last], record["conv_layers.7"][0, 100])


def test_trained_and_random_weights_stand_side_by_side_on_the_same_digit(opened: Open) -> None:
    app = opened("cnn", sample="0", weights="both", seed="5")
    random = weights.build("SimpleCNN", {}, 5)
    assert said(app) == answer(probabilities()) + answer(probabilities(model=random))
    (_, trained), (_, untrained) = messages(app, "wall")
    np.testing.assert_array_equal(trained["input"], untrained["input"])
    expected = trace(random, SEVEN)[1]["conv_layers.0"][0]
    np.testing.assert_array_equal(untrained["conv_layers.0"], expected.astype(np.float16))


def test_weights_and_scaling_are_chosen_by_their_switches(opened: Open) -> None:
    app = opened("cnn", sample="0")
    assert not [box for box in app.number_input if box.label == "Seed"]
    app.button_group(key="cnn.weights").set_value("random").run()
    app.number_input(key="cnn.seed").set_value(9).run()
    app.button_group(key="cnn.scaling").set_value("all").run()
    ((header, _),) = messages(app, "wall")
    assert header["scaling"] == "all"
    assert query(app) == "sample=0&scaling=all&seed=9&weights=random"


def test_without_a_trained_network_the_lab_says_which_file_is_missing(
    opened: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(weights, "load", partial(weights.load, folder=tmp_path))
    # The networks that are loaded already are put aside, not forgotten.
    monkeypatch.setattr(model_cache, "_trained", model_cache._trained.__wrapped__)
    app = opened("cnn", sample="0")
    (problem,) = app.error
    assert problem.value == (
        plain("The weights file simple_cnn.safetensors is missing: restore it from the project's repository.")
    )
    assert said(app) == []
    app.button_group(key="cnn.weights").set_value("random").run()
    assert said(app) == answer(probabilities(model=weights.build("SimpleCNN", {}, 0)))
    assert not app.error
