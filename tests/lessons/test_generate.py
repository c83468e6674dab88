"""What the Text generation lab's lesson claims, at the lab's defaults."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from dlviz import interpretable_units, weights
from dlviz.data import letter_frequencies, novels
from dlviz.paths import WEIGHTS
from dlviz.ui.labs.generate import captions
from dlviz.ui.labs.generate.forward import ForwardPass, find_trackers, forward
from dlviz.ui.labs.generate.networks import CharacterNetwork
from dlviz.ui.labs.generate.state import State

MODEL = weights.load("novel_lstm")
NETWORK = CharacterNetwork(MODEL, "")
DEFAULT = State()


@cache
def passed(state: State) -> ForwardPass:
    return forward(NETWORK, state)


@cache
def learned_words() -> set[str]:
    return set(words(novels.parts()[0]))


def words(text: str) -> list[str]:
    return "".join(character if character.isalpha() else " " for character in text.lower()).split()


def known_share(temperature: str) -> float:
    """Share of a text's words that the novels have; the last one may be cut."""
    written = words(passed(replace(DEFAULT, temperature=temperature)).generated.text)[:-1]
    return float(np.mean([word in learned_words() for word in written]))


def test_network_often_guesses_its_own_text() -> None:
    generated = passed(DEFAULT).generated
    guesses = [novels.ALPHABET[index] for index in generated.raw.argmax(axis=1)]
    right = [guess == character for guess, character in zip(guesses, generated.text, strict=True)]
    assert 0.6 < np.mean(right) < 0.95
    assert sum(right[:20]) == 16


def test_words_begin_with_surprise() -> None:
    generated = passed(DEFAULT).generated
    bits = generated.bits[len(generated.prompt) :]
    inside = np.array([each.isalpha() for each in (generated.prompt[-1] + generated.text)[: len(bits)]])
    assert bits[~inside].mean() > 3 * bits[inside].mean()


def test_heat_spoils_the_spelling() -> None:
    assert known_share("0") == known_share("0.6") == 1
    assert known_share("2") < 0.7


def test_cold_runs_in_circles() -> None:
    text = passed(replace(DEFAULT, temperature="0")).generated.text
    assert text[-40:] in text[:-40]
    usual = passed(DEFAULT).generated.text
    assert usual[-40:] not in usual[:-40]


def test_a_unit_follows_quotation_marks() -> None:
    through = passed(DEFAULT)
    assert find_trackers(MODEL)["quotes"].tracks
    assert through.light is not None
    turns = np.flatnonzero(np.diff(through.light > 0))
    marks = [at for at, character in enumerate(through.text) if character == '"']
    assert turns.tolist() == marks  # it turns with the character right after each mark


def test_the_prompt_surprises_too() -> None:
    through = passed(replace(DEFAULT, light="surprise"))
    assert through.light is not None
    assert (through.light[1 : len(DEFAULT.prompt)] > 0).all()


def test_another_character_another_text() -> None:
    generated = passed(DEFAULT).generated
    other = next(
        int(at) for at in generated.raw[5].argsort()[::-1] if novels.ALPHABET[at] != generated.text[5]
    )
    turned = passed(replace(DEFAULT, put=((5, other),)))
    assert turned.generated.text[:5] == passed(DEFAULT).generated.text[:5]
    assert turned.generated.text[5] == novels.ALPHABET[other]
    assert turned.generated.text[6:] != passed(DEFAULT).generated.text[6:]


def test_each_step_has_a_distribution() -> None:
    raw = passed(DEFAULT).generated.raw
    assert raw.shape == (DEFAULT.length, len(novels.ALPHABET))
    np.testing.assert_allclose(raw.sum(axis=1), 1, atol=1e-5)


def test_temperature_evens_out() -> None:
    usual, hot, cold = (
        passed(replace(DEFAULT, temperature=each, length=1)).generated.drawn[0] for each in ("1", "2", "0.4")
    )
    assert cold.max() > usual.max() > hot.max()
    assert cold[cold > 0].min() < usual.min() < hot.min()


def test_top_k_leaves_k() -> None:
    drawn = passed(replace(DEFAULT, top_k="5", length=40)).generated.drawn
    assert ((drawn > 0).sum(axis=1) == 5).all()


def test_top_p_leaves_few_where_it_is_sure() -> None:
    generated = passed(replace(DEFAULT, top_p="0.9", temperature="1")).generated
    kept = (generated.drawn > 0).sum(axis=1)
    sure = generated.raw.max(axis=1) > 0.9
    assert (kept[sure] == 1).all()
    assert kept[~sure].min() > 1
    assert kept.max() > 10


def test_a_seed_is_a_text() -> None:
    again, other = forward(NETWORK, DEFAULT), passed(replace(DEFAULT, seed=5))
    assert again.text == passed(DEFAULT).text != other.text


def test_frequencies_cost_more() -> None:
    single, pairs = letter_frequencies.held_out_costs()
    bits = weights.read(WEIGHTS / "novel_lstm.safetensors").measured["bits_per_character"]["held_out"]
    assert [f"{cost:.2f}" for cost in (single, pairs, bits)] == ["4.47", "3.53", "1.51"]


def test_costs_stand_beside_frequencies() -> None:
    table = captions.costs(passed(DEFAULT))
    single, pairs = letter_frequencies.costs(passed(DEFAULT).text, len(DEFAULT.prompt))
    network = float(np.mean(passed(DEFAULT).generated.bits[len(DEFAULT.prompt) :]))
    for cost in (single, pairs, network):
        assert f" {cost:.2f} |" in table


def test_near_characters_matter_most() -> None:
    through = passed(replace(DEFAULT, light="influence", at=299))
    assert through.light is not None
    at = len(through.generated.prompt) + 299
    near, far = through.light[at - 20 : at].sum(), through.light[: at - 20].sum()
    assert near > far
    assert through.light[at:].max() == pytest.approx(0)


def test_correlation_is_1_minus_1_or_0() -> None:
    states = np.array([[1.0, -1, 1], [2, -2, -1], [3, -3, -1], [4, -4, 1]])
    found = interpretable_units.correlations(states, np.array([2.0, 4, 6, 8]))
    np.testing.assert_allclose(found, [1, -1, 0], atol=1e-6)
