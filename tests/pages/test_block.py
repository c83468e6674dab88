"""The lab of the transformer block: what the browser gets, and what the page says."""

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from dlviz import weights
from dlviz.attention.order import word_vectors
from dlviz.attention.stream import dropped, sizes, stations
from dlviz.data import digits, mnist, novels
from dlviz.models.transformers import sinusoids
from dlviz.trace import trace
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from tests.packed import messages
from tests.pages.cnn_lab import query
from tests.pages.conftest import Open

WORDS = ["dog", "bites", "man"]
SHOWN = {"in", "attention", "mid", "norm1", "dropout1", "hidden", "forward", "post", "norm2"}


def stream(app: AppTest) -> tuple[dict, dict[str, np.ndarray]]:
    (message,) = messages(app, "stream")
    return message


def text(app: AppTest) -> str:
    parts = [*app.markdown, *app.caption, *app.info, *app.subheader, *app.error]
    return " ".join(part.value for part in parts)


def assert_shows(
    app: AppTest, model: torch.nn.Module, x: torch.Tensor, block: int, edits: dict | None = None
) -> None:
    """What the browser gets of a block is what a trace of the plain model gives."""
    header, arrays = stream(app)
    _, record = trace(model, x, edits or {})
    expected = stations(record, block)
    assert header["block"] == block
    for name in SHOWN:
        np.testing.assert_allclose(arrays[name], expected[name], atol=2e-2, rtol=2e-3)
    np.testing.assert_allclose(arrays["sizes"], sizes(record, header["depth"]), rtol=1e-5)
    pattern = record[f"blocks.{block}.attention.pattern"][0]
    np.testing.assert_allclose(arrays["pattern"], pattern.mean(0), atol=1e-6)
    (heads, small) = messages(app, "heads")[0]
    assert len(heads["rows"]) * len(heads["columns"]) == small["small"].shape[0] * small["small"].shape[1]


def test_words_go_through_random_blocks_and_the_page_says_that_they_are(opened: Open) -> None:
    app = opened(
        "block", network="words", seed="5", width="16", heads="2", depth="6", block="3", table="sinusoidal"
    )
    model = weights.build("TransformerStack", {"embed_size": 16, "heads": 2, "depth": 6}, 5)
    x = word_vectors(WORDS, 16, 5) + sinusoids(3, 16)
    assert_shows(app, model, x[None], 3)
    assert "Random vectors and random blocks, seed 5" in text(app)
    assert "Sinusoidal positions were added" in text(app)


def test_one_word_has_an_order_too(opened: Open) -> None:
    app = opened("block", part="order", words="dog", other="dog", table="text")
    assert not app.error
    assert len(messages(app, "matrices")) == 2


def test_a_digit_goes_through_the_trained_network(opened: Open) -> None:
    app = opened("block", network="digit", block="1", token="0")
    x = digits.normalise(mnist.digits("test")[0][:1])
    assert_shows(app, weights.load("digit_transformer"), x, 1)
    assert "DigitTransformer reads a 7: > 99.9 %" in text(app)
    assert model_cache.result("digit_transformer") in text(app)
    np.testing.assert_allclose(stream(app)[1]["digit"], mnist.digits("test")[0][0] / 255, atol=1e-6)


def test_dropout_at_work_silences_what_its_seed_says(opened: Open) -> None:
    app = opened("block", network="words", dropout="50", dropout_seed="3", depth="2", width="16")
    model = weights.build("TransformerStack", {"embed_size": 16, "heads": 4, "depth": 2}, 0)
    assert_shows(app, model, word_vectors(WORDS, 16, 0)[None], 0, dropped(2, 0.5, 3))
    assert app.number_input(key="block.dropout_seed").value == 3
    assert "Dropout at work: 50 % of the values silenced, seed 3." in text(app)


def test_what_is_chosen_in_the_pictures_is_taken_and_nonsense_is_not(opened: Open) -> None:
    app = opened("block", network="words")
    app.session_state["block.stream"] = {"cell": [2, 7, 1], "block": [1, 2]}
    header, _ = stream(app.run())
    assert (header["token"], header["unit"], header["block"]) == (2, 7, 1)
    for number, nonsense in enumerate(([-1, 3, 3], [10**9, 4, 4], ["x", 5, 5], "y", [1, 2]), 10):
        app.session_state["block.stream"] = {"cell": nonsense, "block": [9, number]}
        header, _ = stream(app.run())
        assert (header["token"], header["unit"], header["block"]) == (2, 7, 1)
    app.session_state["block.heads.picture"] = {"head": [2, 3, 5]}
    header, _ = stream(app.run())
    assert header["block"] == 2
    assert messages(app, "heads")[0][0]["title"] == "Block 3, head 4"
    assert query(app) == "block=2&head=3&network=words&token=2&unit=7"


def test_the_tasks_follow_what_is_on_screen(opened: Open) -> None:
    for chosen, question in (
        ({}, "What does a transformer block do to every token’s vector?"),
        ({"network": "digit"}, "What does a transformer block do to a patch of a digit?"),
        ({"network": "words"}, "What does a block do before it has learned anything?"),
        ({"part": "order"}, "Does a transformer know the order of words?"),
        ({"part": "write"}, "What does a transformer look at while it writes?"),
    ):
        assert [header.value for header in opened("block", **chosen).header] == [question]


def test_weights_share_one_scale_unless_each_is_to_have_its_own(opened: Open) -> None:
    header, _ = messages(opened("block", network="words"), "heads")[0]
    assert (header["limit"], header["small_limit"]) == (1, 1)
    header, _ = messages(opened("block", network="words", scale="own"), "heads")[0]
    assert (header["limit"], header["small_limit"]) == (None, None)


def test_one_token_is_looked_at_in_all_pictures(opened: Open) -> None:
    app = opened("block", network="words")
    app.session_state["block.heads.picture"] = {"pin": [1, 1]}
    header, _ = stream(app.run())
    assert (header["token"], messages(app, "heads")[0][0]["pinned"]) == (1, 1)
    app.session_state["block.stream"] = {"cell": [2, 7, 2]}
    header, _ = stream(app.run())
    assert (header["token"], messages(app, "heads")[0][0]["pinned"]) == (2, 2)
    app.session_state["block.heads.picture"] = {"pin": [-1, 3]}
    header, _ = stream(app.run())
    assert (header["token"], messages(app, "heads")[0][0]["pinned"]) == (2, -1)


def test_without_a_word_the_last_ones_stay(opened: Open) -> None:
    app = opened("block", network="words")
    app.text_area(key="block.words").set_value("<b>dog</b> & cat").run()
    assert stream(app)[0]["tokens"] == ["<b>dog</b>", "&", "cat"]
    app.text_area(key="block.words").set_value("  ").run()
    assert stream(app)[0]["tokens"] == ["<b>dog</b>", "&", "cat"]
    assert "There is no word: write a few. What was read last stays." in text(app)


def test_a_strange_text_is_read_as_far_as_it_can_be(opened: Open) -> None:
    app = opened("block", network="text")
    app.text_area(key="block.text").set_value("<i>").run()
    assert stream(app)[0]["tokens"] == ["i"]
    assert "Left out, since the novels have no such characters: < >" in text(app)


def test_a_link_with_nonsense_opens_the_lab_and_says_so(opened: Open) -> None:
    app = opened("block", network="words", depth="7", heads="3", dropout="99")
    assert any("left out: depth, heads, dropout." in info.value for info in app.info)
    assert stream(app)[0]["tokens"] == WORDS


def test_missing_weights_are_named_and_the_words_need_none(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise weights.BadWeights(f"The weights file {name}.safetensors is missing.")

    monkeypatch.setattr(model_cache, "trained", missing)
    assert plain("digit_transformer.safetensors is missing") in text(opened("block", network="digit"))
    assert plain("char_transformer.safetensors is missing") in text(opened("block", part="write"))
    assert stream(opened("block", network="words"))[0]["tokens"] == WORDS


def test_the_first_sight_is_of_trained_blocks(opened: Open) -> None:
    app = opened("block")
    model = weights.load("char_transformer")
    assert_shows(app, model, novels.encode("It is a truth")[None], 0)
    assert "CharTransformer, trained on two novels by Jane Austen" in text(app)


def test_markdown_in_words_is_neither_formatted_nor_loaded(opened: Open) -> None:
    for part in ("stream", "order"):
        app = opened("block", part=part, network="words", token="0", words="![x](//elsewhere/x.png) b")
        app.session_state["block.predict"] = True
        labels = [radio.label for radio in app.run().radio]
        assert any(r"“!\[x\](//elsewhere/x.png)”" in label for label in labels)
        assert not any("![x]" in label for label in labels)


def test_a_question_is_answered_from_the_learners_pass(opened: Open) -> None:
    app = opened("block", network="digit")
    app.session_state["block.predict"] = True
    app.run()
    x = digits.normalise(mnist.digits("test")[0][:1])
    _, record = trace(weights.load("digit_transformer"), x)
    attention, forward = sizes(record, 3)[0, [1, 6], 0]
    (radio,) = [radio for radio in app.radio if "larger vector" in radio.label]
    radio.set_value("Attention" if attention > forward else "The feed-forward network").run()
    assert any(success.value.startswith("Yes.") for success in app.success)
