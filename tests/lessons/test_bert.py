"""What the lesson on BERT claims, of the texts that the lab opens with."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from dlviz.attention.patterns import entropy
from dlviz.contributions import rank_agreement
from dlviz.encoders import packaged
from dlviz.encoders.geometry import cosines, fixed_plane
from dlviz.encoders.loading import Encoder, load
from dlviz.encoders.sentiment import offline, said
from dlviz.ui import lesson
from dlviz.ui.labs.bert import captions
from dlviz.ui.labs.bert.embeddings import (
    Cloud,
    likeness_of_senses,
    most_alike,
    places_of_word,
    read_sentences,
)
from dlviz.ui.labs.bert.explanation import Explanation, agreement, explain, rank
from dlviz.ui.labs.bert.forward import (
    ForwardPass,
    forward,
    large_pattern,
    measure_heads,
    shown_patterns,
    sink_of,
)
from dlviz.ui.labs.bert.sentiment import READERS
from dlviz.ui.labs.bert.state import EXAMPLES, LAB, PACKAGED, State, situation
from tests import encoder_folders

SENSES = "the cat sat\nthe cat on the mat\n\non the cat\nthe mat sat on the cat"
SOUP = "the soup was cold, but the unforgettable waiter was kind"


@cache
def opened(*off: tuple[int, int]) -> tuple[ForwardPass, State]:
    state = replace(LAB.opening(), off=off)
    return forward(packaged.encoder(), (state.text, state.other), state), state


@cache
def explained(text: str = LAB.opening().text) -> Explanation:
    return explain(packaged.encoder(), (text, ""), "sentiment", float)


@cache
def cloud() -> Cloud:
    found = read_sentences(packaged.encoder(), LAB.opening().sentences)
    assert found is not None
    return found


@cache
def likened(other: str = "") -> Explanation:
    """The example that is a pair, or its first text beside another."""
    ((text, paired),) = [pair for pair in EXAMPLES.items() if pair[1]]
    return explain(packaged.encoder(), (text, other or paired), "likeness", float)


@cache
def another_model() -> Encoder:
    with TemporaryDirectory() as folder:
        return load(encoder_folders.roberta(Path(folder), "the cat sat on the mat"), "another")


def turned(values: float | np.ndarray, effects: np.ndarray) -> int:
    return int((np.sign(values - effects) != np.sign(values)).sum())


def test_opens_on_the_previous_token() -> None:
    passed, state = opened()
    assert passed.selected == (0, 2)
    pattern = large_pattern(passed, state)
    rows = np.arange(1, len(pattern))
    assert (pattern[rows, rows - 1] > 0.99).all()
    assert (pattern.argmax(axis=1)[1:] == rows - 1).all()


def test_most_heads_look_at_cls() -> None:
    passed, _ = opened()
    count = measure_heads(passed).count()
    assert count["start"] == 45 > count.total() / 2
    assert count["separator"] == 0


def test_cls_is_a_sink() -> None:
    passed, _ = opened()
    sink = sink_of(passed)
    assert sink is not None
    assert 0.48 < sink.attention < 0.5
    assert sink.length < 0.06
    assert sink.gathered < 0.06


def test_a_head_of_layer_2_changes_most() -> None:
    moved = opened((0, 2))[0].moved
    assert np.unravel_index(moved.argmax(), moved.shape) == (1, 9)
    assert 0.21 < moved.max() < 0.22
    assert moved.max() > 2 * np.sort(moved.ravel())[-2]  # it cannot be missed


def test_layer_1_stays() -> None:
    moved = opened((0, 2))[0].moved
    assert moved[0].max() < 1e-6
    assert moved[1:].min() > 0.005  # a number stands in every other head


def test_answer_does_not_turn() -> None:
    answers = opened((0, 2))[0].answers
    assert answers is not None
    assert min(answers) > 0


def test_attention_explains_no_more_than_chance() -> None:
    for removal in ("mask", "leave"):
        assert "no more than chance gives with 10 tokens" in agreement(explained(), removal)
        rows = explained().rows(removal)
        agreed = rank(rows[removal], rows["received"])
        assert agreed is not None
        assert abs(agreed) < 0.3
        assert np.abs(rows[removal]).argsort()[-2] != rows["received"].argsort()[-2]


def test_soup_and_waiter_are_near_a_coin() -> None:
    assert SOUP in EXAMPLES
    assert 0.5 < 1 / (1 + np.exp(-explained(SOUP).effects.value)) < 0.6


def test_most_masks_turn_it() -> None:
    lost = explained(SOUP).rows("mask")["mask"]
    assert turned(explained(SOUP).effects.value, lost) > 0.8 * len(lost)


def test_leaving_out_turns_fewer() -> None:
    found = explained(SOUP)
    lost = found.rows("leave")["leave"]
    at = np.flatnonzero(np.sign(found.effects.value - lost) != np.sign(found.effects.value))
    assert {"cold", "but"} < {found.tokens.words[found.tokens.text[each]] for each in at}
    assert len(at) < len(lost) / 2


def test_mask_alone_does_most() -> None:
    effects = explained(SOUP).effects
    masked = explained(SOUP).rows("mask")["mask"]
    assert effects.mask_alone.mean() > 0.8 * masked.mean() > 0.2


def test_guitar_counts_most() -> None:
    for removal in ("mask", "leave"):
        rows, guitar = likened().rows(removal), likened().tokens.words.index("guitar") - 1
        assert rows[removal].argmax() == rows["received"].argmax() == guitar


def test_man_makes_them_less_alike() -> None:
    lost, man = likened().rows("leave")["leave"], likened().tokens.words.index("man") - 1
    assert lost.argmin() == man
    assert lost[man] < -0.08
    assert likened().rows("mask")["mask"].min() > 0.1  # masking does not show it


def test_likeness_hardly_hears_not() -> None:
    assert likened("a man is not playing the guitar").effects.value > likened().effects.value + 0.08


def test_heads_of_another_model_are_named_and_counted() -> None:
    passed = forward(another_model(), ("the cat sat on the mat", ""), State())
    assert situation(State(), "another") == "another model"
    assert measure_heads(passed).count().total() == 4
    assert captions.kinds(passed.tokens)["start"] == "<s>"


def test_every_layer_has_an_average() -> None:
    for layer in range(2):
        state = State(what="average", layer=layer, head=0)
        passed = forward(another_model(), ("the cat sat on the mat", ""), state)
        mean = passed.reading.attention[layer].mean(axis=0)
        np.testing.assert_allclose(large_pattern(passed, state), mean, atol=1e-6)


def test_across_is_the_other_text_alone() -> None:
    state = State(pairs="across")
    passed = forward(another_model(), ("the cat", "the mat"), state)
    segments = np.array(passed.tokens.segments)
    shown = shown_patterns(passed, state) > 0
    assert (shown == (segments[:, None] != segments)).all()


def test_banks_take_sides() -> None:
    places = places_of_word(cloud(), "bank")
    points, _ = fixed_plane(cloud().hidden, places)
    along = points[:, places, 0]  # (layer, bank)
    first, last = np.sign(along[0]), np.sign(along[6])
    assert list(last[:3]) == [last[0]] * 3
    assert list(last[3:]) == [-last[0]] * 3
    assert list(first) != list(last)
    assert np.ptp(along[6]) > 3 * np.ptp(along[0])


def test_senses_part() -> None:
    curves = likeness_of_senses(cloud(), places_of_word(cloud(), "bank"))
    within, between = curves["within a sense"], curves["between senses"]
    assert abs(within[0] - between[0]) < 0.002
    assert within[6] - between[6] > 0.09
    np.testing.assert_allclose(
        [within[0], between[0], within[6], between[6]], [0.975, 0.974, 0.895, 0.797], atol=1e-3
    )


def test_the_parts_too() -> None:
    between = likeness_of_senses(cloud(), places_of_word(cloud(), "the"))["between senses"]
    assert between[6] < between[0] - 0.5


def test_only_irony_differs() -> None:
    differing = [sentence for sentence, reader in READERS.items() if said(offline(), sentence)[0] != reader]
    assert differing == ["great, another broken phone"]


def test_not_turns_terrible() -> None:
    (before, sure), (after, unsure) = (
        said(offline(), text) for text in ("it was terrible", "it was not terrible")
    )
    assert (before, after) == ("negative", "positive")
    assert sure > 0.98
    assert unsure < sure - 0.1


def test_although_is_heard() -> None:
    assert said(offline(), "although the plot was boring, I loved the film")[0] == "positive"
    assert said(offline(), "although I loved the film, the plot was boring")[0] == "negative"


def test_a_table_is_near_a_coin() -> None:
    assert said(offline(), "the table has four legs")[1] < 0.7


def test_hello_is_positive() -> None:
    label, score = said(offline(), "hello")
    assert label == "positive"
    assert score > 0.9


def test_rows_sum_to_1() -> None:
    np.testing.assert_allclose(opened()[0].reading.attention.sum(axis=-1), 1, atol=1e-5)


def test_one_token_is_0_bits() -> None:
    assert entropy(np.eye(4)[None]).tolist() == [0]


def test_orders_are_equal_opposite_or_unlike() -> None:
    order = np.array([1.0, 2, 3, 4])
    assert rank_agreement(order, 10 * order) == pytest.approx(1)
    assert rank_agreement(order, -order) == pytest.approx(-1)
    assert rank_agreement(order, np.array([2.0, 4, 1, 3])) == pytest.approx(0)


def test_a_right_angle_is_0() -> None:
    vectors = np.array([[2.0, 0], [3, 0], [0, 1]])
    np.testing.assert_allclose(cosines(vectors)[0], [1, 1, 0], atol=1e-7)


def test_a_word_is_followed_in_every_layer_of_another_model() -> None:
    encoder = another_model()
    found = read_sentences(encoder, SENSES)
    assert found is not None
    curves = likeness_of_senses(found, places_of_word(found, "cat"))
    assert {name: len(values) for name, values in curves.items()} == {
        "within a sense": encoder.layers + 1,
        "between senses": encoder.layers + 1,
    }


def test_another_model_names_its_most_alike_sentences() -> None:
    found = read_sentences(another_model(), SENSES)
    assert found is not None
    for means in found.means:
        likeness = np.triu(cosines(means), 1)
        one, other = np.unravel_index(likeness.argmax(), likeness.shape)
        assert f"sentences {one + 1} and {other + 1}, cosine" in most_alike(cosines(means))


def test_likeness_is_measured_for_another_model() -> None:
    found = explain(another_model(), ("the cat sat", "the mat"), "likeness", float)
    for removal in ("mask", "leave"):
        rows = found.rows(removal)
        assert np.isfinite(rows[removal]).all()
        assert len(rows[removal]) == len(rows["received"])


def test_tasks_follow_the_model() -> None:
    for view in ("attention", "explain", "embeddings"):
        state = State(view=view)
        assert situation(state, "another") not in ("", situation(state, PACKAGED))
        assert situation(state, "another") in lesson.read("bert").openings
    assert situation(State(view="sentiment"), "another") == "sentiment"  # whose network stays
