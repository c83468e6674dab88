"""The views Layer by layer and Too deep of the Depth lab, without a browser."""

import pytest

from dlviz.data.mnist import MissingData
from dlviz.ui.labs.depth.hierarchy import view
from dlviz.ui.labs.depth.hierarchy.networks import find_measurement
from tests.packed import messages
from tests.pages.cnn_lab import draw, drawn_one, query
from tests.pages.conftest import Open


def test_layers_are_read_after_a_press_and_stay_in_the_link(opened: Open) -> None:
    app = opened("depth", view="layers", reader="mlp")
    assert not messages(app, "series")
    (button,) = [each for each in app.button if each.label == "Read every layer"]
    button.click().run()
    while not find_measurement("mlp").is_done:
        app.run()
    app.run()
    assert "layers_read=on" in query(app)
    ((header, arrays),) = messages(app, "series")
    assert header["names"] == ["pixels", "hidden 1", "logits"]
    assert arrays["0.y"].tolist()[1] > arrays["1.y"].tolist()[1]
    galleries = messages(app, "gallery")
    assert [len(header["items"]) for header, _ in galleries] == [6, 6]


def test_neighbours_follow_the_drawing_and_the_link_holds_it(opened: Open) -> None:
    while not find_measurement("mlp").is_done:
        find_measurement("mlp").go_on()
    app = opened("depth", view="layers", reader="mlp", layers_read="on")
    before = [arrays["pictures"] for _, arrays in messages(app, "gallery")]
    app = draw(app, drawn_one(), seen="1.63.", lab="depth")
    after = [arrays["pictures"] for _, arrays in messages(app, "gallery")]
    assert len(before) == len(after) == 2
    assert (before[0] != after[0]).any()
    assert {item["caption"][0] for item in messages(app, "gallery")[1][0]["items"]} == {"1"}
    assert "digit=" in query(app)
    assert "sample=-1" in query(app)


def test_a_link_opens_networks_that_have_learned_as_far(opened: Open) -> None:
    app = opened("depth", view="deep", tower_steps="3", tower_layers="2", guess_ratio="alike")
    for _ in range(10):
        if any(text.value.startswith("After 3 steps") for text in app.markdown):
            break
        app.run()
    (_, gradients), (_, losses) = messages(app, "series")
    assert gradients["0.x"].tolist() == [1, 2, 3]
    assert losses["0.x"].tolist() == [1, 2, 3]
    (step,) = [each for each in app.button if each.label == "Step"]
    step.click().run()
    assert "tower_steps=4" in query(app)
    assert messages(app, "series")[1][1]["0.x"].tolist() == [1, 2, 3, 4]


def test_a_pause_keeps_what_was_learned(opened: Open) -> None:
    app = opened("depth", view="deep", tower_layers="2")
    (play,) = [each for each in app.button if each.label == "Play"]
    play.click().run()
    (pause,) = [each for each in app.button if each.label == "Pause"]
    pause.click().run()
    taken = len(messages(app, "series")[1][1]["0.x"])
    assert taken > 0
    assert f"tower_steps={taken}" in query(app)
    (again,) = [each for each in app.button if each.label == "Start again"]
    again.click().run()
    assert "tower_steps" not in query(app)
    assert not messages(app, "series")


def test_networks_pause_where_they_stand_while_another_view_is_shown(opened: Open) -> None:
    app = opened("depth", view="deep", tower_layers="2")
    next(each for each in app.button if each.label == "Play").click().run()
    taken = app.session_state["depth.tower_steps"]
    app.segmented_control(key="depth.view").set_value("budget").run()
    app.segmented_control(key="depth.view").set_value("deep").run()
    assert [each.label for each in app.button if "lay" in each.label] == ["Play"]
    assert app.session_state["depth.tower_steps"] == taken > 0


def test_missing_pictures_are_said_and_the_rest_stays(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise MissingData("MNIST is not here.")

    monkeypatch.setattr(view, "find_measurement", fail)
    app = opened("depth", view="layers", layers_read="on")
    assert [error.value for error in app.error] == ["MNIST is not here."]
    assert [each.label for each in app.expander] == ["What the words mean"]
