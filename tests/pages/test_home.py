from functools import partial
from pathlib import Path

import numpy as np
import pytest

from dlviz import weights
from dlviz.data import mnist
from dlviz.data.digits import normalise
from dlviz.figures.theme import colour
from dlviz.trace import trace
from dlviz.ui import home_cards, home_pictures, lesson
from dlviz.ui.labs import LABS
from dlviz.ui.server import model_cache
from tests.pages.conftest import Open


def test_every_lab_has_a_card_with_its_question_and_a_link(opened: Open) -> None:
    app = opened()
    texts = [lesson.read(card.name) for card in LABS]
    assert [title.value.split(" ", 1)[1] for title in app.subheader] == [text.title for text in texts]
    written = [markdown.value for markdown in app.markdown]
    assert all(text.question in written for text in texts)
    links = [link.proto.page for link in app.get("page_link")]
    assert links == [card.name for card in LABS]


def test_cards_are_in_order_and_named_as_in_the_navigation(opened: Open) -> None:
    app = opened()
    assert [title.value for title in app.subheader] == [f"{lab.icon} {lab.title}" for lab in LABS]
    assert [lesson.read(lab.name).title for lab in LABS] == [lab.title for lab in LABS]
    places = [caption.value for caption in app.caption if caption.value.startswith("Lab ")]
    assert places == [f"Lab {place} of {len(LABS)} · {lab.section}" for place, lab in enumerate(LABS, 1)]
    assert any(f"Start with **{LABS[0].title}**" in markdown.value for markdown in app.markdown)


@pytest.mark.parametrize(
    ("lab", "following"),
    [("convolution", "cnn"), ("bert", "training"), ("transfer", "depth"), ("landscape", "")],
)
def test_at_a_labs_end_is_the_way_to_the_next(opened: Open, lab: str, following: str) -> None:
    link = opened(lab).get("page_link")[-1].proto
    assert link.page == following
    title = {each.name: f"Next lab: {each.title}" for each in LABS}.get(following, "All labs")
    assert link.label == f"**{title}**"


def test_every_card_has_a_picture_and_says_what_it_shows(opened: Open) -> None:
    home_pictures.make_pictures([card.picture for card in LABS])
    captions = [image.proto.imgs[0].caption for image in opened().get("image")]
    assert captions == [card.caption for card in LABS]


def test_the_page_is_there_before_its_pictures_and_brings_each_when_it_is_made(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *others = [card.picture for card in LABS]
    monkeypatch.setattr(home_pictures, "_made", {})
    monkeypatch.setattr(home_pictures, "_begun", {first, *others})  # by the page of another learner
    app = opened()
    assert len(app.get("page_link")) == len(LABS)
    assert not app.get("image")
    home_pictures.make_pictures([first])
    assert len(app.run().get("image")) == 1
    home_pictures.make_pictures(others)
    assert len(app.run().get("image")) == len(LABS)


def test_no_picture_is_begun_before_the_page_has_arrived(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[object] = []
    monkeypatch.setattr(home_pictures, "_made", {})
    monkeypatch.setattr(home_pictures, "_begun", set())
    monkeypatch.setattr(home_pictures, "make_pictures", begun.extend)
    app = opened()
    assert not begun
    app.run()
    assert begun == [card.picture for card in LABS]


def test_a_picture_that_fails_is_said_and_not_waited_for(
    opened: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> np.ndarray:
        raise RuntimeError("no such picture")

    monkeypatch.setattr(home_pictures, "_made", {})
    home_pictures.make_pictures([fail])
    assert home_pictures._made == {fail: "This picture could not be made."}
    assert "no such picture" in caplog.text


def test_the_cnn_cards_picture_is_made_of_the_networks_own_maps() -> None:
    image = mnist.digits("test")[0][home_cards.SAMPLE]
    _, record = trace(weights.load("simple_cnn"), normalise(image[None]))
    first = record["conv_layers.1"][0]
    limit = first[:27].max()
    picture = home_cards.feature_maps()
    # Each value is a square of five pixels, and the first map stands in the corner.
    expected = colour(first[0], "sequential", limit).repeat(5, axis=0).repeat(5, axis=1)
    np.testing.assert_array_equal(picture[:140, :140], expected)


def test_the_pictures_are_made_once_for_all_learners() -> None:
    for card in LABS:
        assert card.picture() is card.picture()


def test_a_card_without_its_weights_says_so_and_the_others_keep_their_pictures(
    opened: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(weights, "load", partial(weights.load, folder=tmp_path))
    monkeypatch.setattr(model_cache, "_trained", model_cache._trained.__wrapped__)
    home_cards.feature_maps.cache_clear()
    monkeypatch.setattr(home_pictures, "_made", {})
    home_pictures.make_pictures([card.picture for card in LABS])
    app = opened()
    assert len(app.get("image")) == len(LABS) - 1
    sentences = [caption.value for caption in app.caption]
    assert any("simple_cnn.safetensors is missing" in sentence for sentence in sentences)
