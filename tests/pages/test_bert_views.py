"""The other views of the lab of BERT: does attention explain, embeddings, and the pipeline."""

import numpy as np
import pytest

from dlviz.contributions import rank_agreement
from dlviz.encoders import answers, packaged, reading, sentiment
from dlviz.encoders.explanations import effects, looked_at
from dlviz.ui.labs.bert.state import BANK
from tests.packed import messages
from tests.pages.conftest import Open
from tests.pages.test_bert import said

ENCODER = packaged.encoder()
TEXT = "the soup was cold but the waiter was kind"


def measured(answer, text: str):
    tokens = reading.tokens(ENCODER, text)
    return tokens, effects(answer, ENCODER, tokens, lambda share: None)


def ranked(one: np.ndarray, other: np.ndarray) -> float:
    one, other = np.abs(one) / np.abs(one).max(), np.abs(other) / np.abs(other).max()
    found = rank_agreement(one, other)
    assert found is not None
    return found


def test_each_measure_and_its_rank_agreement_is_shown(opened: Open) -> None:
    app = opened("bert", view="explain", text=TEXT)
    tokens, found = measured(answers.margin, TEXT)
    text = list(tokens.text)
    looks = looked_at(reading.read(sentiment.encoder(), tokens))
    parts, signs = messages(app, "word_highlights"), ("diverging", "sequential")
    expected = [found.masked, found.gradient], [*looks.values()]
    for (header, arrays), measures, scale in zip(parts, expected, signs, strict=True):
        assert header["words"] == [tokens.words[at] for at in text]
        assert header["scale"] == scale
        for number, values in enumerate(measures):
            np.testing.assert_allclose(arrays[str(number)], values[text], atol=1e-4)
    agreed = {name: ranked(found.masked[text], values[text]) for name, values in looks.items()}
    row = " | ".join(f"{value:.2f}".replace("-", "−") for value in agreed.values())
    assert f"| Mask each token | {row} |" in said(app)
    assert ("positive" if found.value > 0 else "negative") in app.subheader[0].value
    assert "Masking a token flips the answer for " in said(app)
    assert "Dropping a head flips the answer for " in said(app)
    sentence = next(part.value for part in app.markdown if part.value.startswith("**Here attention"))
    assert "no more than chance gives with 9 tokens" in sentence
    assert f"{agreed['received']:.2f}".replace("-", "−") in sentence
    app.segmented_control(key="bert.removal").set_value("leave").run()
    header, arrays = messages(app, "word_highlights")[0]
    assert header["rows"][0]["title"] == "Leave each token out"
    np.testing.assert_allclose(arrays["0"], found.left_out[text], atol=1e-4)
    assert "Leaving a token out flips the answer for " in said(app)


def test_the_classifier_says_how_often_it_is_right(opened: Open) -> None:
    for view in ("explain", "sentiment"):
        text = said(opened("bert", view=view))
        assert "85.5 % of film reviews, 91.1 % of product reviews and 95.3 % of tweets" in text
        assert "75.0 % of 240 sentences written by hand" in text
        assert "in both sentences of 121 of 144 pairs" in text


def test_effects_are_computed_once_for_a_text(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("bert", view="explain", text=TEXT)
    monkeypatch.setattr("dlviz.encoders.explanations.effects", None)
    app.run()
    assert "Masking a token" in said(app)


def test_sentences_are_drawn_and_compared_and_without_any_the_last_picture_stays(opened: Open) -> None:
    app = opened("bert", view="embeddings")
    for sentences in (BANK, " \n"):
        app.text_area(key="bert.sentences").set_value(sentences).run()
        assert ("There is no sentence to read" in said(app)) == (sentences != BANK)
        assert len(app.get("plotly_chart")) == 3
        assert "within a sense 0.975 at layer 0, 0.895 at layer 6" in said(app)
        assert "and least like that of " in said(app)
        assert "Most alike: sentences " in said(app)


def test_sentences_that_are_cut_are_told(opened: Open) -> None:
    app = opened("bert", view="embeddings", sentences="a cat\n" * 13, word="cat", depth="48")
    assert "Of your 13 sentences the first 12 are read." in said(app)
    assert app.slider(key="bert.depth").value == 6


def test_markdown_in_a_text_is_neither_formatted_nor_loaded(opened: Open) -> None:
    app = opened("bert", view="explain", text="*")
    assert r"“\*” moves it most" in said(app)
    assert "there are no ranks to compare" in said(app)
    app.segmented_control(key="bert.answer").set_value("likeness").run()
    assert "Likeness takes two: write a second text." in said(app)


def test_the_pipeline_is_asked_for_the_learners_text_and_for_known_ones(opened: Open) -> None:
    app = opened("bert", view="sentiment", text=TEXT)
    label, score = sentiment.said(sentiment.offline(), TEXT)
    assert app.subheader[0].value == f"The pipeline says {label}: {100 * score:.1f} %"
    (table,) = app.table
    right = (table.value["a reader"] == table.value["the pipeline"]).sum()
    assert f"The pipeline agrees with a reader on {right} of {len(table.value)}." in said(app)


def test_a_long_text_is_masked_only_on_a_click(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("bert", view="explain", text="word " * 110)
    assert messages(app, "word_highlights") == []
    monkeypatch.setattr("dlviz.encoders.explanations.without_heads", lambda *_: np.zeros((6, 12)))
    for name in ("without_tokens", "leaving_out_tokens", "with_mask_between"):
        monkeypatch.setattr(
            f"dlviz.encoders.explanations.{name}", lambda _answer, _encoder, read, _: np.zeros(len(read))
        )
    app.button(key="bert.mask").click().run()
    header, _ = messages(app, "word_highlights")[0]
    assert len(header["words"]) == 110


def test_where_heads_are_off_the_explanation_says_that_here_they_are_on(opened: Open) -> None:
    assert "are on here" in said(opened("bert", view="explain", off="1.1"))
