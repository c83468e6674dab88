"""The controls of sampling, and the numbers that they stand for."""

from dataclasses import dataclass

import pytest
from streamlit.testing.v1 import AppTest

from dlviz import generation
from dlviz.ui import fields
from dlviz.ui.inputs import sampling
from dlviz.ui.inputs.sampling import Sampling, SamplingFields, read_sampling


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (SamplingFields(), Sampling(0.6, None, 7, None)),
        (SamplingFields(temperature="0", top_k="20", top_p="0.95"), Sampling(0.0, 20, 7, 0.95)),
        (SamplingFields(temperature="2", top_k="1", top_p="0.1"), Sampling(2.0, 1, 7, 0.1)),
    ],
)
def test_words_stand_for_numbers_and_the_last_for_no_limit(state: SamplingFields, expected: Sampling) -> None:
    assert read_sampling(state, 7) == expected


@pytest.mark.parametrize("temperature", sampling.TEMPERATURES)
def test_every_temperature_on_offer_can_be_drawn_with(temperature: str) -> None:
    assert 0 <= float(temperature) <= generation.HOTTEST


def test_a_link_holds_as_much_of_a_prompt_as_is_read() -> None:
    assert sampling.LONGEST_PROMPT == generation.LONGEST_PROMPT
    codec = fields.codecs(SamplingFields)["prompt"]
    assert codec.write("ab" * 300) == "ab" * 250


def controls() -> None:
    """Controls of a lab that writes 8 characters at most; its seed has another name."""
    from dlviz.ui.inputs.sampling import choose_sampling
    from dlviz.ui.lab import Lab
    from tests.test_sampling import State

    lab = Lab("writer", State)
    lab.restore()
    choose_sampling(lab, [1, 5], 8, "draw_seed")


@dataclass(frozen=True)
class State(SamplingFields):
    length: int = fields.integer(1, 8, 3)
    draw_seed: int = fields.integer(0, 9999, 5)


def test_buttons_write_more_as_far_as_a_text_may_grow() -> None:
    app = AppTest.from_function(controls).run()
    app.session_state["writer.at"] = 2
    for label, length in (("One more", 4), ("5 more", 8)):
        next(button for button in app.button if button.label == label).click().run()
        assert app.session_state["writer.length"] == length
    assert app.session_state["writer.at"] == -1
    assert all(button.disabled for button in app.button)
    assert app.number_input(key="writer.draw_seed").value == 5
