"""The lab of text generation: what the browser gets, and what the page says."""

import re
from functools import cache

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlviz import weights
from dlviz.generation import generate
from dlviz.interpretable_units import Tracker, in_quotes, stretches, trackers
from dlviz.ui.server import model_cache
from tests.packed import messages
from tests.pages.cnn_lab import query
from tests.pages.conftest import Open

MODEL = weights.load("novel_lstm")
PROMPT = 'Elizabeth smiled, and said, "'


@cache
def of_speech() -> Tracker:
    return trackers(MODEL, *stretches())["quotes"]


def typed(app: AppTest) -> tuple[dict, dict[str, np.ndarray]]:
    (message,) = messages(app, "typed")
    return message


def text(app: AppTest) -> str:
    return " ".join(part.value for part in [*app.markdown, *app.caption, *app.info])


def test_the_text_and_its_distributions_are_the_plain_networks(opened: Open) -> None:
    header, arrays = typed(opened("generate", temperature="0.8", top_k="5", seed="7", length="40"))
    made = generate(MODEL, PROMPT, 40, 0.8, 5, 7)
    assert (header["prompt"], header["text"], header["step"]) == (PROMPT, made.text, 39)
    np.testing.assert_allclose(arrays["raw"], made.raw, atol=1e-3)
    np.testing.assert_allclose(arrays["drawn"], made.drawn, atol=1e-3)
    np.testing.assert_allclose(arrays["bits"][1:], made.bits[1:], atol=1e-3)


def test_top_p_leaves_only_the_most_probable(opened: Open) -> None:
    header, arrays = typed(opened("generate", temperature="1", top_p="0.5", seed="7", length="40"))
    made = generate(MODEL, PROMPT, 40, 1.0, None, 7, top_p=0.5)
    assert header["text"] == made.text
    np.testing.assert_allclose(arrays["drawn"], made.drawn, atol=1e-5)
    # Each that is kept is needed: without the least probable of them less than half would be left.
    kept = np.where(made.drawn > 0, made.raw, 0)
    assert (kept.sum(1) > 0.5 - 1e-5).all()
    assert (kept.sum(1) - np.where(kept > 0, kept, 1).min(1) < 0.5).all()


def test_the_light_is_the_measured_units_cell_and_its_correlations_are_told(opened: Open) -> None:
    app = opened("generate", length="30")
    _, arrays = typed(app)
    tracker = of_speech()
    made = generate(MODEL, PROMPT, 30, 0.6, None, 4)
    np.testing.assert_allclose(arrays["lit"], made.cell[:, tracker.unit], atol=1e-5)
    here = np.corrcoef(in_quotes(PROMPT + made.text), made.cell[:, tracker.unit])[0, 1]
    told = (
        f"correlation {tracker.found:.2f} in the chapters where it was looked for, {tracker.verified:.2f} "
        f"in those of another novel, {here:.2f} in the text here."
    )
    assert told.replace("-", "−") in text(app)


def test_a_unit_of_ones_own_lights_the_text_or_none_does(opened: Open) -> None:
    _, arrays = typed(opened("generate", light="unit", unit="5", length="30"))
    made = generate(MODEL, PROMPT, 30, 0.6, None, 4)
    np.testing.assert_allclose(arrays["lit"], made.cell[:, 5], atol=1e-5)
    header, arrays = typed(opened("generate", light="none", length="30"))
    assert (header["lit"], arrays["lit"].size) == (False, 0)


def test_more_goes_on_with_the_same_text(opened: Open) -> None:
    app = opened("generate", length="50")
    before = typed(app)[0]["text"]
    (button,) = [button for button in app.button if button.label == "300 more"]
    button.click().run()
    header, _ = typed(app)
    assert header["text"].startswith(before)
    assert len(header["text"]) == 350
    assert header["step"] == 349


def test_a_report_of_a_place_is_taken_and_nonsense_is_not(opened: Open) -> None:
    app = opened("generate", length="20")
    app.session_state["generate.typed"] = {"step": [4, 1]}
    assert typed(app.run())[0]["step"] == 4
    for number, nonsense in enumerate(([-1, 3], [10**9, 4], ["x", 5], "y", [[1], 6]), 10):
        app.session_state["generate.typed"] = {"step": nonsense, "other": number}
        assert typed(app.run())[0]["step"] == 4


@pytest.mark.parametrize(
    ("prompt", "read", "remark"),
    [
        ("", "\n", "Without a prompt"),
        ("🎉", "\n", "None of these characters is in its alphabet"),
        ("привет Emma", " Emma", "Left out, since the novels have no such characters: п р и в е т"),
        ("<script>alert(1)</script>", "scriptalert(1)script", "Left out"),
        ("ab" * 6000, "ab" * 250, "Of 12,000 characters the last 500 are read."),
    ],
)
def test_a_strange_prompt_is_read_as_far_as_it_can_be(
    opened: Open, prompt: str, read: str, remark: str
) -> None:
    app = opened("generate", length="5")
    app.text_area(key="generate.prompt").set_value(prompt).run()
    assert typed(app)[0]["prompt"].strip(" ") == read.strip(" ")
    assert remark in text(app)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", "3"),
        ("top_k", "0"),
        ("top_p", "2"),
        ("length", "99999"),
        ("unit", "1024"),
        ("at", "x"),
    ],
)
def test_a_link_with_nonsense_opens_the_lab_and_says_so(opened: Open, name: str, value: str) -> None:
    app = opened("generate", **{"length": "20", name: value})
    assert any(f"left out: {name}." in info.value for info in app.info)
    assert typed(app)[0]["text"]


def test_missing_weights_are_named(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise weights.BadWeights(f"The weights file {name}.safetensors is missing.")

    monkeypatch.setattr(model_cache, "trained", missing)
    app = opened("generate")
    assert any("novel_lstm.safetensors is missing" in error.value for error in app.error)


def test_a_question_is_answered_from_the_learners_text(opened: Open) -> None:
    app = opened("generate", length="30")
    app.session_state["generate.predict"] = True
    app.run()
    (radio,) = [radio for radio in app.radio if "temperature 0" in radio.label]
    greedy = generate(MODEL, PROMPT, 300, 0.0, None, 0).text
    circles = greedy[-40:] in greedy[:-40]
    radio.set_value("The text runs in circles" if circles else "It goes on without repeating itself").run()
    assert any(success.value.startswith("Yes.") for success in app.success)


def test_the_colours_say_which_means_inside(opened: Open) -> None:
    negative = of_speech().found < 0
    said = text(opened("generate", length="30"))
    assert ("Blue: outside; orange: inside." in said) == negative


def test_the_light_is_told_by_its_longest_stretches(opened: Open) -> None:
    app = opened("generate", length="120")
    header, arrays = typed(app)
    every, blue = header["prompt"] + header["text"], arrays["lit"] > 0
    turns = int((blue[1:] != blue[:-1]).sum())
    assert f"The light changes its colour {turns} times; its longest stretches: " in text(app)
    pattern = re.compile(r"(blue|orange) (?:from|on) “([^”]*)”(?: to “([^”]*)”)?")
    told = text(app).split("longest stretches: ")[1]
    found = pattern.findall(told.replace("\\", ""))
    assert len(found) == 3
    for colour, first, last in found:
        at = every.replace("\n", " ").index(first)
        assert blue[at] == (colour == "blue")
        assert (last or first) in every.replace("\n", " ")[at:]


def test_a_step_does_not_write_the_text_again(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("generate", length="20")

    def forbidden(*arguments: object) -> None:
        raise AssertionError("the text was written again")

    monkeypatch.setattr("dlviz.generation.generate", forbidden)
    app.session_state["generate.typed"] = {"step": [4, 1]}
    assert typed(app.run())[0]["step"] == 4


def test_a_link_holds_no_more_of_a_prompt_than_is_read(opened: Open) -> None:
    app = opened("generate", length="5")
    app.text_area(key="generate.prompt").set_value("ab" * 6000).run()
    assert query(app) == f"length=5&prompt={'ab' * 250}"
