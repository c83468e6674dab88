"""The lab of text classification: what the browser gets, and what the page says."""

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from dlviz import weights
from dlviz.contributions import integrated_gradients, leave_one_out
from dlviz.data.sentiment import tokenise
from dlviz.ui.labs.text import labelled_sentences
from dlviz.ui.labs.text.labelled_sentences import Answers
from dlviz.ui.labs.text.state import EXAMPLES
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from tests.packed import messages
from tests.pages.cnn_lab import press
from tests.pages.conftest import Open
from tests.test_contributions import MODEL, indices


def flow(app: AppTest) -> tuple[dict, dict[str, np.ndarray]]:
    (message,) = messages(app, "flow")
    return message


def text(app: AppTest) -> str:
    return " ".join(part.value for part in [*app.subheader, *app.markdown, *app.caption, *app.info])


def test_a_text_is_answered_as_the_plain_network_answers(opened: Open) -> None:
    app = opened("text", text="the soup was cold and the waiter was rude")
    words = indices("the soup was cold and the waiter was rude")
    with torch.inference_mode():
        expected = MODEL(torch.tensor([words]))[0].softmax(0).numpy()
    header, arrays = flow(app)
    np.testing.assert_allclose(arrays["probabilities"], expected, atol=1e-5)
    assert header["indices"] == words
    np.testing.assert_allclose(arrays["parts"].sum(axis=1), arrays["logits"], atol=1e-4)
    ((marked, contributed),) = messages(app, "word_highlights")
    assert marked["words"] == header["words"]
    np.testing.assert_allclose(contributed["0"], leave_one_out(MODEL, words), atol=1e-4)
    np.testing.assert_allclose(contributed["1"], integrated_gradients(MODEL, words).words, atol=1e-4)
    assert app.subheader[0].value.startswith("The network says negative: ")
    assert "in 66.7 % of 240 sentences written by hand, and in both sentences of 85 of 144 pairs" in text(app)


def test_how_sure_it_may_be_is_drawn_when_it_is_unfolded(opened: Open) -> None:
    app = opened("text")
    assert not app.get("plotly_chart")
    app.session_state["text.certainty"] = True
    assert len(app.run().get("plotly_chart")) == 1
    assert "within 0.5 of 0 it is neutral" in text(app)


def test_a_chosen_word_is_taken_and_nonsense_is_not(opened: Open) -> None:
    app = opened("text")
    app.session_state["text.flow"] = {"word": [2, 1]}
    assert flow(app.run())[0]["word"] == 2
    for number, nonsense in enumerate(([-1, 3], [10**9, 4], ["x", 5], "y", [[1], 6]), 10):
        app.session_state["text.flow"] = {"word": nonsense, "other": number}
        assert flow(app.run())[0]["word"] == 2


@pytest.mark.parametrize("nothing", ["", " \n ", "“ ” ( )"])
def test_without_a_word_there_is_a_sentence_and_the_last_picture_stays(opened: Open, nothing: str) -> None:
    app = opened("text", text="a lovely film")
    app.text_area(key="text.text").set_value(nothing).run()
    assert "There is no word to read: write a sentence. Until then your last one stays." in text(app)
    assert flow(app)[0]["words"] == ["a", "lovely", "film"]


def test_one_word_has_one_strip_and_says_why(opened: Open) -> None:
    app = opened("text", text="wonderful")
    ((header, arrays),) = messages(app, "word_highlights")
    assert [row["title"] for row in header["rows"]] == ["Integrated gradients"]
    assert arrays["0"].shape == (1,)
    assert "One word alone cannot be left out" in text(app)


def test_unknown_words_are_marked_and_if_all_are_it_says_so(opened: Open) -> None:
    assert flow(opened("text", text="the zxqwv was good"))[0]["unknown"] == [1]
    app = opened("text", text="qwrtz plmkj bnhgf")
    assert "None of these words is known" in text(app)
    assert "By one of the methods all words count the same" in text(app)


def test_a_teachers_sentences_are_measured_and_mistakes_listed(opened: Open) -> None:
    app = opened("text")
    app.session_state["text.own"] = True
    app.run()
    table = b"text,label\nthe film was good,positive\nthe film was not good,positive\nawful,negative\n"
    app.file_uploader(key="text.file").set_value(("mine.csv", table, "text/csv")).run()
    assert "**2 of 3 (66.7 %) right.**" in text(app)
    (frame,) = app.dataframe
    assert frame.value["text"].tolist() == ["the film was not good"]


def test_a_long_table_is_stopped_and_goes_on(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labelled_sentences, "SLICE", 2)
    read = Answers.read

    def read_and_stop(answers: Answers, texts: list[str]) -> None:
        read(answers, texts)
        if len(answers.given) == 4:
            answers.stop()  # what the button does

    monkeypatch.setattr(Answers, "read", read_and_stop)
    app = opened("text")
    app.session_state["text.own"] = True
    app.run()
    table = b"text,label\n" + b"a lovely film,praise\nan awful film,blame\n" * 3
    app.file_uploader(key="text.file").set_value(("mine.csv", table, "text/csv")).run()
    assert "**4 of the first 4 of 6 (100.0 %) right.**" in text(app)
    press(app, "Measure the other 2")
    assert "**6 of 6 (100.0 %) right.**" in text(app)
    assert "Stop here" not in [button.label for button in app.button]


def test_a_table_that_is_none_is_explained_with_its_marks_as_they_are(opened: Open) -> None:
    app = opened("text")
    app.session_state["text.own"] = True
    app.run()
    table = b"text,label\na,praise\nb,![](//x.y)\n"
    app.file_uploader(key="text.file").set_value(("mine.csv", table, "text/csv")).run()
    (error,) = app.error
    assert r"The label “!\[\](//x.y)” is neither positive nor negative" in error.value


def test_an_example_is_read_at_a_click_and_a_reader_speaks_of_it(opened: Open) -> None:
    app = opened("text", word="1")
    press(app, "great, another broken phone")
    header, _ = flow(app)
    assert (header["words"], header["word"]) == (tokenise("great, another broken phone"), 4)
    assert f"A reader says {EXAMPLES['great, another broken phone']}, " in text(app)


def test_the_questions_and_the_code_unfold(opened: Open) -> None:
    app = opened("text", text="the film was not bad")
    app.session_state["text.predict"] = app.session_state["text.code"] = True
    app.run()
    assert len(app.radio) == 2
    assert any("def leave_one_out(" in code.value for code in app.code)
    assert app.get("download_button")


def test_missing_weights_are_named(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise weights.BadWeights(f"The weights file {name}.safetensors is missing.")

    monkeypatch.setattr(model_cache, "trained", missing)
    app = opened("text")
    assert any(
        plain("real_sentiment_classifier.safetensors is missing") in error.value for error in app.error
    )


def test_texts_without_words_and_too_long_ones_are_told(opened: Open) -> None:
    app = opened("text")
    app.session_state["text.own"] = True
    app.run()
    table = f"text,label\n“ ”,praise\n{'good ' * 300},1\nan awful film,0\na lovely film,1\n".encode()
    app.file_uploader(key="text.file").set_value(("mine.csv", table, "text/csv")).run()
    assert "**3 of 4 (75.0 %) right.**" in text(app)
    assert "Longer than 200 words, and read up to there: 1." in text(app)
    (frame,) = app.dataframe
    assert frame.value["the network says"].tolist() == ["nothing: there is no word"]


def test_an_empty_text_is_a_link_that_opens_empty(opened: Open) -> None:
    app = opened("text", text="")
    assert messages(app, "flow") == []
    assert [panel.label for panel in app.expander] == ["What the words mean"]
    assert "There is no word to read" in text(app)
    assert not any("not understood" in info.value for info in app.info)
