"""The BERT lab's pass, measures, sentences and questions, of the encoder that ships with it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from dlviz.attention.interventions import drop_heads
from dlviz.attention.patterns import rollout
from dlviz.chance import rank_band
from dlviz.contributions import rank_agreement
from dlviz.encoders import answers, packaged, reading
from dlviz.encoders.eager_attention import layer
from dlviz.encoders.explanations import Effects, effects, looked_at, sureness
from dlviz.encoders.geometry import cosines
from dlviz.scripts.labs import bert_script
from dlviz.ui.fields import codecs
from dlviz.ui.labs.bert import captions, embeddings, explanation
from dlviz.ui.labs.bert.attention import picture
from dlviz.ui.labs.bert.embeddings import Cloud, compare_word, most_alike, places_of_word, read_sentences
from dlviz.ui.labs.bert.explanation import Explanation
from dlviz.ui.labs.bert.forward import (
    ForwardPass,
    NoToken,
    forward,
    large_pattern,
    measure_heads,
    shown_patterns,
)
from dlviz.ui.labs.bert.questions import ask_main, main_question, questions, script
from dlviz.ui.labs.bert.state import BANK, COMPARED, LAB, State

ENCODER = packaged.encoder()
TEXT = "the cat sat on the mat because it was warm"
PAIR = ("a man plays the guitar", "someone makes music")


def passed(texts: tuple[str, str] = (TEXT, ""), **chosen: object) -> tuple[ForwardPass, State]:
    state = State(**chosen)  # pyright: ignore[reportArgumentType]
    return forward(ENCODER, texts, state), state


@cache
def attention(text: str = TEXT, other: str = "") -> np.ndarray:
    return reading.read(ENCODER, reading.tokens(ENCODER, text, other)).attention


def test_a_head_is_shown_large_as_the_encoder_computes_it() -> None:
    shown = picture(*passed(layer=3, head=5))
    np.testing.assert_allclose(shown.large, attention()[3, 5], atol=1e-6)
    assert shown.small is not None
    np.testing.assert_allclose(shown.small, attention(), atol=1e-6)
    assert shown.shown == (3, 5)
    assert shown.title.startswith("Layer 4, head 6: looks at ")
    assert "12 tokens, 10 of them text. Their embeddings: (1, 12, 384)" in shown.note


def test_a_head_that_is_not_there_is_the_last() -> None:
    assert passed(layer=40, head=60)[0].selected == (5, 11)


def test_average_and_rollout_are_computed_from_all_heads() -> None:
    shown = picture(*passed(what="average", layer=4))
    np.testing.assert_allclose(shown.large, attention()[4].mean(axis=0), atol=1e-6)
    shown = picture(*passed(what="rollout"))
    np.testing.assert_allclose(shown.large, rollout(list(attention())), atol=1e-6)
    assert shown.shown is None


def test_the_measured_kinds_add_up_to_all_heads() -> None:
    measured = measure_heads(passed()[0])
    assert measured.count().total() == 72
    counts = re.findall(r"(\d+) at ", captions.counted_kinds(measured, passed()[0].tokens))
    assert sum(map(int, counts)) == 72
    assert measured.most == pytest.approx(np.log2(12))
    safe = np.maximum(attention(), 1e-30)
    np.testing.assert_allclose(measured.bits, -(safe * np.log2(safe)).sum(-1).mean(-1), atol=1e-4)


def test_filters_hide_tokens_and_pairs_and_say_so() -> None:
    through, state = passed(PAIR, plain=True, pairs="across")
    shown = picture(through, state)
    tokens = reading.tokens(ENCODER, *PAIR)
    assert shown.tokens == [tokens.words[at] for at in tokens.text]
    assert shown.segments == [0] * 5 + [1] * 3
    expected = attention(*PAIR)[2, 0][np.ix_(tokens.text, tokens.text)]
    expected[:5, :5] = expected[5:, 5:] = 0
    np.testing.assert_allclose(shown.large, expected, atol=1e-6)
    assert captions.hidden_share(through, state) in shown.note
    assert "rows shown sum to less than 1" in shown.note
    assert captions.hidden_share(*passed(PAIR)) == captions.hidden_share(*passed(pairs="across")) == ""


@pytest.mark.parametrize("what", ["head", "average", "rollout"])
def test_within_and_across_make_up_all(what: str) -> None:
    within, across, whole = (
        large_pattern(*passed(PAIR, pairs=pairs, what=what)) for pairs in ("within", "across", "all")
    )
    np.testing.assert_allclose(within + across, whole)
    assert within.any()
    assert across.any()


def test_a_pinned_token_is_found_among_those_that_are_shown() -> None:
    pinned = {plain: picture(*passed(plain=plain, pinned=1)).pinned for plain in (False, True)}
    assert pinned == {False: 1, True: 0}
    assert picture(*passed(plain=True, pinned=0)).pinned == -1  # [CLS] is hidden


def test_a_switched_off_head_changes_what_follows_and_is_named() -> None:
    through, state = passed(off=((1, 2), (40, 0)))
    tokens = reading.tokens(ENCODER, TEXT)
    edited = reading.read(ENCODER, tokens, drop_heads(layer(1), [2]))
    np.testing.assert_allclose(shown_patterns(through, state), edited.attention, atol=1e-6)
    plain = reading.read(ENCODER, tokens)
    sizes = [np.linalg.norm(one.hidden[-1], axis=1) for one in (edited, plain)]
    kept = ((edited.hidden[-1] * plain.hidden[-1]).sum(axis=1) / np.prod(sizes, axis=0)).mean()
    assert through.off == ((1, 2),)  # there is no layer 41
    assert captions.switched_off(through) == (
        f"Edited: switched off (layer.head) 2.3. The tokens’ last vectors keep a cosine of {kept:.3f} "
        "to the untouched ones."
    )
    assert captions.switched_off(passed()[0]) == ""


def test_heads_are_read_from_a_link_counted_from_one() -> None:
    codec = codecs(State)["off"]
    assert codec.read("3.4-1.1-3.4") == ((0, 0), (2, 3))
    assert codec.write(((0, 0), (2, 3))) == "1.1-3.4"
    assert codec.read("") == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("off", "9.9-x"),
        ("off", "0.1"),
        ("off", "49.1"),
        ("drawn", "spiral"),
        ("word", "two words"),
        ("word", "x" * 41),
        ("model", "/etc"),
        ("model", "../secret"),
        ("model", "~"),
        ("model", "a/b/c"),
        ("model", "C:\\x"),
    ],
)
def test_nonsense_of_a_link_is_no_value_of_a_field(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{re.escape(value)}|no head"):
        codecs(State)[name].read(value)


@pytest.mark.parametrize("nothing", ["", " \n ", "\u200b"])
def test_without_a_token_of_text_there_is_nothing_to_read(nothing: str) -> None:
    with pytest.raises(NoToken):
        passed((nothing, ""))


def test_ten_thousand_words_are_cut_at_the_limit_and_that_is_said() -> None:
    tokens = reading.tokens(ENCODER, "word " * 10_000)
    assert len(tokens) == 256
    assert captions.left_out(tokens) == "The first 256 of your 10,002 tokens are read: no more fit."
    assert captions.left_out(reading.tokens(ENCODER, TEXT)) == ""


@pytest.mark.parametrize(
    "strange", ["<script>alert(1)</script> **b**", "это очень хорошо", "猫は寝る", "🎉 😀"]
)
def test_markup_and_other_scripts_are_tokens_like_others(strange: str) -> None:
    shown = picture(*passed((strange, "")))
    tokens = reading.tokens(ENCODER, strange)
    words = tokens.words
    assert shown.tokens == list(words)
    unknown = words.count("[UNK]")
    assert ("[UNK]" in shown.note) == bool(unknown)
    assert not unknown or re.search(rf"\b{unknown} (is|are) \[UNK\]", shown.note)
    warning = captions.unknown_tokens(ENCODER, tokens)
    assert warning.startswith(f"{unknown} of ") == bool(unknown)


def test_questions_are_answered_from_the_learners_text() -> None:
    asked = {question.name: question for question in questions(*passed())}
    safe = np.maximum(attention(), 1e-30)
    bits = -(safe * np.log2(safe)).sum(axis=-1).mean(axis=(1, 2))
    assert asked["spread"].answer == f"Layer {bits.argmax() + 1}"
    received = attention().mean(axis=(0, 1, 2))
    shares = {"[CLS]": received[0], "[SEP]": received[-1], "All words together": received[1:-1].sum()}
    assert asked["mostly"].answer == max(shares, key=lambda name: shares[name])
    told = captions.counted_kinds(measure_heads(passed()[0]), passed()[0].tokens)
    counts = {where: int(count) for count, where in re.findall(r"(\d+) at ([^,.]+)", told)}
    assert asked["kind"].answer == f"At {max(counts, key=lambda where: counts[where])}"


def test_a_head_that_is_off_is_predicted_to_reach_later_layers_alone() -> None:
    through, state = passed(layer=0, head=2)
    asked, question = ask_main(through, state), main_question(through, state)
    assert asked is not None
    assert question is not None
    moved = forward(ENCODER, through.texts, replace(state, **question.shows)).moved
    assert moved[0].max() == 0 < moved[1:].max()
    assert (asked.answer, question.answer) == (None, "Those of later layers alone")
    last = passed(layer=ENCODER.layers - 1, head=0)
    known = main_question(*last)
    assert known is not None
    assert known.answer == "None"
    assert main_question(*passed(off=((1, 2),))) is None


def test_the_script_is_given_what_is_on_screen() -> None:
    through, state = passed(PAIR, layer=1, head=2, off=((1, 2),))
    assert script(through, state) == bert_script(None, *PAIR, (1, 2), ((1, 2),), ENCODER.limit)


# Does attention explain?


def explained(
    answer: str,
    value: float,
    masked: list[float],
    heads: np.ndarray | None = None,
    alone: Sequence[float] = (),
    **looks: list[float],
) -> Explanation:
    """Made-up effects of tokens, four or more, which stand between a [CLS] and a [SEP]."""
    tokens = reading.tokens(ENCODER, " ".join(["the soup was cold", *["cold"] * (len(masked) - 4)]))
    surrounded = np.array([9.0, *masked, 9.0])
    measured = Effects(value, surrounded, surrounded, np.array(alone), surrounded.copy(), heads)
    given = {name: np.array([0.0, *values, 0.0]) for name, values in looks.items()}
    sharpness = np.ones((1, 1)) if heads is None else np.abs(heads)
    return Explanation(answer, "[MASK]", tokens, measured, given, sharpness)


def test_likeness_is_explained_by_the_effects_on_it() -> None:
    text, other = "the soup was cold but the waiter was kind", "we liked the waiter"
    shares: list[float] = []
    found = explanation.explain(ENCODER, (text, other), "likeness", shares.append)
    assert shares[-1] == pytest.approx(1)
    tokens = reading.tokens(ENCODER, text)
    ask = answers.likeness(ENCODER, reading.tokens(ENCODER, other))
    expected = effects(ask, ENCODER, tokens, float)
    np.testing.assert_allclose(found.effects.masked, expected.masked, atol=1e-5)
    read = reading.read(ENCODER, tokens)
    np.testing.assert_allclose(found.sharpness, sureness(read))
    looks = looked_at(read)
    assert found.looks.keys() == looks.keys()
    rows, text_places = found.rows("mask"), list(tokens.text)
    assert list(rows) == ["mask", "gradient", "received", "first", "rollout"]
    np.testing.assert_allclose(found.rows("leave")["leave"], expected.left_out[text_places], atol=1e-5)
    np.testing.assert_allclose(rows["rollout"], looks["rollout"][text_places])
    # Only sizes count, each measure in its own unit.
    masked, received = np.abs(rows["mask"]), rows["received"]
    agreed = rank_agreement(masked / masked.max(), received / received.max())
    assert explanation.rank(rows["mask"], rows["received"]) == agreed
    assert explanation.answer_in_words(found) == f"Likeness of the two texts: {found.effects.value:.3f}"


MASKED = [0.1, -0.2, 0.3, -0.4, 0.5, -0.6, 0.7, -0.8]


@pytest.mark.parametrize(
    ("received", "kind", "agreed"),
    [
        ([1.0, 2, 3, 4, 5, 6, 7, 8], "attention points at the tokens that count, more than chance", "1.00"),
        ([8.0, 7, 6, 5, 4, 3, 2, 1], "attention points away from the tokens that count", "−1.00"),
        ([4.0, 1, 2, 3, 8, 5, 6, 7], "attention explains no more than chance gives with 8 tokens", "0.71"),
        ([5.0, 1, 8, 3, 7, 2, 4, 6], "attention explains no more than chance gives with 8 tokens", "0.10"),
    ],
)
def test_the_verdict_is_that_of_one_measure_against_chance(
    received: list[float], kind: str, agreed: str
) -> None:
    found = explained("sentiment", 1.0, MASKED, received=received, first=MASKED, rollout=MASKED)
    told = explanation.agreement(found, "mask")
    assert told.startswith(f"**Here {kind}")
    assert f"the tokens agree to {agreed} (Spearman’s rank correlation)" in told
    assert "Only sizes are compared" in told
    assert f"| Mask each token | {agreed} | 1.00 | 1.00 | 1.00 |" in explanation.agreement_table(
        found, "mask"
    )


@pytest.mark.parametrize("count", [4, 10, 25])
def test_random_rankings_are_told_from_chance_in_less_than_one_of_twenty(count: int) -> None:
    draw, nothing = np.random.default_rng(count), [1.0] * count
    chance = 0
    for _ in range(1000):
        masked, received = draw.normal(size=(2, count))
        found = explained("sentiment", 1.0, [*masked], received=[*received], first=nothing, rollout=nothing)
        chance += "no more than chance" in explanation.agreement(found, "mask")
    assert chance >= 970


def test_the_band_holds_99_of_100_random_orders() -> None:
    one, draw = np.arange(10.0), np.random.default_rng(5)
    low, high = rank_band(one, one)
    agreed = [rank_agreement(one, draw.permutation(one)) for _ in range(2000)]
    inside = np.mean([low <= value <= high for value in agreed if value is not None])
    assert 0.98 <= inside <= 0.998
    assert 0.7 < high < 0.82  # tables of Spearman's coefficient: 0.794 for 1 in 100, both sides, of ten pairs
    assert rank_band(one[:4], one[:4]) == pytest.approx((-1, 1))


def test_signed_agreement_of_masking_and_gradient_is_told() -> None:
    found = explained("sentiment", 1.0, MASKED, received=MASKED, first=MASKED, rollout=MASKED)
    found.effects.gradient[1:-1] *= -1
    table = explanation.agreement_table(found, "mask")
    assert "| Mask each token | 1.00 | 1.00 | 1.00 | 1.00 |" in table
    assert table.endswith("With their signs, “Mask each token” and gradient × input agree to −1.00.")


def test_what_a_mask_token_costs_by_itself_is_told() -> None:
    found = explained("sentiment", 0.5, [0.4, 0.5, 0.3, 0.4], alone=[0.3, 0.4, 0.2])
    told = explanation.cost_of_mask(found, "mask")
    assert told == (
        "A [MASK] put between two tokens, with nothing taken away, alone changes the answer from 0.5 to 0.2 "
        "on average; in a token’s place it changes it to 0.1. So on average at least half of what masking "
        "shows is [MASK] itself: leave tokens out instead."
    )
    assert "half" not in explanation.cost_of_mask(
        explained("sentiment", 0.5, [0.4, 0.5, 0.3, 0.4], alone=[0.1, 0.0, -0.1]), "mask"
    )
    assert explanation.cost_of_mask(explained("sentiment", 0.5, [0.4, 0.5, 0.3, 0.4]), "mask") == ""


def test_where_all_tokens_are_alike_there_are_no_ranks() -> None:
    alike = [1.0, 1.0, 1.0, 1.0]
    found = explained("sentiment", 1.0, alike, received=alike, first=alike, rollout=alike)
    assert (
        explanation.agreement(found, "mask")
        == "With so few tokens, or all alike, there are no ranks to compare."
    )
    assert "| Mask each token | – | – | – | – |" in explanation.agreement_table(found, "mask")


def test_whether_the_answer_turns_is_counted() -> None:
    found = explained("sentiment", 0.5, [0.1, 0.7, 0.6, -0.4], np.array([[0.2, -0.9], [0.6, 0.1]]))
    assert explanation.moved_answer(found, "mask") == (
        "Masking a token flips the answer for 2 of 4; “soup” moves it most, from 0.5 to −0.2. "
        "Dropping a head flips the answer for 1 of 4; head 1.2 moves it most, from 0.5 to 1.4."
    )


def test_a_likeness_is_moved_rather_than_turned() -> None:
    found = explained("likeness", 0.5, [0.05, 0.7, -0.15, 0.0])
    assert explanation.moved_answer(found, "mask") == (
        "Masking a token moves the likeness by 0.1 or more for 2 of 4; “soup” moves it most, "
        "from 0.5 to −0.2."
    )


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.0, "negative: 50.0 %"),
        (1.0, "positive: 73.1 %"),
        (-1.0, "negative: 73.1 %"),
        (20.0, "positive: > 99.9 %"),
    ],
)
def test_a_margin_is_told_as_a_class_and_its_probability(value: float, told: str) -> None:
    found = explained("sentiment", value, [0.0, 0.0, 0.0, 0.0])
    assert explanation.answer_in_words(found) == f"The classifier says {told}"


def test_likeness_takes_two_texts() -> None:
    assert explanation.why_not(passed()[0], "likeness") == "Likeness takes two: write a second text."
    assert explanation.why_not(passed(PAIR)[0], "likeness") == ""
    assert explanation.why_not(passed()[0], "sentiment") == ""


# Embeddings


def cloud(sentences: str) -> Cloud:
    found = read_sentences(ENCODER, sentences)
    assert found is not None
    return found


def test_the_bank_of_a_river_leaves_the_bank_of_money() -> None:
    read = cloud(BANK)
    places = places_of_word(read, "Bank ")
    assert [read.sentence[at] for at in places] == [*range(6)]
    alike = [cosines(read.hidden[depth][places]) for depth in (0, 6)]
    river, money = range(3), range(3, 6)
    across = [np.mean([table[one, other] for one in river for other in money]) for table in alike]
    assert across[1] < across[0]
    far = int(alike[1][0, 1:].argmin()) + 2
    assert far > 3
    assert compare_word(read, State(depth=6), places) == (
        f"“bank” in sentence 1 is most like that of 2, cosine {alike[1][0, 1]:.3f}, "
        f"and least like that of {far} ({alike[1][0, far - 1]:.3f})."
    )


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("zebra", "“zebra” does not occur in these sentences"),
        ("unforgettable", "“unforgettable” is 4 tokens to this encoder"),
        ("river", "“river” occurs once"),
        ("at", "“at” occurs once"),
        ("![](//elsewhere/x.png)", r"“!\[\](//elsewhere/x.png)” is "),
    ],
)
def test_a_word_that_is_seldom_there_is_told(word: str, told: str) -> None:
    read = cloud(BANK)
    assert compare_word(read, State(word=word), places_of_word(read, word)).startswith(told)


def test_the_likeness_of_sentences_is_that_of_their_mean_vectors() -> None:
    lines = ["the cat sat", "the dog sat", "money is due"]
    read = cloud("\n".join([*lines, " ", ""]))
    assert read.texts == lines
    means = [reading.read(ENCODER, reading.tokens(ENCODER, line)).hidden[3].mean(axis=0) for line in lines]
    np.testing.assert_allclose(read.means[3], means, atol=1e-5)
    alike = cosines(np.stack(means))
    assert most_alike(alike) == f"Most alike: sentences 1 and 2, cosine {alike[0, 1]:.3f}."


def test_one_sentence_alone_is_compared_with_nothing() -> None:
    read = cloud("bank")
    assert read.hidden.shape == (7, 1, 384)
    assert most_alike(cosines(read.means[6])) == "One sentence alone has nothing to be compared with."


@pytest.mark.parametrize("nothing", ["", "\n \n", "\u200b"])
def test_without_a_line_of_text_there_are_no_sentences(nothing: str) -> None:
    assert read_sentences(ENCODER, nothing) is None


def test_too_many_sentences_and_too_long_ones_are_cut_and_that_is_said() -> None:
    read = cloud("\n".join(["a cat"] * 12 + ["word " * 70]))
    assert (len(read.texts), read.remark) == (12, "Of your 13 sentences the first 12 are read.")
    read = cloud("a cat\n" + "word " * 70)
    assert read.remark == "Of each sentence the first 64 tokens are drawn."
    assert np.bincount(read.sentence).tolist() == [2, embeddings.LONGEST]


def test_accents_are_read_as_the_encoder_reads_them() -> None:
    read = cloud("a café\nthe cafe\nno CAFÉ")
    assert places_of_word(read, "café") == [1, 3, 5]
    assert compare_word(read, State(word="Café"), [1, 3, 5]).startswith("“Café” in sentence 1 is most like")


def test_without_an_empty_line_all_pairs_of_the_word_are_compared() -> None:
    read = cloud("the bank\na bank of a river")
    curves = embeddings.likeness_of_senses(read, places_of_word(read, "bank"))
    expected = [cosines(layer[places_of_word(read, "bank")])[0, 1] for layer in read.hidden]
    assert [*curves] == ["all pairs"]
    np.testing.assert_allclose(curves["all pairs"], expected, atol=1e-6)


def test_a_negative_change_has_a_true_minus_sign() -> None:
    through, state = passed(off=((1, 2),), compared="difference")
    assert "The largest change is −0." in captions.text_alternative(
        through, state, large_pattern(through, state)
    )


# What a head that is off changes


def test_what_has_moved_is_half_the_sum_of_all_changes_of_a_row() -> None:
    through, _ = passed(off=((2, 0),))
    edited = reading.read(ENCODER, reading.tokens(ENCODER, TEXT), drop_heads(layer(2), [0])).attention
    rows = np.abs(edited - attention()).sum(axis=-1) / 2
    np.testing.assert_allclose(through.moved, rows.mean(axis=-1), atol=1e-6)
    assert captions.moved_most(through).endswith("4.2 (7.6 %), 4.9 (6.2 %), 4.1 (3.3 %).")
    assert captions.moved_most(passed(off=((5, 0),))[0]).startswith("No other head changes")
    assert captions.moved_most(passed()[0]) == ""


def test_before_after_and_difference_are_shown_while_a_head_is_off() -> None:
    shown = {name: picture(*passed(off=((2, 0),), layer=3, head=1, compared=name)) for name in COMPARED}
    np.testing.assert_allclose(shown["before"].large, attention()[3, 1], atol=1e-6)
    change = shown["after"].large - shown["before"].large
    np.testing.assert_allclose(shown["difference"].large, change, atol=1e-6)
    assert (shown["difference"].scale, shown["difference"].limit) == ("diverging", None)
    assert shown["after"].moved[3 * 12 + 1] == pytest.approx(0.0759, abs=1e-3)
    assert picture(*passed(compared="before")).title.startswith("Layer 3, head 1: looks at")


def test_what_becomes_of_the_answer_is_told() -> None:
    through, _ = passed(off=((5, 10),))
    before = answers.value(answers.margin, ENCODER, reading.tokens(ENCODER, TEXT))
    heads = explanation.explain(ENCODER, (TEXT, ""), "sentiment", float).effects.heads
    assert heads is not None
    assert through.answers == pytest.approx((before, before - heads[5, 10]), abs=1e-5)
    assert captions.answers(through) == (
        "The classifier’s probability of “positive” was 68.9 % and is now 69.4 %. The answer does not flip."
    )
    assert captions.answers(replace(through, answers=(0.2, -0.1))) == (
        "The classifier’s probability of “positive” was 55.0 % and is now 47.5 %. The answer flips."
    )
    assert captions.answers(passed(PAIR, off=((5, 10),))[0]).startswith("The two texts’ likeness was 0.")
    assert captions.answers(passed()[0]) == ""


def test_all_heads_have_one_scale_unless_each_is_to_have_its_own() -> None:
    common, own = (picture(*passed(scale=scale)) for scale in ("common", "own"))
    assert (common.limit, common.small_limit, own.limit, own.small_limit) == (1.0, 1.0, None, None)


def test_the_lab_opens_on_head_1_3_and_older_links_mean_3_1() -> None:
    assert (LAB.opening().layer, LAB.opening().head) == (0, 2)
    assert (State().layer, State().head) == (2, 0)
