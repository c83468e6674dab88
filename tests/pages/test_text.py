"""The lab of text classification: what the browser gets, and what the page says."""

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from dlviz import weights
from dlviz.contributions import integrated_gradients, leave_one_out, rank_agreement
from dlviz.data.sentiment import tokenise
from dlviz.ui.labs.text import own
from dlviz.ui.labs.text.state import EXAMPLES
from dlviz.ui.server import model_cache
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
    assert app.subheader[0].value.startswith("The network says blame: ")
    assert "5,920 of 6,000 (98.67 %) of the generated test sentences right, 145 of 240 (60.42 %)" in text(app)


def test_the_strips_are_both_directions_states_of_pytorchs_lstm(opened: Open) -> None:
    _, arrays = flow(opened("text", text="the film was not good"))
    vectors = MODEL.get_submodule("embedding")(torch.tensor([indices("the film was not good")]))
    with torch.inference_mode():
        hidden, (last, _) = MODEL.get_submodule("lstm")(vectors)
    np.testing.assert_allclose(arrays["vectors"], vectors[0].detach(), atol=2e-3)
    np.testing.assert_allclose(arrays["forward"], hidden[0, :, :256], atol=1e-3)
    np.testing.assert_allclose(arrays["backward"], hidden[0, :, 256:], atol=1e-3)
    weight = MODEL.get_submodule("fc").get_parameter("weight").detach()
    np.testing.assert_allclose(arrays["parts"][:, 0], weight[:, :256] @ last[0, 0], atol=1e-4)
    np.testing.assert_allclose(arrays["parts"][:, 1], weight[:, 256:] @ last[1, 0], atol=1e-4)
    np.testing.assert_allclose(arrays["parts"].sum(axis=1), arrays["logits"], atol=1e-4)


def test_the_contributions_and_their_agreement_are_the_two_means(opened: Open) -> None:
    example = "although the plot was boring, I loved the film"
    app = opened("text", text=example)
    ((header, arrays),) = messages(app, "marks")
    words = indices(example)
    without, integrated = leave_one_out(MODEL, words), integrated_gradients(MODEL, words).words
    np.testing.assert_allclose(arrays["0"], without, atol=1e-4)
    np.testing.assert_allclose(arrays["1"], integrated, atol=1e-4)
    assert header["words"] == tokenise(example)
    assert f"(Spearman) is {rank_agreement(without, integrated):.2f}." in text(app)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_says_what_a_reader_says_and_if_the_network_agrees(opened: Open, example: str) -> None:
    app = opened("text")
    (button,) = [button for button in app.button if button.label == example]
    button.click().run()
    with torch.inference_mode():
        says = ("blame", "praise")[int(MODEL(torch.tensor([indices(example)])).argmax())]
    agrees = "and so does the network" if says == EXAMPLES[example] else "and here the network is wrong"
    assert f"A reader says {EXAMPLES[example]}, {agrees}." in text(app)


def test_the_examples_show_the_network_right_and_wrong() -> None:
    with torch.inference_mode():
        said = {e: ("blame", "praise")[int(MODEL(torch.tensor([indices(e)])).argmax())] for e in EXAMPLES}
    right = [example for example, reader in EXAMPLES.items() if said[example] == reader]
    assert len(EXAMPLES) - len(right) == 2


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
    ((header, arrays),) = messages(app, "marks")
    assert [row["title"] for row in header["rows"]] == ["Integrated gradients"]
    assert arrays["0"].shape == (1,)
    assert "One word alone cannot be left out" in text(app)


def test_ten_thousand_words_are_shortened_and_that_is_said(opened: Open) -> None:
    app = opened("text")
    app.text_area(key="text.text").set_value("good film " * 5_000).run()
    assert len(flow(app)[0]["words"]) == 200
    assert "Of your 10,000 words the first 200 are read." in text(app)


@pytest.mark.parametrize("strange", ["🎉🎉 😀 ❤️", "это очень хорошо", "<script>alert(1)</script>"])
def test_emoji_other_scripts_and_markup_are_words_like_others(opened: Open, strange: str) -> None:
    header, arrays = flow(opened("text", text=strange))
    assert header["words"] == tokenise(strange)
    assert np.isfinite(arrays["logits"]).all()


def test_unknown_words_are_marked_and_if_all_are_it_says_so(opened: Open) -> None:
    assert flow(opened("text", text="the zxqwv was good"))[0]["unknown"] == [1]
    app = opened("text", text="qwrtz plmkj bnhgf")
    assert "None of these words is known" in text(app)
    assert "By one of the means all words count the same" in text(app)


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
    monkeypatch.setattr(own, "SLICE", 2)
    read = own.Answers.read

    def read_and_stop(answers: own.Answers, texts: list[str]) -> None:
        read(answers, texts)
        if len(answers.said) == 4:
            answers.stop()  # what the button does

    monkeypatch.setattr(own.Answers, "read", read_and_stop)
    app = opened("text")
    app.session_state["text.own"] = True
    app.run()
    table = b"text,label\n" + b"a lovely film,praise\nan awful film,blame\n" * 3
    app.file_uploader(key="text.file").set_value(("mine.csv", table, "text/csv")).run()
    assert "**4 of the first 4 of 6 (100.0 %) right.**" in text(app)
    press(app, "Measure the other 2")
    assert "**6 of 6 (100.0 %) right.**" in text(app)
    assert "Stop here" not in [button.label for button in app.button]


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        (b"text,mood\na,b\n", "There is no column label"),
        (b"text,label\na,praise\nb,praise\n", "All labels are the same"),
        (b"text,label\na,praise\nb,positive\n", "All labels mean praise"),
        (b"text,label\na,praise\nb,<b>sad</b>\n", "The label “<b>sad</b>” is neither praise nor blame"),
        (b"text,label\na,praise\nb,![](//x.y)\n", r"The label “!\[\](//x.y)” is neither praise nor blame"),
    ],
)
def test_a_table_that_is_none_is_explained(opened: Open, table: bytes, problem: str) -> None:
    app = opened("text")
    app.session_state["text.own"] = True
    app.run()
    app.file_uploader(key="text.file").set_value(("mine.csv", table, "text/csv")).run()
    assert [problem in error.value for error in app.error] == [True]


def test_missing_weights_are_named(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise weights.BadWeights(f"The weights file {name}.safetensors is missing.")

    monkeypatch.setattr(model_cache, "trained", missing)
    app = opened("text")
    assert any("sentiment_classifier.safetensors is missing" in error.value for error in app.error)


def test_a_question_is_answered_from_the_learners_text(opened: Open) -> None:
    app = opened("text", text="the film was not bad")
    app.session_state["text.predict"] = True
    app.run()
    words = indices("the film was not bad")
    best = int(np.abs(leave_one_out(MODEL, words)).argmax())
    (radio,) = [radio for radio in app.radio if "moves the answer most" in radio.label]
    (option,) = [option for option in radio.options if f"(word {best + 1})" in option]
    radio.set_value(option).run()
    assert any(success.value.startswith("Yes.") for success in app.success)


def test_texts_without_words_and_too_long_ones_are_told(opened: Open) -> None:
    app = opened("text")
    app.session_state["text.own"] = True
    app.run()
    table = f"text,label\n“ ”,praise\n{'good ' * 300},1\nan awful film,0\nnot bad at all,1\n".encode()
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


def test_unknown_words_are_counted_in_a_sentence(opened: Open) -> None:
    assert "1 of 4 words is unknown to the network." in text(opened("text", text="the zxqwv was good"))


def test_what_the_sum_misses_is_said_where_it_matters(opened: Open) -> None:
    app = opened("text", text="the film was good " * 12)
    ((header, _),) = messages(app, "marks")
    found = integrated_gradients(MODEL, indices("the film was good " * 12))
    matters = abs(found.remainder) >= 0.01 * max(1.0, abs(found.after - found.before))
    assert ("take it with care" in header["rows"][1]["note"]) == matters
    assert abs(found.remainder) < 0.1 * abs(found.after - found.before)
