"""The RNN lab's page: what is put in, what the browser gets, and what it says."""

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from dlviz import weights
from dlviz.data import digits, mnist, sentiment
from dlviz.data.sentiment import Vocabulary
from dlviz.paths import WEIGHTS
from dlviz.ui.labs.rnn.series import make_series
from dlviz.ui.labs.rnn.state import State
from dlviz.ui.lesson import read as read_lesson
from dlviz.ui.server import model_cache
from tests.packed import messages
from tests.pages.conftest import Open

SEVEN = digits.normalise(mnist.digits("test")[0][:1])[:, 0]
VOCABULARY = Vocabulary.from_json((WEIGHTS / "real_sentiment_vocabulary.json").read_text(encoding="utf-8"))


def timeline(app: AppTest) -> tuple[dict, dict[str, np.ndarray]]:
    (message,) = messages(app, "timeline")
    return message


def choice(app: AppTest, label: str):
    return next(each for each in app.segmented_control if each.label == label)


def nothing_read(app: AppTest) -> bool:
    return messages(app, "timeline") == []


def words(text: str) -> torch.Tensor:
    """The vectors (1, words, 100) of a sentence."""
    indices = VOCABULARY.encode(sentiment.tokenise(text))
    return (
        weights.load("real_sentiment_classifier").get_submodule("embedding")(torch.tensor([indices])).detach()
    )


def plain(name: str, x: torch.Tensor) -> np.ndarray:
    with torch.inference_mode():
        return weights.load(name)(x)[0].numpy()


def probabilities(name: str, x: torch.Tensor) -> np.ndarray:
    return torch.from_numpy(plain(name, x)).softmax(0).numpy()


def test_a_digit_is_read_row_by_row_by_both_trained_networks(opened: Open) -> None:
    header, arrays = timeline(opened("rnn"))
    assert header["steps"] == [f"row {row}" for row in range(1, 29)]
    assert header["step"] == 27
    for name in ("lstm", "rnn"):
        expected = probabilities(f"digit_rows_{name}", SEVEN)
        np.testing.assert_allclose(arrays[f"{name}.answers"][-1], expected, atol=1e-5)
    assert "9,943 of 10,000 (99.43 %)" in header["networks"][0]["made"]


def test_a_sentence_is_read_word_by_word_and_unknown_words_are_marked(opened: Open) -> None:
    text = "the zxqwv was not good"
    header, arrays = timeline(opened("rnn", input="sentence", text=text))
    assert header["steps"] == ["the", "zxqwv", "was", "not", "good"]
    assert header["unknown"] == [1]
    expected = probabilities("real_sentiment_lstm", words(text))
    np.testing.assert_allclose(arrays["lstm.answers"][-1], expected, atol=1e-5)


def test_a_series_is_forecast_beside_the_guess_that_nothing_changes(opened: Open) -> None:
    header, arrays = timeline(opened("rnn", input="series", seed="3"))
    series = arrays["shown"].copy()
    assert len(header["steps"]) == 64
    expected = plain("waves_lstm", torch.from_numpy(series[None, :40, None]))
    np.testing.assert_allclose(arrays["lstm.answers"][39], expected, atol=1e-5)
    assert "better than the guess “same as the last value”" in header["networks"][0]["note"]


def test_a_swapped_word_is_read_instead(opened: Open) -> None:
    link = {"input": "sentence", "text": "the film was good", "what": "swap", "start": "3", "word": "awful"}
    app = opened("rnn", **link)
    header, arrays = timeline(app)
    assert header["steps"][3] == "awful"
    expected = probabilities("real_sentiment_rnn", words("the film was awful"))
    np.testing.assert_allclose(arrays["rnn.answers"][-1], expected, atol=1e-5)
    assert any("The RNN ends with" in text.value and "untouched" in text.value for text in app.markdown)


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({}, "row 15"),
        ({"input": "sentence", "text": "good " * 15}, "8 · good"),
        ({"input": "series"}, "value 33"),
    ],
)
def test_an_intervention_begins_halfway_and_is_undone(
    opened: Open, given: dict[str, str], place: str
) -> None:
    app = opened("rnn", **given)
    choice(app, "While the networks read").set_value("cut").run()
    (start,) = app.select_slider
    assert start.format_func(start.value) == place
    start.set_value(1).run()
    choice(app, "While the networks read").set_value("forget").run()
    (start,) = app.select_slider
    assert start.value == 1
    next(button for button in app.button if button.label == "Undo all").click().run()
    assert choice(app, "While the networks read").value == "none"
    assert not app.select_slider
    assert not any("untouched it ends with" in text.value for text in app.markdown)


@pytest.mark.parametrize(
    ("kind", "feature"), [("digit", "the ink so far"), ("sentence", "a negation"), ("series", "the value")]
)
def test_units_that_follow_something_are_named_and_can_be_chosen(
    opened: Open, kind: str, feature: str
) -> None:
    app = opened("rnn", input=kind, networks="rnn")
    assert not any("follow" in text.value for text in app.markdown)
    app.session_state["rnn.followers"] = True
    app.run()
    assert any(feature in text.value and "correlation" in text.value for text in app.markdown)
    button = next(each for each in app.button if str(each.key).startswith("rnn.follower.rnn."))
    button.click().run()
    header, _ = timeline(app)
    assert f"Unit {header['networks'][0]['unit']}" == button.label
    assert not app.exception


def test_the_opening_speaks_of_what_is_read(opened: Open) -> None:
    for given, situation in (("sentence", "words"), ("series", "a series")):
        app = opened("rnn", input=given)
        assert any(read_lesson("rnn").openings[situation].steps[0] in each.value for each in app.markdown)


def test_a_report_of_a_step_and_of_a_unit_is_taken_and_nonsense_is_not(opened: Open) -> None:
    app = opened("rnn")
    app.session_state["rnn.timeline"] = {"step": [4, 1], "unit": ["rnn", 7, 2]}
    header, _ = timeline(app.run())
    assert (header["step"], header["networks"][1]["unit"]) == (4, 7)
    app.session_state["rnn.timeline"] = {"order": ["number", 3]}
    header, _ = timeline(app.run())
    assert header["networks"][0]["order"] == list(range(128))
    for number, nonsense in enumerate(([-1, 3], [10**9, 4], ["x", 5], None, [[0], 6]), 10):
        reports = {"step": nonsense, "unit": ["cnn", number, number], "order": ["size", number]}
        app.session_state["rnn.timeline"] = reports
        header, _ = timeline(app.run())
        assert (header["step"], header["networks"][1]["unit"]) == (4, 7)


def test_a_drawn_series_becomes_the_learners_own(opened: Open) -> None:
    app = opened("rnn", input="series")
    drawn = np.linspace(-1, 1, 64).round(3).tolist()
    app.session_state["rnn.curve"] = {"values": [drawn, 1]}
    _, arrays = timeline(app.run())
    np.testing.assert_allclose(arrays["shown"], drawn, atol=6e-3)
    app.session_state["rnn.curve"] = {"values": [[float("nan")] * 64, 2]}
    _, arrays = timeline(app.run())
    np.testing.assert_allclose(arrays["shown"], drawn, atol=6e-3)


@pytest.mark.parametrize("text", ["", "   ", "“ ” — ( )"])
def test_without_a_word_there_is_a_sentence_and_the_last_reading_stays(opened: Open, text: str) -> None:
    app = opened("rnn", input="sentence", text="a lovely film")
    app.text_area(key="rnn.text").set_value(text).run()
    assert any("There is no word to read" in info.value for info in app.info)
    assert timeline(app)[0]["steps"] == ["a", "lovely", "film"]


def test_a_link_without_a_word_opens_without_a_reading(opened: Open) -> None:
    app = opened("rnn", input="sentence", text="")
    assert any("There is no word to read" in info.value for info in app.info)
    assert nothing_read(app)
    assert any("give the networks something to read" in heading.value for heading in app.subheader)


def test_ten_thousand_words_are_shortened_and_that_is_said(opened: Open) -> None:
    app = opened("rnn", input="sentence")
    app.text_area(key="rnn.text").set_value("good " * 10_000).run()
    header, _ = timeline(app)
    assert len(header["steps"]) == 200
    assert any("Of your 10,000 words the first 200 are read" in info.value for info in app.info)


def test_a_sentence_of_unknown_words_says_so(opened: Open) -> None:
    app = opened("rnn", input="sentence", text="qwrtz plmkj")
    assert any("None of these words is known" in info.value for info in app.info)


def test_what_is_no_number_is_quoted_without_its_formatting_and_the_last_series_stays(opened: Open) -> None:
    app = opened("rnn", input="series")
    app.text_area(key="rnn.typed").set_value("1 ![](//x.y) 2").run()
    (error,) = app.error
    assert error.value.startswith(r"“!\[\](//x.y)” is no number")
    assert error.value.endswith("Until then your last series stays.")
    assert timeline(app)[1]["shown"].tolist() == make_series(State()).tolist()


def test_typed_numbers_keep_their_units_and_so_do_the_forecasts(opened: Open) -> None:
    app = opened("rnn", input="series")
    app.text_area(key="rnn.typed").set_value("1, 2; 4\n−2").run()
    _, arrays = timeline(app)
    assert arrays["shown"].tolist() == [1.0, 2.0, 4.0, -2.0]
    expected = 4 * plain("waves_lstm", torch.tensor([[[0.25], [0.5], [1.0], [-0.5]]]))
    np.testing.assert_allclose(arrays["lstm.answers"][-1], expected, rtol=1e-4)
    said = [caption.value for caption in app.caption]
    assert any(each.startswith("4 values, from −2 to 4. ") and "divided by 4" in each for each in said)


def test_decimal_commas_are_read_as_such_and_it_is_said(opened: Open) -> None:
    app = opened("rnn", input="series")
    app.text_area(key="rnn.typed").set_value("0,1 0,3 0,2").run()
    np.testing.assert_allclose(timeline(app)[1]["shown"], [0.1, 0.3, 0.2])
    assert "3 values, from 0.1 to 0.3." in [caption.value for caption in app.caption]


def test_a_series_drawn_over_keeps_its_units(opened: Open) -> None:
    app = opened("rnn", input="series", kind="own", values="5 6 10")
    app.session_state["rnn.curve"] = {"values": [[0.5, 0.8, 1.0], 1]}
    assert timeline(app.run())[1]["shown"].tolist() == [5.0, 8.0, 10.0]


@pytest.mark.parametrize("query", [{"step": "999"}, {"unit": "x"}, {"values": "1 x 2"}, {"what": "explode"}])
def test_a_link_with_nonsense_opens_the_lab_and_says_what_is_left_out(
    opened: Open, query: dict[str, str]
) -> None:
    app = opened("rnn", **query)
    assert any(f"left out: {next(iter(query))}." in info.value for info in app.info)
    assert not nothing_read(app)


def test_missing_weights_are_named_and_the_page_stays(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> torch.nn.Module:
        raise weights.BadWeights(f"The weights file {name}.safetensors is missing.")

    monkeypatch.setattr(model_cache, "trained", missing)
    app = opened("rnn")
    assert any("rows\\_lstm.safetensors is missing" in error.value for error in app.error)
    assert len(app.header) == 1


def test_the_questions_are_answered_from_the_run(opened: Open) -> None:
    app = opened("rnn")
    app.session_state["rnn.predict"] = True
    app.run()
    _, arrays = timeline(app)
    means = {name: arrays[f"lstm.{name}"].mean() for name in ("input_gate", "forget_gate", "output_gate")}
    best = max(means, key=lambda name: means[name]).replace("_", " ")
    (radio,) = [radio for radio in app.radio if "furthest open" in radio.label]
    radio.set_value(best).run()
    assert any(success.value.startswith("Yes.") for success in app.success)
