"""Start page: its map as it goes to the browser, the labs' pictures, and the way from lab to lab."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dlviz import weights
from dlviz.data import mnist
from dlviz.data.digits import normalise
from dlviz.figures.theme import colour
from dlviz.trace import trace
from dlviz.ui import home_cards, home_pictures, lesson
from dlviz.ui.labs import LABS, Entry
from dlviz.ui.lesson_map.view import KEY
from dlviz.ui.server import model_cache
from tests.packed import messages
from tests.pages.conftest import Open


def test_the_map_has_every_lab_with_its_question_and_its_picture(opened: Open) -> None:
    ((told, _),) = messages(opened(), "lesson_map")
    assert [lab["name"] for lab in told["labs"]] == [lab.name for lab in LABS]
    assert [lab["title"] for lab in told["labs"]] == [lesson.read(lab.name).title for lab in LABS]
    assert [lab["question"] for lab in told["labs"]] == [lesson.read(lab.name).question for lab in LABS]
    marks = [place["link"]["mark"] for track in told["tracks"] for place in track["places"]]
    assert {*marks} == {lab.name for lab in LABS}


def test_a_link_of_the_map_opens_its_situation_within_the_visit(opened: Open) -> None:
    app = opened()
    app.session_state[KEY] = {"open": ["rnn?networks=lstm", 1]}
    app.run()
    assert app.header[0].value == lesson.read("rnn").question
    assert app.session_state["rnn.networks"] == "lstm"


@pytest.mark.parametrize("report", [["https://example.org", 1], ["home", 2], [3, 3], "cnn", ["cnn"], None])
def test_a_report_that_is_no_link_of_the_map_opens_nothing(opened: Open, report: object) -> None:
    app = opened()
    app.session_state[KEY] = {"open": report}
    assert app.run().header[0].value == "See deep learning"


@pytest.mark.parametrize(
    ("lab", "following"),
    [
        ("convolution", "cnn"),
        ("bert", "training"),
        ("transfer", "finetune"),
        ("finetune", "depth"),
        ("landscape", "race"),
        ("race", ""),
    ],
)
def test_at_a_labs_end_is_the_way_to_the_next(opened: Open, lab: str, following: str) -> None:
    link = opened(lab).get("page_link")[-1].proto
    assert link.page == following
    title = {each.name: f"Next lab: {each.title}" for each in LABS}.get(following, "All labs")
    assert link.label == f"**{title}**"


@pytest.fixture
def browser() -> TestClient:
    return TestClient(Starlette(routes=[home_pictures.PICTURES_ROUTE]))


@pytest.mark.parametrize("base", ["/", "/some/where/"])
def test_a_labs_picture_is_made_when_it_is_asked_for(browser: TestClient, base: str) -> None:
    answer = browser.get(base + home_pictures.picture_address("convolution"))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert answer.content == home_pictures.make_picture("convolution")


@pytest.mark.parametrize("path", ["", "nothing.png", "cnn", "../app.png", "%2e%2e/cnn.png"])
def test_no_other_picture_has_an_address(browser: TestClient, path: str) -> None:
    assert browser.get(f"/{home_pictures.FOLDER}/{path}").status_code == 404


def test_a_picture_without_its_weights_is_refused_and_the_log_says_why(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(weights, "load", partial(weights.load, folder=tmp_path))
    monkeypatch.setattr(model_cache, "_trained", model_cache._trained.__wrapped__)
    monkeypatch.setattr(home_pictures, "_png", home_pictures._png.__wrapped__)
    home_cards.feature_maps.cache_clear()
    answer = browser.get("/" + home_pictures.picture_address("cnn"))
    assert (answer.status_code, answer.text) == (404, "This picture could not be made.")
    assert "simple_cnn.safetensors is missing" in caplog.text


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.name)
def test_every_lab_has_a_picture_that_is_made_once(lab: Entry) -> None:
    picture = lab.picture()
    assert (picture.dtype, picture.shape[2]) == (np.uint8, 3)
    assert lab.picture() is picture


def test_the_cnn_cards_picture_is_made_of_the_networks_own_maps() -> None:
    image = mnist.digits("test")[0][home_cards.SAMPLE]
    _, record = trace(weights.load("simple_cnn"), normalise(image[None]))
    first = record["conv_layers.1"][0]
    limit = first[:27].max()
    picture = home_cards.feature_maps()
    # Each value is a square of five pixels, and the first map stands in the corner.
    expected = colour(first[0], "sequential", limit).repeat(5, axis=0).repeat(5, axis=1)
    np.testing.assert_array_equal(picture[:140, :140], expected)
