"""The lab of text generation: what the browser gets, and what the page says."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlviz import weights
from dlviz.data import novels
from dlviz.generation import generate
from dlviz.interpretable_units import stretches, trackers
from dlviz.ui.server import model_cache
from dlviz.ui.text_format.markdown import plain
from tests.packed import messages
from tests.pages.cnn_lab import press, query
from tests.pages.conftest import Open

MODEL = weights.load("novel_lstm")
PROMPT = 'Elizabeth smiled, and said, "'


def shown_text(app: AppTest) -> tuple[dict, dict[str, np.ndarray]]:
    (message,) = messages(app, "generated_text")
    return message


def text(app: AppTest) -> str:
    return " ".join(part.value for part in [*app.markdown, *app.caption, *app.info])


def test_the_text_and_its_distributions_are_the_plain_networks(opened: Open) -> None:
    header, arrays = shown_text(opened("generate", temperature="0.8", top_k="5", seed="7", length="40"))
    made = generate(MODEL, PROMPT, 40, 0.8, 5, 7)
    assert (header["prompt"], header["text"], header["step"]) == (PROMPT, made.text, 39)
    np.testing.assert_allclose(arrays["raw"], made.raw, atol=1e-3)
    np.testing.assert_allclose(arrays["drawn"], made.drawn, atol=1e-3)
    np.testing.assert_allclose(arrays["bits"][1:], made.bits[1:], atol=1e-3)


def test_the_light_is_sent_and_told(opened: Open) -> None:
    app = opened("generate", length="30")
    _, arrays = shown_text(app)
    tracker = trackers(MODEL, *stretches())["quotes"]
    made = generate(MODEL, PROMPT, 30, 0.6, None, 4)
    np.testing.assert_allclose(arrays["lit"], made.cell[:, tracker.unit], atol=1e-5)
    assert f"number {tracker.unit} follows best" in text(app)
    assert "its longest stretches: " in text(app)
    app.selectbox(key="generate.light").set_value("none").run()
    header, arrays = shown_text(app)
    assert (header["colours"], arrays["lit"].size) == (None, 0)
    assert "its longest stretches: " not in text(app)


def test_a_link_with_nonsense_opens_the_lab_and_says_so(opened: Open) -> None:
    app = opened("generate", length="20", temperature="3")
    assert any("left out: temperature." in info.value for info in app.info)
    assert shown_text(app)[0]["text"]


def test_more_goes_on_with_the_same_text(opened: Open) -> None:
    app = opened("generate", length="50")
    before = shown_text(app)[0]["text"]
    (button,) = [button for button in app.button if button.label == "300 more"]
    button.click().run()
    header, _ = shown_text(app)
    assert header["text"].startswith(before)
    assert len(header["text"]) == 350
    assert header["step"] == 349


def test_a_report_of_a_place_is_taken_and_nonsense_is_not(opened: Open) -> None:
    app = opened("generate", length="20")
    app.session_state["generate.generated_text"] = {"step": [4, 1]}
    assert shown_text(app.run())[0]["step"] == 4
    for number, nonsense in enumerate(([-1, 3], [10**9, 4], ["x", 5], "y", [[1], 6]), 10):
        app.session_state["generate.generated_text"] = {"step": nonsense, "other": number}
        assert shown_text(app.run())[0]["step"] == 4


def test_missing_weights_are_named(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise weights.BadWeights(f"The weights file {name}.safetensors is missing.")

    monkeypatch.setattr(model_cache, "trained", missing)
    app = opened("generate")
    assert any(plain("novel_lstm.safetensors is missing") in error.value for error in app.error)


def test_a_step_does_not_write_the_text_again(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("generate", length="20")

    def forbidden(*arguments: object) -> None:
        raise AssertionError("the text was written again")

    monkeypatch.setattr("dlviz.generation.generate", forbidden)
    app.session_state["generate.generated_text"] = {"step": [4, 1]}
    assert shown_text(app.run())[0]["step"] == 4


def test_a_link_holds_no_more_of_a_prompt_than_is_read(opened: Open) -> None:
    app = opened("generate", length="5")
    app.text_area(key="generate.prompt").set_value("ab" * 6000).run()
    assert query(app) == f"length=5&prompt={'ab' * 250}"
    assert "Of 12,000 characters the last 500 are read." in text(app)


def test_the_questions_and_the_code_unfold(opened: Open) -> None:
    app = opened("generate", length="30", light="none")
    app.session_state["generate.predict"] = app.session_state["generate.code"] = True
    app.run()
    assert len(app.radio) == 2
    assert any("def generate(" in code.value for code in app.code)
    assert app.get("download_button")


def test_a_bar_puts_its_character_and_the_network_goes_on(opened: Open) -> None:
    app = opened("generate", length="20")
    plain = shown_text(app)[0]
    app.session_state["generate.generated_text"] = {"put": [4, novels.ALPHABET.index("x"), 1]}
    header, _ = shown_text(app.run())
    made = generate(MODEL, PROMPT, 20, 0.6, None, 4, put={4: "x"})
    assert (header["text"], header["own"], header["step"]) == (made.text, [4], 4)
    assert header["text"] != plain["text"]
    assert "put=4.37" in query(app)
    # One put earlier: what was put behind it stands in another text, and is forgotten.
    app.session_state["generate.generated_text"] = {"put": [2, novels.ALPHABET.index("y"), 2]}
    assert shown_text(app.run())[0]["own"] == [2]
    for number, nonsense in enumerate(([-1, 1, 3], [2, 76, 4], [2, "x", 5], "y"), 10):
        app.session_state["generate.generated_text"] = {"put": nonsense, "other": number}
        assert shown_text(app.run())[0]["own"] == [2]
    press(app, "Take the last back")
    assert shown_text(app)[0]["text"] == plain["text"]


def test_another_beginning_forgets_the_learners_characters_and_a_link_brings_them(opened: Open) -> None:
    app = opened("generate", length="20", put="4.37~6.38")
    assert shown_text(app)[0]["own"] == [4, 6]
    app.text_area(key="generate.prompt").set_value("Emma was ").run()
    assert shown_text(app)[0]["own"] == []


@pytest.mark.parametrize("light", ["surprise", "influence"])
def test_surprise_and_gradients_colour_the_text(opened: Open, light: str) -> None:
    header, arrays = shown_text(opened("generate", length="20", at="5", light=light))
    assert header["colours"]["scale"] == "sequential"
    assert arrays["lit"].shape == (len(PROMPT) + 20,)
    assert np.isfinite(arrays["lit"]).all()
    assert arrays["lit"].max() > 0
