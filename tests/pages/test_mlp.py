"""The page of the MLP lab, without a browser."""

import numpy as np
import pytest

from dlviz.training.runs.service import Service
from dlviz.ui.labs.mlp.state import PANELS
from dlviz.ui.runs import live_run, opening
from tests.kept_runs import kept
from tests.packed import messages
from tests.pages.cnn_lab import draw, drawn_one, query, said
from tests.pages.conftest import Open


def test_without_a_digit_the_weights_wait(opened: Open) -> None:
    app = opened("mlp")
    ((header, arrays),) = messages(app, "hidden_layer")
    assert header["empty"]
    assert arrays["weights"].shape == (128, 28, 28)
    assert [title.value for title in app.subheader] == ["Draw a digit, and see which units it lights."]
    assert query(app) == ""


def test_a_drawing_lights_units_and_a_click_chooses_one(opened: Open) -> None:
    app = draw(opened("mlp"), drawn_one(), lab="mlp")
    assert said(app)[0] == "1"
    app.session_state["mlp.units"] = {"unit": [17, 1]}
    app.run()
    ((header, arrays),) = messages(app, "hidden_layer")
    assert header["selected"] == 17
    assert "unit=17" in query(app)
    assert any(text.value.startswith("**Unit 17:**") for text in app.markdown)
    app.session_state["mlp.units"] = {"unit": [17, 1], "answer": [4, 2]}
    app.run()
    assert "answer=4" in query(app)
    assert any(text.value.startswith("The logit of **4** is ") for text in app.markdown)
    assert (arrays["activations"] > 0).any()


def test_a_unit_is_switched_off_by_its_button(opened: Open) -> None:
    app = opened("mlp", sample="0", panel="off", unit="17")
    (button,) = [each for each in app.button if each.label == "Switch unit 17 off"]
    button.click().run()
    ((header, arrays),) = messages(app, "hidden_layer")
    assert header["off"] == [17]
    assert arrays["activations"][17] == 0
    assert header["untouched"] != arrays["logits"].tolist()
    assert "off=1%3A17" in query(app)


def test_the_moved_drawing_is_shown_up_to_the_distance_chosen(opened: Open) -> None:
    app = opened("mlp", sample="0", panel="shift", shift="3")
    ((header, arrays),) = messages(app, "gallery")
    assert len(header["items"]) == 4
    assert all("MLP: " in item["caption"] and "CNN: " in item["caption"] for item in header["items"])
    np.testing.assert_array_equal(arrays["pictures"][3, :, 3:], arrays["pictures"][0, :, :-3])


@pytest.mark.parametrize("panel", PANELS)
def test_every_panel_opens_with_a_runs_network(opened: Open, runs: Service, panel: str) -> None:
    names = ["*A*", "<b>B</b>", "C", "a$b$", "[x](http://y)"]
    run = kept(runs.store, "MLP", names, "drawings", hidden_size=12, depth=2, batch_norm=True)
    app = opened("mlp", run=run, weights="run", sample="0", panel=panel, off="1:0", layer="2")
    assert not app.error
    ((header, arrays),) = messages(app, "hidden_layer")
    assert header["classes"] == names
    assert arrays["weights"].shape == (12, 3, 4)
    found = live_run.watch(run)
    found.history()
    assert opening.labs(found) == ["mlp"]


def test_a_network_for_photographs_is_refused_in_a_sentence_and_not_offered(
    opened: Open, runs: Service
) -> None:
    run = kept(runs.store, "MLP", task="cifar10", input_size=3 * 32 * 32)
    found = live_run.watch(run)
    found.history()
    assert opening.labs(found) == []
    app = opened("mlp", run=run, weights="run", sample="0")
    assert [error.value for error in app.error] == [
        "This run’s network reads pictures in colour of 3,072 numbers; this lab’s drawings have 784."
    ]
    app.button_group(key="mlp.weights").set_value("trained").run()
    assert not app.error
    assert said(app)[0] == "7"


def test_what_a_link_holds_wrongly_is_left_out_with_a_notice(opened: Open) -> None:
    app = opened("mlp", unit="-3", off="1:x")
    (notice,) = app.info
    assert notice.value == "Part of the link was not understood and is left out: unit, off."
