"""The part of the transformer block's lab about the order of words."""

import numpy as np
from streamlit.testing.v1 import AppTest

from dlviz import weights
from dlviz.attention.order import Compared, compare, word_vectors
from dlviz.models.transformers import sinusoids
from tests.packed import messages
from tests.pages.conftest import Open
from tests.pages.test_block import WORDS, text

MODEL = weights.build("TransformerStack", {"embed_size": 32, "heads": 4, "depth": 3}, 0)


def shown(app: AppTest) -> tuple[dict, dict[str, np.ndarray]]:
    return messages(app, "matrices")[0]


def assert_shows(app: AppTest, expected: Compared) -> None:
    _, arrays = shown(app)
    np.testing.assert_allclose(arrays["0"], expected.one, atol=1e-5)
    np.testing.assert_allclose(arrays["1"], expected.two, atol=1e-5)
    np.testing.assert_allclose(arrays["2"], expected.difference, atol=1e-5)


def test_without_positions_both_orders_give_the_same_vectors(opened: Open) -> None:
    app = opened("block", part="order")
    zeros = 0 * sinusoids(3, 32)
    assert_shows(app, compare(MODEL, word_vectors(WORDS, 32, 0), [2, 1, 0], zeros))
    assert np.abs(shown(app)[1]["2"]).max() < 1e-5
    assert "Both orders give every word the same vector" in text(app)
    assert shown(app)[0]["matrices"][2]["note"].endswith("what rounding leaves")
    assert len(messages(app, "matrices")) == 1


def test_with_positions_they_differ_and_the_table_is_shown(opened: Open) -> None:
    app = opened("block", part="order", table="sinusoidal")
    expected = compare(MODEL, word_vectors(WORDS, 32, 0), [2, 1, 0], sinusoids(3, 32))
    assert_shows(app, expected)
    assert f"differ by up to {expected.largest:.3g}" in text(app)
    _, arrays = messages(app, "matrices")[1]
    np.testing.assert_allclose(arrays["0"], sinusoids(128, 32), atol=1e-6)
    np.testing.assert_allclose(np.diag(arrays["1"]), 1, atol=1e-5)
    # The angle between two sinusoidal places depends only on how far apart they are.
    np.testing.assert_allclose(arrays["1"][0, 7], arrays["1"][50, 57], atol=1e-4)


def test_another_order_must_have_the_same_words_and_the_last_one_stays(opened: Open) -> None:
    app = opened("block", part="order")
    field = app.text_input(key="block.other")
    field.set_value("bites dog man").run()
    assert shown(app)[0]["matrices"][1]["title"] == "“bites dog man”"
    app.text_input(key="block.other").set_value("cat bites <b>man</b>").run()
    assert "“dog” is missing from the other order. Shown is still: bites dog man" in text(app)
    assert shown(app)[0]["matrices"][1]["title"] == "“bites dog man”"


def test_a_phones_capital_is_taken_and_kept(opened: Open) -> None:
    app = opened("block", part="order")
    app.text_input(key="block.other").set_value("Man bites dog").run()
    assert not app.error
    assert shown(app)[0]["matrices"][1]["title"] == "“Man bites dog”"
    app.text_input(key="block.other").set_value("Man bites McDuff").run()
    assert "“dog” is missing from the other order. Shown is still: Man bites dog" in text(app)


def test_other_words_are_turned_round_at_first_and_a_button_shuffles_them(opened: Open) -> None:
    app = opened("block", part="order")
    app.text_area(key="block.words").set_value("a b c d e f").run()
    assert app.text_input(key="block.other").value == "f e d c b a"
    assert shown(app)[0]["matrices"][0]["rows"] == list("abcdef")
    (shuffle,) = [button for button in app.button if button.label == "Shuffle"]
    shuffle.click().run()
    assert sorted((app.text_input(key="block.other").value or "").split()) == list("abcdef")
    assert not app.error


def test_without_words_the_last_ones_stay(opened: Open) -> None:
    app = opened("block", part="order")
    app.text_area(key="block.words").set_value(" ").run()
    assert "There is no word: write a few. What was read last stays." in text(app)
    assert app.session_state["block.other"] == "man bites dog"
    assert "Both orders give every word the same vector" in text(app)
