"""The BERT lab's pass, measures, sentences and questions, of the encoder that ships with it."""

import re
from functools import cache

import numpy as np
import pytest

from dlviz.attention.interventions import drop_heads
from dlviz.attention.patterns import rollout
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
from dlviz.ui.labs.bert.questions import questions, script
from dlviz.ui.labs.bert.state import BANK, State

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
    counts = re.findall(r"(\d+) at ", captions.counted_kinds(measured))
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
    assert captions.left_out(tokens) == "Of your 10,002 tokens the first 256 are read: more do not fit."
    assert captions.left_out(reading.tokens(ENCODER, TEXT)) == ""


@pytest.mark.parametrize(
    "strange", ["<script>alert(1)</script> **b**", "это очень хорошо", "猫は寝る", "🎉 😀"]
)
def test_markup_and_other_scripts_are_tokens_like_others(strange: str) -> None:
    shown = picture(*passed((strange, "")))
    words = reading.tokens(ENCODER, strange).words
    assert shown.tokens == list(words)
    unknown = words.count("[UNK]")
    assert (f"{unknown} " in shown.note.partition("[UNK]")[0]) == bool(unknown)


def test_questions_are_answered_from_the_learners_text() -> None:
    asked = {question.name: question for question in questions(*passed())}
    safe = np.maximum(attention(), 1e-30)
    bits = -(safe * np.log2(safe)).sum(axis=-1).mean(axis=(1, 2))
    assert asked["spread"].answer == f"Layer {bits.argmax() + 1}"
    received = attention().mean(axis=(0, 1, 2))
    shares = {"[CLS]": received[0], "[SEP]": received[-1], "All words together": received[1:-1].sum()}
    assert asked["mostly"].answer == max(shares, key=lambda name: shares[name])
    told = captions.counted_kinds(measure_heads(passed()[0]))
    counts = {where: int(count) for count, where in re.findall(r"(\d+) at ([^,.]+)", told)}
    assert asked["kind"].answer == f"At {max(counts, key=lambda where: counts[where])}"


def test_the_script_is_given_what_is_on_screen() -> None:
    through, state = passed(PAIR, layer=1, head=2, off=((1, 2),))
    assert script(through, state) == bert_script(None, *PAIR, (1, 2), ((1, 2),), ENCODER.limit)


# Does attention explain?


def explained(
    answer: str, value: float, masked: list[float], heads: np.ndarray | None = None, **looks: list[float]
) -> Explanation:
    """Made-up effects of four tokens, which stand between a [CLS] and a [SEP]."""
    tokens = reading.tokens(ENCODER, "the soup was cold")
    surrounded = np.array([9.0, *masked, 9.0])
    measured = Effects(value, surrounded, surrounded, heads)
    given = {name: np.array([0.0, *values, 0.0]) for name, values in looks.items()}
    sharpness = np.ones((1, 1)) if heads is None else np.abs(heads)
    return Explanation(answer, tokens, measured, given, sharpness)


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
    rows, text_places = found.rows(), list(tokens.text)
    assert list(rows) == ["masked", "gradient", "received", "first", "rollout"]
    np.testing.assert_allclose(rows["rollout"], looks["rollout"][text_places])
    # Only sizes count, each measure in its own unit.
    masked, received = np.abs(rows["masked"]), rows["received"]
    agreed = rank_agreement(masked / masked.max(), received / received.max())
    assert explanation.rank(rows["masked"], rows["received"]) == agreed
    assert explanation.answer_in_words(found) == f"Likeness of the two texts: {found.effects.value:.3f}"


@pytest.mark.parametrize(
    ("received", "kind", "agreed"),
    [
        ([1.0, 2.0, 3.0, 4.0], "for the most part explains the answer", "1.00"),
        ([2.0, 3.0, 1.0, 4.0], "explains the answer only in part", "0.40"),
        ([2.0, 4.0, 1.0, 3.0], "does not explain the answer", "0.00"),
        ([4.0, 1.0, 2.0, 3.0], "does not explain the answer", "−0.20"),
    ],
)
def test_agreement_is_that_of_the_best_measure(received: list[float], kind: str, agreed: str) -> None:
    worst = [4.0, 3.0, 2.0, 1.0]
    masked = [0.1, -0.2, 0.3, -0.4]
    found = explained("sentiment", 1.0, masked, received=received, first=worst, rollout=worst)
    assert explanation.agreement(found) == (
        f"**Here attention {kind}.** The best of three measures, attention received, agrees with masking "
        f"to {agreed} (Spearman’s rank correlation)."
    )
    assert f"| Mask each token | {agreed} | −1.00 | −1.00 |" in explanation.agreement_table(found)


def test_where_all_tokens_are_alike_there_are_no_ranks() -> None:
    alike = [1.0, 1.0, 1.0, 1.0]
    found = explained("sentiment", 1.0, alike, received=alike, first=alike, rollout=alike)
    assert explanation.agreement(found) == "With so few tokens, or all alike, there are no ranks to compare."
    assert "| Mask each token | – | – | – |" in explanation.agreement_table(found)


def test_whether_the_answer_turns_is_counted() -> None:
    found = explained("sentiment", 0.5, [0.1, 0.7, 0.6, -0.4], np.array([[0.2, -0.9], [0.6, 0.1]]))
    assert explanation.moved_answer(found) == (
        "Masking a token turns the answer for 2 of 4; “soup” moves it most, from 0.5 to −0.2. "
        "Dropping a head turns the answer for 1 of 4; head 1.2 moves it most, from 0.5 to 1.4."
    )


def test_a_likeness_is_moved_rather_than_turned() -> None:
    found = explained("likeness", 0.5, [0.05, 0.7, -0.15, 0.0])
    assert explanation.moved_answer(found) == (
        "Masking a token moves the likeness by 0.1 or more for 2 of 4; “soup” moves it most, "
        "from 0.5 to −0.2."
    )


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.0, "blame: 50.0 %"), (1.0, "praise: 73.1 %"), (-1.0, "blame: 73.1 %"), (20.0, "praise: > 99.9 %")],
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
        ("zebra", "“zebra” does not occur as one token"),
        ("river", "“river” occurs once"),
        ("at", "“at” occurs once"),
        ("![](//elsewhere/x.png)", r"“!\[\](//elsewhere/x.png)” does not occur"),
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
