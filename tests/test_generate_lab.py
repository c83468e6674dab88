"""The Text generation lab's pass, sentences, questions and script, of the network that ships with it."""

import re
from functools import cache

import numpy as np
import pytest

from dlviz import weights
from dlviz.data import letter_frequencies
from dlviz.data.novels import ALPHABET
from dlviz.generation import generate, influence
from dlviz.interpretable_units import in_quotes
from dlviz.scripts.labs import generate_script
from dlviz.ui.fields import codecs
from dlviz.ui.labs.generate import captions
from dlviz.ui.labs.generate.forward import ForwardPass, find_trackers, forward
from dlviz.ui.labs.generate.networks import CharacterNetwork
from dlviz.ui.labs.generate.questions import main_question, questions, script
from dlviz.ui.labs.generate.state import State
from dlviz.ui.next_character import name_character

MODEL = weights.load("novel_lstm")
NETWORK = CharacterNetwork(MODEL, "Made for a test.", weights_file="novel_lstm.safetensors", held_out=1.507)
PROMPT = State().prompt


@cache
def passed(state: State) -> ForwardPass:
    return forward(NETWORK, state)


def test_the_network_is_measured_in_units_and_layers() -> None:
    assert (NETWORK.units, NETWORK.layers, NETWORK.measurable) == (512, 1, True)


def test_top_p_leaves_only_the_most_probable() -> None:
    text = passed(State(temperature="1", top_p="0.5", seed=7, length=40, light="none")).generated
    expected = generate(MODEL, PROMPT, 40, 1.0, None, 7, top_p=0.5)
    assert text.text == expected.text
    np.testing.assert_array_equal(text.drawn, expected.drawn)
    # Each that is kept is needed: without the least probable of them less than half would be left.
    kept = np.where(text.drawn > 0, text.raw, 0)
    assert (kept.sum(1) > 0.5 - 1e-5).all()
    assert (kept.sum(1) - np.where(kept > 0, kept, 1).min(1) < 0.5).all()


def test_the_light_is_the_measured_units_cell_and_its_correlations_are_told() -> None:
    through, tracker = passed(State(length=30)), find_trackers(MODEL)["quotes"]
    generated = generate(MODEL, PROMPT, 30, 0.6, None, 4)
    light = generated.cell[:, tracker.unit]
    assert (through.unit, through.text) == (tracker.unit, PROMPT + generated.text)
    assert through.light is not None
    np.testing.assert_allclose(through.light, light, atol=1e-5)
    here = np.corrcoef(in_quotes(through.text), light)[0, 1]
    assert through.correlations["quotes"] == pytest.approx(here, abs=1e-6)
    told = (
        f"correlation {tracker.found:.2f} in the chapters where it was looked for, {tracker.verified:.2f} "
        f"in those of another novel, {here:.2f} in the text here. "
    )
    colours = "Blue: outside; orange: inside." if tracker.found < 0 else "Blue: inside; orange: outside."
    assert told.replace("-", "−") + colours in captions.colours(through)


def test_a_unit_of_ones_own_lights_the_text_or_none_does() -> None:
    through = passed(State(light="unit", unit=5, length=30))
    assert through.light is not None
    np.testing.assert_allclose(through.light, generate(MODEL, PROMPT, 30, 0.6, None, 4).cell[:, 5], atol=1e-5)
    assert captions.colours(through).startswith("Coloured by the cell state of unit 5: blue positive")
    assert passed(State(light="unit", unit=1023, length=30)).unit == 511
    dark = passed(State(light="none", length=30))
    assert (dark.unit, dark.light, dark.tracker) == (None, None, None)
    assert captions.colours(dark) == captions.longest_stretches(dark) == ""


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
def test_a_strange_prompt_is_read_as_far_as_it_can_be(prompt: str, read: str, remark: str) -> None:
    through = passed(State(prompt=prompt, length=5, light="none"))
    assert through.generated.prompt.strip(" ") == read.strip(" ")
    assert remark in through.remark


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("temperature", "3"),
        ("top_k", "0"),
        ("top_p", "2"),
        ("seed", "10000"),
        ("length", "99999"),
        ("light", "moon"),
        ("unit", "1024"),
        ("at", "x"),
        ("run", "../novel"),
    ],
)
def test_nonsense_of_a_link_is_no_value_of_a_field(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{re.escape(value)}|no run"):
        codecs(State)[name].read(value)


def test_the_light_is_told_by_its_longest_stretches() -> None:
    through = passed(State(length=120))
    assert through.light is not None
    blue = through.light > 0
    told = captions.longest_stretches(through)
    turns = int((blue[1:] != blue[:-1]).sum())
    assert f"The colour changes {turns} times; its longest stretches: " in told
    pattern = re.compile(r"(blue|orange) (?:from|on) “([^”]*)”(?: to “([^”]*)”)?")
    found = pattern.findall(told.partition("longest stretches: ")[2])
    assert len(found) == 3
    every = through.text.replace("\n", " ")
    for colour, first, last in found:
        at = every.index(first)
        assert blue[at] == (colour == "blue")
        assert (last or first) in every[at:]


def test_what_a_character_costs_is_told_beside_guesses_and_frequencies() -> None:
    through = passed(State(length=40, light="none"))
    bits, read = through.generated.bits, len(PROMPT)
    single, pairs = letter_frequencies.costs(PROMPT)
    own_single, own_pairs = letter_frequencies.costs(through.text, read)
    assert captions.costs(through).splitlines() == [
        "| Bits a character, by | your beginning | its own text | chapters that it has never read |",
        "|---|---:|---:|---:|",
        "| a guess at random | 6.25 | 6.25 | 6.25 |",
        f"| how frequent each letter is | {single:.2f} | {own_single:.2f} | 4.47 |",
        f"| and which letter stands before it | {pairs:.2f} | {own_pairs:.2f} | 3.53 |",
        f"| **this network** | {bits[1:read].mean():.2f} | {bits[read:].mean():.2f} | 1.51 |",
    ]
    assert len(ALPHABET) == 76


def test_a_text_without_quotation_marks_has_nothing_to_correlate_with() -> None:
    through = passed(State(prompt="She was very", length=1, temperature="0"))
    assert '"' not in through.text
    assert through.correlations["quotes"] is None
    told = captions.colours(through)
    assert "0.00" not in told
    assert "In the text here that never changes, so the unit has nothing to follow" in told


def test_surprise_colours_the_prompt_too() -> None:
    through = passed(State(length=20, light="surprise"))
    assert through.light is not None
    np.testing.assert_array_equal(through.light, through.generated.bits)
    assert through.light[1 : len(PROMPT)].min() > 0
    assert captions.longest_stretches(through) == ""
    assert "8 bits or more, a chance of 1 in 256" in captions.colours(through)


def test_what_a_character_hung_on_is_told_by_its_gradient() -> None:
    through = passed(State(length=20, at=7, light="influence"))
    at = len(PROMPT) + 7
    assert through.light is not None
    np.testing.assert_array_equal(through.light, influence(MODEL, through.text, at))
    best = int(through.light.argmax())
    assert f"largest at {name_character(through.text[best])}, {at - best} character" in captions.colours(
        through
    )


def test_the_learners_characters_stand_in_the_text_and_the_script_puts_them_too() -> None:
    state = State(length=30, put=((3, ALPHABET.index("x")), (40, 1)), light="none")
    through = passed(state)
    plain = passed(State(length=30, light="none"))
    assert through.own == (3,)
    assert through.generated.text[:4] == plain.generated.text[:3] + "x"
    usage = "python script.py novel_lstm.safetensors"
    assert script(through, state) == generate_script(PROMPT, 30, 0.6, None, 4, None, usage, {3: "x"})


def test_a_link_holds_the_learners_characters() -> None:
    codec = codecs(State)["put"]
    assert codec.read(codec.write(((0, 3), (17, 75)))) == ((0, 3), (17, 75))
    for nonsense in ("", "3", "3.76", "-1.2", "1200.2", "4.1~3.1", "4.1~4.2", "x.y", "1.2.3"):
        with pytest.raises(ValueError):  # noqa: PT011
            codec.read(nonsense)


def test_questions_are_answered_from_the_learners_text() -> None:
    through = passed(State(length=30, light="none"))
    asked = {question.name: question for question in questions(through, State())}
    question = main_question(through, State())
    assert question is not None
    greedy = generate(MODEL, PROMPT, 300, 0.0, None, 0).text
    assert question.answer == (
        "The text runs in circles" if greedy[-40:] in greedy[:-40] else "It goes on without repeating itself"
    )
    assert passed(State(**{**question.shows, "light": "none"})).generated.text == greedy
    assert main_question(through, State(temperature="0")) is None
    bits = through.generated.bits[len(PROMPT) :]
    before = through.text[len(PROMPT) - 1 : -1]
    inside = np.array([character.isalpha() for character in before])
    larger = bits[inside].mean() > bits[~inside].mean()
    assert asked["unsure"].answer == ("after a letter" if larger else "after a space, a mark or a new line")


def test_the_script_is_given_what_made_the_text() -> None:
    state = State(prompt="Emma", length=30, temperature="0.8", top_k="5", top_p="0.9", light="none")
    usage = "python script.py novel_lstm.safetensors"
    assert script(passed(state), state) == generate_script("Emma", 30, 0.8, 5, 4, 0.9, usage)
