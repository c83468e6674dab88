"""The lab of recurrent networks: what is put in, what the browser gets, and what it says."""

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from dlviz import weights
from dlviz.data import digits, mnist, sentiment, waves
from dlviz.data.sentiment import Vocabulary
from dlviz.paths import WEIGHTS
from dlviz.recurrence.input_gradients import remembered
from dlviz.ui.labs.rnn.series import make_series
from dlviz.ui.labs.rnn.state import State
from dlviz.ui.server import model_cache
from tests.packed import messages
from tests.pages.conftest import Open

SEVEN = digits.normalise(mnist.digits("test")[0][:1])[:, 0]
VOCABULARY = Vocabulary.from_json((WEIGHTS / "sentiment_vocabulary.json").read_text(encoding="utf-8"))


def timeline(app: AppTest) -> tuple[dict, dict[str, np.ndarray]]:
    (message,) = messages(app, "timeline")
    return message


def nothing_read(app: AppTest) -> bool:
    return messages(app, "timeline") == []


def words(text: str) -> torch.Tensor:
    """The vectors (1, words, 100) of a sentence."""
    indices = VOCABULARY.encode(sentiment.tokenise(text))
    return weights.load("sentiment_classifier").get_submodule("embedding")(torch.tensor([indices])).detach()


def plain(name: str, x: torch.Tensor) -> np.ndarray:
    with torch.inference_mode():
        return weights.load(name)(x)[0].numpy()


def probabilities(name: str, x: torch.Tensor) -> np.ndarray:
    return torch.from_numpy(plain(name, x)).softmax(0).numpy()


def test_a_digit_is_read_row_by_row_by_both_trained_networks(opened: Open) -> None:
    header, arrays = timeline(opened("rnn"))
    assert header["steps"] == [f"row {row}" for row in range(28)]
    assert header["step"] == 27
    for name in ("lstm", "rnn"):
        expected = probabilities(f"digit_rows_{name}", SEVEN)
        np.testing.assert_allclose(arrays[f"{name}.answers"][-1], expected, atol=1e-5)
    assert "9,943 of 10,000 (99.43 %)" in header["networks"][0]["made"]


def test_if_it_stopped_early_it_would_say_what_the_plain_network_says_of_those_rows(opened: Open) -> None:
    _, arrays = timeline(opened("rnn"))
    for row in (0, 5, 19):
        expected = probabilities("digit_rows_lstm", SEVEN[:, : row + 1])
        np.testing.assert_allclose(arrays["lstm.answers"][row], expected, atol=1e-5)


def test_the_strips_are_the_states_of_the_fused_layer(opened: Open) -> None:
    model = weights.load("digit_rows_lstm")
    layers = model.get_submodule("lstm")
    first = torch.nn.LSTM(28, 128, batch_first=True)
    first.load_state_dict({k: v for k, v in layers.state_dict().items() if k.endswith("l0")})
    with torch.inference_mode():
        expected = {"1": first(SEVEN)[0][0].numpy(), "2": layers(SEVEN)[0][0].numpy()}
    for layer, hidden in expected.items():
        _, arrays = timeline(opened("rnn", layer=layer))
        np.testing.assert_allclose(arrays["lstm.hidden"], hidden, atol=1e-3)  # half precision


def test_the_chosen_units_equations_add_up_at_every_step(opened: Open) -> None:
    header, arrays = timeline(opened("rnn", unit="17"))
    gates, terms = header["networks"][0]["gates"], arrays["lstm.terms"].reshape(4, 3, 28)
    sums = terms[:, 0] + terms[:, 1] + np.array([gate["bias"] for gate in gates])[:, None]
    assert [gate["symbol"] for gate in gates] == ["i", "f", "g", "o"]
    i, f, o = 1 / (1 + np.exp(-sums[[0, 1, 3]]))
    g = np.tanh(sums[2])
    np.testing.assert_allclose(terms[:, 2], [i, f, g, o], atol=1e-5)
    hidden, cell = arrays["lstm.states"]
    before = np.concatenate([[0], cell[:-1]])
    np.testing.assert_allclose(cell, f * before + i * g, atol=1e-5)
    np.testing.assert_allclose(hidden, o * np.tanh(cell), atol=1e-5)


@pytest.mark.parametrize("of", ["answer", "hidden"])
def test_what_still_matters_is_the_gradient(opened: Open, of: str) -> None:
    _, arrays = timeline(opened("rnn", step="9", of=of))
    model = weights.load("digit_rows_rnn")

    def state(x: torch.Tensor) -> torch.Tensor:
        hidden = model.get_submodule("rnn")(x)[0][:, -1]
        return hidden if of == "hidden" else model.get_submodule("fc")(hidden)

    jacobian = torch.autograd.functional.jacobian(state, SEVEN[:, :10])
    assert isinstance(jacobian, torch.Tensor)
    expected = jacobian.square().sum(dim=(0, 1, 2, 4)).sqrt().numpy()
    np.testing.assert_allclose(arrays["rnn.remembered"], expected, rtol=1e-3)


def test_a_sentence_is_read_word_by_word_and_unknown_words_are_marked(opened: Open) -> None:
    text = "the zxqwv was not good"
    header, arrays = timeline(opened("rnn", input="sentence", text=text))
    assert header["steps"] == ["the", "zxqwv", "was", "not", "good"]
    assert header["unknown"] == [1]
    expected = probabilities("sentiment_lstm", words(text))
    np.testing.assert_allclose(arrays["lstm.answers"][-1], expected, atol=1e-5)


def test_a_series_is_forecast_beside_the_guess_that_nothing_changes(opened: Open) -> None:
    header, arrays = timeline(opened("rnn", input="series", seed="3"))
    series = arrays["shown"].copy()
    assert len(header["steps"]) == 64
    expected = plain("waves_lstm", torch.from_numpy(series[None, :40, None]))
    np.testing.assert_allclose(arrays["lstm.answers"][39], expected, atol=1e-5)
    own = np.abs(arrays["lstm.answers"][7:-1, 0] - series[8:]).mean()
    same = np.abs(series[8:] - series[7:-1]).mean()
    assert f"by {own:.3f} on average" in header["networks"][0]["note"]
    assert f"which misses by {same:.3f}" in header["networks"][0]["note"]


def test_a_cut_makes_the_networks_begin_anew(opened: Open) -> None:
    _, arrays = timeline(opened("rnn", what="cut", start="9"))
    for name in ("lstm", "rnn"):
        expected = probabilities(f"digit_rows_{name}", SEVEN[:, 10:])
        np.testing.assert_allclose(arrays[f"{name}.answers"][-1], expected, atol=1e-4)
        untouched = probabilities(f"digit_rows_{name}", SEVEN)
        np.testing.assert_allclose(arrays[f"{name}.before"][-1], untouched, atol=1e-5)


def test_a_swapped_word_is_read_instead(opened: Open) -> None:
    link = {"input": "sentence", "text": "the film was good", "what": "swap", "start": "3", "word": "awful"}
    app = opened("rnn", **link)
    header, arrays = timeline(app)
    assert header["steps"][3] == "awful"
    expected = probabilities("sentiment_rnn", words("the film was awful"))
    np.testing.assert_allclose(arrays["rnn.answers"][-1], expected, atol=1e-5)
    assert any("The RNN ends with" in text.value and "untouched" in text.value for text in app.markdown)


def test_a_held_forget_gate_stays_where_it_is_held_and_the_rnn_says_it_has_none(opened: Open) -> None:
    app = opened("rnn", what="forget", hold="1", start="20")
    _, arrays = timeline(app)
    assert (arrays["lstm.forget_gate"][20:] == 1).all()
    assert not (arrays["lstm.forget_gate"][:20] == 1).all()
    assert any("The RNN has no forget gate" in text.value for text in app.markdown)


def test_what_changed_is_nothing_before_the_intervention(opened: Open) -> None:
    header, arrays = timeline(opened("rnn", what="silence", start="12", shown="difference"))
    unit = header["networks"][0]["unit"]
    # Step by step and at once the same sums are rounded another way.
    np.testing.assert_allclose(arrays["lstm.hidden"][:12], 0, atol=1e-6)
    assert abs(arrays["lstm.hidden"][12, unit]) > 1e-3


def test_a_report_of_a_step_and_of_a_unit_is_taken_and_nonsense_is_not(opened: Open) -> None:
    app = opened("rnn")
    app.session_state["rnn.timeline"] = {"step": [4, 1], "unit": ["rnn", 7, 2]}
    header, _ = timeline(app.run())
    assert (header["step"], header["networks"][1]["unit"]) == (4, 7)
    for number, nonsense in enumerate(([-1, 3], [10**9, 4], ["x", 5], None, [[0], 6]), 10):
        app.session_state["rnn.timeline"] = {"step": nonsense, "unit": ["cnn", number, number]}
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


def test_no_other_word_changes_nothing_and_says_so(opened: Open) -> None:
    app = opened("rnn", input="sentence", what="swap")
    app.text_input(key="rnn.word").set_value(" ").run()
    assert "The LSTM reads the same: there is no other word yet." in " ".join(m.value for m in app.markdown)


def test_a_link_without_a_word_opens_without_a_reading(opened: Open) -> None:
    app = opened("rnn", input="sentence", text="")
    assert any("There is no word to read" in info.value for info in app.info)
    assert nothing_read(app)
    assert any("give the networks something to read" in heading.value for heading in app.subheader)


def test_one_word_is_enough(opened: Open) -> None:
    header, _ = timeline(opened("rnn", input="sentence", text="wonderful"))
    assert header["steps"] == ["wonderful"]


def test_ten_thousand_words_are_shortened_and_that_is_said(opened: Open) -> None:
    app = opened("rnn", input="sentence")
    app.text_area(key="rnn.text").set_value("good " * 10_000).run()
    header, _ = timeline(app)
    assert len(header["steps"]) == 200
    assert any("Of your 10,000 words the first 200 are read" in info.value for info in app.info)


def test_the_whole_hidden_state_of_words_is_followed_sixty_steps_back(opened: Open) -> None:
    text = "the film was good " * 25
    header, arrays = timeline(opened("rnn", input="sentence", of="hidden", networks="rnn", text=text))
    expected = remembered(weights.load("sentiment_rnn"), words(text), 99)
    assert header["back"] == 60
    assert not arrays["rnn.remembered"][:40].any()
    np.testing.assert_allclose(arrays["rnn.remembered"][40:], expected[40:], rtol=1e-3)


@pytest.mark.parametrize("text", ["🎉🎉 😀", "это очень хорошо", "<script>alert(1)</script>", "qwrtz plmkj"])
def test_emoji_other_scripts_and_markup_are_words_like_others(opened: Open, text: str) -> None:
    header, arrays = timeline(opened("rnn", input="sentence", text=text))
    assert len(header["steps"]) == len(sentiment.tokenise(text))
    assert np.isfinite(arrays["lstm.answers"]).all()


def test_a_sentence_of_unknown_words_says_so(opened: Open) -> None:
    app = opened("rnn", input="sentence", text="qwrtz plmkj")
    assert any("None of these words is known" in info.value for info in app.info)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("1 2 nan", "“nan” is no number"),
        ("1 2 inf 3", "“inf” is no number"),
        ("0.5", "needs 3 to 200 numbers; here are 1"),
        ("1 " * 201, "here are 201"),
        ("1 2 1e9", "larger than a million"),
        ("<b> 1 2", "“<b>” is no number"),
    ],
)
def test_a_series_that_is_none_is_explained(opened: Open, text: str, problem: str) -> None:
    app = opened("rnn", input="series")
    app.text_area(key="rnn.typed").set_value(text).run()
    assert any(problem in error.value for error in app.error)
    assert timeline(app)[1]["shown"].tolist() == make_series(State()).tolist()
    with pytest.raises(waves.BadSeries, match=problem.replace("(", r"\(")):
        waves.written(text)


def test_what_is_no_number_is_quoted_without_its_formatting(opened: Open) -> None:
    app = opened("rnn", input="series")
    app.text_area(key="rnn.typed").set_value("1 ![](//x.y) 2").run()
    (error,) = app.error
    assert error.value.startswith(r"“!\[\](//x.y)” is no number")


def test_typed_numbers_are_read_and_large_ones_scaled(opened: Open) -> None:
    app = opened("rnn", input="series")
    app.text_area(key="rnn.typed").set_value("1, 2; 4\n−2").run()
    _, arrays = timeline(app)
    assert arrays["shown"].tolist() == [0.25, 0.5, 1.0, -0.5]


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
    assert any("digit_rows_lstm.safetensors is missing" in error.value for error in app.error)
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
