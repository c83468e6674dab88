"""The other views of the lab of BERT: does attention explain, embeddings, and the pipeline."""

import numpy as np
import pytest

from dlviz.contributions import rank_agreement
from dlviz.encoders import answers, packaged, reading, sentiment
from dlviz.encoders.explanations import effects, looked_at
from dlviz.encoders.geometry import cosines
from dlviz.ui.labs.bert.state import BANK
from tests.packed import messages
from tests.pages.conftest import Open
from tests.pages.test_bert import said

ENCODER = packaged.encoder()
TEXT, OTHER = "the soup was cold but the waiter was kind", "we liked the waiter"


def measured(answer, text: str):
    tokens = reading.tokens(ENCODER, text)
    return tokens, effects(answer, ENCODER, tokens, lambda share: None)


def ranked(one: np.ndarray, other: np.ndarray) -> float:
    one, other = np.abs(one) / np.abs(one).max(), np.abs(other) / np.abs(other).max()
    found = rank_agreement(one, other)
    assert found is not None
    return found


@pytest.mark.parametrize("answer", ["sentiment", "likeness"])
def test_each_measure_and_its_rank_agreement_is_shown(opened: Open, answer: str) -> None:
    app = opened("bert", view="explain", text=TEXT, other=OTHER, answer=answer)
    asked = (
        answers.margin if answer == "sentiment" else answers.likeness(ENCODER, reading.tokens(ENCODER, OTHER))
    )
    tokens, found = measured(asked, TEXT)
    text = list(tokens.text)
    looks = looked_at(reading.read(ENCODER, tokens))
    ((header, arrays),) = messages(app, "marks")
    assert header["words"] == [tokens.words[at] for at in text]
    expected = [found.masked, found.gradient, *looks.values()]
    for number, values in enumerate(expected):
        np.testing.assert_allclose(arrays[str(number)], values[text], atol=1e-4)
    agreed = {name: ranked(found.masked[text], values[text]) for name, values in looks.items()}
    row = " | ".join(f"{value:.2f}".replace("-", "−") for value in agreed.values())
    assert f"| Mask each token | {row} |" in said(app)
    best = max(agreed.values())
    kind = (
        "for the most part" if round(best, 2) >= 0.6 else "only in part" if round(best, 2) >= 0.2 else "not"
    )
    sentence = next(part.value for part in app.markdown if part.value.startswith("**Here attention"))
    assert kind in sentence.partition("**Here attention")[2].partition("**")[0]
    assert f"{best:.2f}".replace("-", "−") in sentence


def test_whether_the_answer_turned_is_counted(opened: Open) -> None:
    app = opened("bert", view="explain", text=TEXT)
    tokens, found = measured(answers.margin, TEXT)
    left = found.value - found.masked[list(tokens.text)]
    turned = int((np.sign(left) != np.sign(found.value)).sum())
    assert f"Masking a token turns the answer for {turned} of {len(tokens.text)};" in said(app)
    assert found.heads is not None
    turned = int((np.sign(found.value - found.heads) != np.sign(found.value)).sum())
    assert f"Dropping a head turns the answer for {turned} of 72;" in said(app)
    assert ("praise" if found.value > 0 else "blame") in app.subheader[0].value


def test_the_poor_classifier_says_how_poor_it_is(opened: Open) -> None:
    for view in ("explain", "sentiment"):
        text = said(opened("bert", view=view))
        assert "148 of 240 (61.67 %) of the hand-written ones" in text
        assert "poor" in text


def test_likeness_takes_two(opened: Open) -> None:
    assert "Likeness takes two: write a second text." in said(
        opened("bert", view="explain", answer="likeness", text=TEXT)
    )


def test_one_token_has_no_ranks(opened: Open) -> None:
    assert "there are no ranks to compare" in said(opened("bert", view="explain", text="wonderful"))


def test_effects_are_computed_once_for_a_text(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("bert", view="explain", text=TEXT)
    monkeypatch.setattr("dlviz.encoders.explanations.effects", None)
    app.run()
    assert "Masking a token" in said(app)


def test_the_bank_of_a_river_leaves_the_bank_of_money(opened: Open) -> None:
    vectors = []
    for line in BANK.splitlines():
        tokens = reading.tokens(ENCODER, line)
        vectors.append(reading.read(ENCODER, tokens).hidden[:, tokens.words.index("bank")])
    alike = [cosines(np.stack(vectors)[:, depth]) for depth in (0, 6)]
    assert [table[0, 1:].argmax() + 2 for table in alike][1] == 2
    river, money = range(3), range(3, 6)
    across = [np.mean([table[one, other] for one in river for other in money]) for table in alike]
    assert across[1] < across[0]
    app = opened("bert", view="embeddings", depth="6")
    far = int(alike[1][0, 1:].argmin()) + 2
    assert f"is most like that of 2, cosine {alike[1][0, 1]:.3f}" in said(app)
    assert f"least like that of {far} ({alike[1][0, far - 1]:.3f})" in said(app)
    assert far > 3


def test_the_likeness_of_sentences_is_that_of_their_mean_vectors(opened: Open) -> None:
    app = opened("bert", view="embeddings", sentences="the cat sat\nthe dog sat\nmoney is due", depth="3")
    means = [
        reading.read(ENCODER, reading.tokens(ENCODER, line)).hidden[3].mean(axis=0)
        for line in ("the cat sat", "the dog sat", "money is due")
    ]
    expected = cosines(np.stack(means))
    assert f"Most alike: sentences 1 and 2, cosine {expected[0, 1]:.3f}." in said(app)
    assert len(app.get("plotly_chart")) == 2


@pytest.mark.parametrize("nothing", ["", "\n \n", "\u200b"])
def test_without_sentences_the_last_picture_stays(opened: Open, nothing: str) -> None:
    app = opened("bert", view="embeddings")
    app.text_area(key="bert.sentences").set_value(nothing).run()
    assert "There is no sentence to read" in said(app)
    assert len(app.get("plotly_chart")) == 2


def test_too_many_sentences_and_too_long_ones_are_cut_and_that_is_said(opened: Open) -> None:
    app = opened("bert", view="embeddings")
    app.text_area(key="bert.sentences").set_value("\n".join(["word " * 300] * 40)).run()
    assert "Of your 40 sentences the first 12 are read." in said(app)
    assert "Of each sentence the first 64 tokens are drawn." in said(app)


@pytest.mark.parametrize(("word", "count"), [("zebra", "does not occur"), ("river", "occurs once")])
def test_a_word_that_is_seldom_there_is_told(opened: Open, word: str, count: str) -> None:
    assert f"“{word}” {count}" in said(opened("bert", view="embeddings", word=word))


def test_markdown_in_a_word_or_text_is_neither_formatted_nor_loaded(opened: Open) -> None:
    assert r"“!\[\](//elsewhere/x.png)” does not occur" in said(
        opened("bert", view="embeddings", word="![](//elsewhere/x.png)")
    )
    assert r"“\*” moves it most" in said(opened("bert", view="explain", text="*"))


def test_one_sentence_of_one_word_is_drawn(opened: Open) -> None:
    app = opened("bert", view="embeddings", sentences="bank")
    assert "One sentence alone has nothing to be compared with." in said(app)


def test_the_pipeline_is_asked_for_the_learners_text_and_for_known_ones(opened: Open) -> None:
    app = opened("bert", view="sentiment", text=TEXT)
    label, score = sentiment.said(sentiment.offline(), TEXT)
    assert app.subheader[0].value == f"The pipeline says {label}: {100 * score:.1f} %"
    (table,) = app.dataframe
    right = (table.value["a reader"] == table.value["the pipeline"]).sum()
    assert f"{right} of {len(table.value)} as a reader says." in said(app)


def test_a_long_text_is_masked_only_on_a_click(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("bert", view="explain", text="word " * 110)
    assert messages(app, "marks") == []
    monkeypatch.setattr("dlviz.encoders.explanations.without_heads", lambda *_: np.zeros((6, 12)))
    app.button(key="bert.mask").click().run()
    ((header, _),) = messages(app, "marks")
    assert len(header["words"]) == 110


def test_where_heads_are_off_the_explanation_says_that_here_they_are_on(opened: Open) -> None:
    assert "are on here" in said(opened("bert", view="explain", off="1.1"))
