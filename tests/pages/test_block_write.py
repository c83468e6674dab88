"""The part of the transformer block's lab in which CharTransformer writes."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dlviz import weights
from dlviz.attention.writing import Attended, attend
from dlviz.models import CharTransformer
from dlviz.ui.server import model_cache
from tests.packed import messages
from tests.pages.conftest import Open
from tests.pages.test_block import text

PROMPT = 'Elizabeth smiled, and said, "'


def plain(
    count: int, temperature: float = 0.6, top_k: int | None = None, top_p: float | None = None
) -> Attended:
    model = weights.load("char_transformer")
    assert isinstance(model, CharTransformer)
    return attend(model, PROMPT, count, temperature, top_k, 2, top_p)


def shown_text(app: AppTest) -> tuple[dict, dict[str, np.ndarray]]:
    (message,) = messages(app, "generated_text")
    return message


def write(opened: Open, **query: str) -> AppTest:
    return opened("block", part="write", draw_seed="2", **{"length": "20", **query})


def test_text_distributions_and_attention_are_the_plain_networks(opened: Open) -> None:
    header, arrays = shown_text(write(opened, temperature="0.8", top_k="5", top_p="0.9"))
    made = plain(20, 0.8, 5, 0.9)
    assert (header["prompt"], header["text"], header["step"]) == (PROMPT, made.text, 19)
    np.testing.assert_allclose(arrays["drawn"], made.drawn, atol=1e-5)
    np.testing.assert_allclose(arrays["raw"], made.raw, atol=1e-3)
    np.testing.assert_allclose(arrays["attention"] / 255, made.attention, atol=0.5 / 255 + 1e-6)
    np.testing.assert_allclose(arrays["most"][:, :, 0], made.attention.mean(axis=2).max(axis=-1))
    np.testing.assert_allclose(arrays["most"][:, :, 1:], made.attention.max(axis=-1))
    assert header["looks"] == {"layer": 1, "head": -1, "heard": 0}


def test_one_more_goes_on_with_the_same_text_by_one_character(opened: Open) -> None:
    app = write(opened)
    (button,) = [button for button in app.button if button.label == "One more"]
    button.click().run()
    assert shown_text(app)[0]["text"] == plain(21).text
    assert shown_text(app)[0]["step"] == 20


def test_a_step_and_another_block_do_not_write_the_text_again(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = write(opened)

    def forbidden(*arguments: object) -> None:
        raise AssertionError("the text was written again")

    monkeypatch.setattr("dlviz.attention.writing.attend", forbidden)
    app.session_state["block.generated_text"] = {"step": [4, 1], "looks": [3, 2, 5]}
    header, _ = shown_text(app.run())
    assert header["step"] == 4
    assert header["looks"] == {"layer": 3, "head": 2, "heard": 5}
    for number, nonsense in enumerate(([9, 9, 6], ["x", 0, 7], "y"), 8):
        app.session_state["block.generated_text"] = {"step": [10**9, number], "looks": nonsense}
        header, _ = shown_text(app.run())
        assert (header["step"], header["looks"]["layer"]) == (4, 3)


def test_both_networks_results_stand_side_by_side(opened: Open) -> None:
    said = text(write(opened))
    for name in ("char_transformer", "novel_lstm"):
        assert model_cache.result(name) in said
        assert model_cache.facts(name)["recipe"] in said
    own = plain(20).bits[len(PROMPT) :].mean()
    assert f"costs CharTransformer {own:.2f} bits a character" in said


def test_a_strange_prompt_is_read_as_far_as_it_can_be(opened: Open) -> None:
    app = write(opened, length="3")
    app.text_area(key="block.prompt").set_value("<script>alert(1)</script>").run()
    assert shown_text(app)[0]["prompt"] == "scriptalert(1)script"
    assert "Left out" in text(app)


def test_the_questions_are_about_the_text(opened: Open) -> None:
    app = write(opened)
    app.session_state["block.predict"] = True
    app.run()
    for label in ("just before", "never read", "right after your beginning"):
        assert any(label in radio.label for radio in app.radio)
