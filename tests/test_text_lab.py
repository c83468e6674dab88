"""The Text classification lab's pass, sentences, questions and tables, of the network that ships with it."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch

from dlviz import contributions
from dlviz.contributions import (
    Integrated,
    agreement_by_chance,
    integrated_gradients,
    leave_one_out,
    rank_agreement,
)
from dlviz.data.labelled import BadTable
from dlviz.data.sentiment import tokenise
from dlviz.scripts.labs import text_script
from dlviz.ui.fields import codecs
from dlviz.ui.labs.text import captions, labelled_sentences
from dlviz.ui.labs.text.forward import (
    Contributions,
    ForwardPass,
    forward,
    measure_contributions,
    selected_word,
)
from dlviz.ui.labs.text.networks import POLARITIES, SENTIMENTS, Classifier
from dlviz.ui.labs.text.questions import ask_main, main_question, questions, script
from dlviz.ui.labs.text.state import EXAMPLES, WORDS, State
from tests.test_contributions import MODEL, VOCABULARY, indices

NETWORK = Classifier(
    MODEL, "Made for a test.", SENTIMENTS, "real_sentiment_classifier.safetensors", vocabulary=VOCABULARY
)
TEXT = "although the plot was boring, I loved the film"


@cache
def passed(text: str) -> ForwardPass:
    return forward(NETWORK, NETWORK.read(text))


@cache
def contributed(text: str) -> Contributions:
    return measure_contributions(passed(text))


def asked(text: str) -> dict[str, list[str]]:
    """Name of a question -> its answer, its text and its reason."""
    found = questions((passed(text), contributed(text)), State())
    return {each.name: [str(each.answer), each.text, each.because] for each in found}


def test_states_terms_and_logits_are_those_of_pytorchs_lstm() -> None:
    through = passed("the film was not good")
    with torch.inference_mode():
        vectors = MODEL.get_submodule("embedding")(torch.tensor([indices("the film was not good")]))
        hidden, (last, _) = MODEL.get_submodule("lstm")(vectors)
        logits = MODEL(torch.tensor([indices("the film was not good")]))[0]
    np.testing.assert_allclose(through.vectors, vectors[0])
    np.testing.assert_allclose(through.forward, hidden[0, :, :256], atol=1e-5)
    np.testing.assert_allclose(through.backward, hidden[0, :, 256:], atol=1e-5)
    weight = MODEL.get_submodule("fc").get_parameter("weight").detach()
    np.testing.assert_allclose(through.terms[:, 0], weight[:, :256] @ last[0, 0], atol=1e-4)
    np.testing.assert_allclose(through.terms[:, 1], weight[:, 256:] @ last[1, 0], atol=1e-4)
    np.testing.assert_allclose(through.terms.sum(axis=1), logits, atol=1e-4)
    np.testing.assert_allclose(through.probabilities, logits.softmax(0), atol=1e-6)
    assert through.answer == POLARITIES[int(logits.argmax())]
    assert through.pair_names == ("positive", "negative")


def test_of_several_classes_the_margin_is_that_of_the_two_most_probable() -> None:
    from dlviz.models import TextClassifier

    torch.manual_seed(0)
    network = Classifier(
        TextClassifier(len(VOCABULARY), 4, 5, 4).eval(), "", ("a", "b", "c", "d"), vocabulary=VOCABULARY
    )
    through = forward(network, network.read(TEXT))
    first, second = through.pair
    assert [first, second] == np.argsort(-through.logits)[:2].tolist()
    assert through.pair_names == ("abcd"[first], "abcd"[second])
    assert not network.of_sentiment


@pytest.mark.parametrize("strange", ["🎉🎉 😀 ❤️", "это очень хорошо", "<script>alert(1)</script>"])
def test_emoji_other_scripts_and_markup_are_words_like_others(strange: str) -> None:
    through = passed(strange)
    assert list(through.sentence.words) == tokenise(strange)
    assert np.isfinite(through.logits).all()


def test_ten_thousand_words_are_shortened_and_that_is_said() -> None:
    through = passed("good film " * 5_000)
    assert len(through.forward) == WORDS == 200
    assert through.sentence.remark == "Of your 10,000 words the first 200 are read."


def test_the_contributions_and_their_agreement_are_the_two_methods() -> None:
    words = indices(TEXT)
    without, integrated = leave_one_out(MODEL, words), integrated_gradients(MODEL, words).words
    found = contributed(TEXT)
    assert found.without is not None
    np.testing.assert_allclose(found.without, without, atol=1e-4)
    np.testing.assert_allclose(found.integrated.words, integrated, atol=1e-4)
    signed = rank_agreement(without, integrated)
    sizes = rank_agreement(abs(without), abs(integrated))
    told = captions.agreement(found)
    assert f"from most positive to most negative contribution: {signed:.2f}" in told
    assert f"from largest to smallest, the sign left aside: {sizes:.2f}" in told


ORDER = (
    "Do both put the words in the same order? Rank correlation (Spearman) from most positive to most "
    "negative contribution: "
)


@pytest.mark.parametrize(
    ("without", "integrated", "told"),
    [
        (None, [1.0], "One word alone cannot be left out: nothing would remain."),
        ([1.0, 2.0], [1.0, 2.0], "With fewer than three words there are no ranks to compare."),
        (
            [1.0, 1.0, 1.0],
            [1.0, 2.0, 3.0],
            "By one of the methods all words count the same: there are no ranks to compare.",
        ),
        (
            [1.0, 2.0, 3.0],
            [4.0, 5.0, 6.0],
            f"{ORDER}1.00, no more than chance gives; from largest to smallest, the sign left aside: 1.00, "
            "no more than chance gives. Of 3 words in random order, at most 1 in 20 pairs of rankings would "
            "exceed 1.00 in either way.",
        ),
        (
            [1.0, 2.0, 3.0, 4.0, 5.0],
            [1.0, 2.0, 3.0, 4.0, 5.0],
            f"{ORDER}1.00; from largest to smallest, the sign left aside: 1.00. Of 5 words in random order, "
            "at most 1 in 20 pairs of rankings would exceed "
            "0.90 in either way.",
        ),
        (
            [-5.0, -4.0, 1.0, 2.0, 3.0],  # the signs agree, the sizes are in the opposite order
            [-1.0, -0.5, 5.0, 6.0, 7.0],
            f"{ORDER}1.00; from largest to smallest, the sign left aside: −0.50, no more than chance gives. "
            "Of 5 words in random order, at most 1 in 20 pairs of rankings would exceed 0.90 in either "
            "way.",
        ),
    ],
)
def test_agreement_is_told_by_the_rank_correlation(
    without: list[float] | None, integrated: list[float], told: str
) -> None:
    given = None if without is None else np.array(without)
    found = Contributions(given, Integrated(np.array(integrated), 0.0, sum(integrated)))
    assert captions.agreement(found) == told


@pytest.mark.parametrize(
    ("words", "missed"),
    [
        ([1.0, 3.0], ""),  # adds up to the change from −1 to 3
        ([1.0, 2.97], ""),  # misses less than a hundredth of it
        ([1.0, 2.5], "; the sum is off by 0.5, so take it with care"),
        ([1.0, 3.5], "; the sum is off by −0.5, so take it with care"),
    ],
)
def test_what_the_sum_misses_is_said_where_it_matters(words: list[float], missed: str) -> None:
    told = captions.path_of_gradients(Integrated(np.array(words), -1.0, 3.0))
    assert told == f"from a text of unknown words (margin −1.00) to yours (3.00){missed}"


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_says_what_a_reader_says_and_if_the_network_agrees(example: str) -> None:
    with torch.inference_mode():
        says = POLARITIES[int(MODEL(torch.tensor([indices(example)])).argmax())]
    agrees = "and so does the network" if says == EXAMPLES[example] else "and here the network is wrong"
    told = captions.agrees_with_reader(passed(example), State(text=example))
    assert told == f"A reader says {EXAMPLES[example]}, {agrees}."
    assert captions.agrees_with_reader(passed(example), State(text=f"{example} indeed")) == ""


def test_the_examples_show_the_network_right_and_wrong() -> None:
    wrong = [example for example, reader in EXAMPLES.items() if passed(example).answer != reader]
    assert len(wrong) == 2


def test_the_strips_are_told_by_the_word_that_changes_each_state_most() -> None:
    through = passed(TEXT)
    before = np.concatenate([np.zeros((1, 256)), through.forward[:-1]])
    most = int(np.abs(through.forward - before).mean(axis=1).argmax())
    told = captions.text_alternatives(through)["forward"]
    words = tokenise(TEXT)
    assert told == f"The forward state after each of {len(words)} words; “{words[most]}” changes it most."


@pytest.mark.parametrize(("word", "selected"), [(-1, 4), (0, 0), (4, 4), (5, 4)])
def test_a_word_that_is_not_there_is_the_last(word: int, selected: int) -> None:
    assert selected_word(NETWORK.read("the film was not good"), word) == selected


@pytest.mark.parametrize(("name", "value"), [("word", "200"), ("word", "x"), ("weights", "random")])
def test_nonsense_of_a_link_is_no_value_of_a_field(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=value):
        codecs(State)[name].read(value)


def test_a_link_holds_no_more_words_than_are_read() -> None:
    codec = codecs(State)["text"]
    assert codec.read(codec.write("good film " * 5_000)).split() == ["good", "film"] * 100


def test_questions_are_answered_from_the_learners_text() -> None:
    text = "the film was not bad"
    words = indices(text)
    best = int(np.abs(leave_one_out(MODEL, words)).argmax())
    found = asked(text)
    assert list(found) == ["methods", "without"]
    assert found["without"][0] == f"“{text.split()[best]}” (word {best + 1})"
    with torch.inference_mode():
        same = MODEL(torch.tensor([words])).argmax() == MODEL(torch.tensor([words[::-1]])).argmax()
    turned = main_question(passed(text))
    assert turned.answer == ("The same" if same else "Something else")
    assert turned.shows["text"] == "bad not was film the"
    assert ask_main(passed(text)) == replace(turned, answer=None, because="", why="", shows={})
    other = int(np.abs(integrated_gradients(MODEL, words).words).argmax())
    assert found["methods"][0] == ("The same word" if best == other else "Two different words")


@pytest.mark.parametrize("word", ["wonderful", "awful", "phone"])
def test_of_one_word_it_is_asked_what_not_makes_of_it(word: str) -> None:
    assert asked(word) == {}
    same = passed(word).answer == passed(f"not {word}").answer
    question = main_question(passed(word))
    assert question.answer == ("The same" if same else "Something else")
    assert question.shows["text"] == f"not {word}"


def test_the_word_that_matters_most_is_not_asked_for_where_two_matter_alike() -> None:
    through = passed("good good film")
    alike = Contributions(np.array([0.5, -0.5, 0.1]), Integrated(np.zeros(3), 0.0, 0.0))
    names = [question.name for question in questions((through, alike), State())]
    assert names == []


def test_the_script_is_given_what_was_read() -> None:
    text = "the film was not bad"
    usage = "python script.py real_sentiment_classifier.safetensors"
    expected = text_script(text.split(), indices(text), POLARITIES, (1, 0), usage)
    assert script((passed(text), contributed(text)), State()) == expected


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        (b"text,mood\na,b\n", "There is no column label"),
        (b"text,label\na,praise\nb,praise\n", "All labels are the same"),
        (b"text,label\na,praise\nb,positive\n", "All labels mean positive"),
        (b"text,label\na,praise\nb,<b>sad</b>\n", "The label “<b>sad</b>” is neither positive nor negative"),
    ],
)
def test_a_table_that_is_none_is_explained(table: bytes, problem: str) -> None:
    with pytest.raises(BadTable, match=re.escape(problem)):
        labelled_sentences.read_table(table, NETWORK)


def test_labels_are_read_as_people_write_them() -> None:
    table = b"text,label\na,Positive\nb,neg\nc,1\nd,blame\n"
    assert labelled_sentences.read_table(table, NETWORK) == (("a", "b", "c", "d"), [1, 0, 1, 0])


def test_sentences_are_classified_in_their_order_whatever_their_lengths() -> None:
    texts = ["a lovely film", "", "an awful film", "the soup was cold and the waiter was rude", "lovely"]
    expected = [None if not text else POLARITIES.index(passed(text).answer) for text in texts]
    assert labelled_sentences.classify(NETWORK, [NETWORK.read(text) for text in texts]) == expected
    assert VOCABULARY.encode(["zxqwv"])[0] == contributions.UNKNOWN


@pytest.mark.parametrize("apostrophe", "'´`‘’ʼ′")
def test_a_verdict_does_not_hang_on_the_apostrophe_that_is_typed(apostrophe: str) -> None:
    assert passed(f"the food wasn{apostrophe}t good").answer == "negative"


def test_a_very_long_word_is_told_by_its_beginning() -> None:
    through = passed("a" * 3_000)
    assert len(captions.text_alternatives(through)["forward"]) < 120


def test_both_readers_shares_are_those_of_the_logits() -> None:
    through = passed(TEXT)
    first, second = through.terms[1, 0] - through.terms[0, 0], through.terms[1, 1] - through.terms[0, 1]
    told = captions.both_readers(through)
    assert f"the forward state adds {first:+.2f}, the backward state {second:+.2f}.".replace("-", "−") in told


@pytest.mark.parametrize("count", [5, 7, 10, 14])
def test_random_rankings_are_seldom_said_to_agree_more_than_chance_gives(count: int) -> None:
    draws, wrong = np.random.default_rng(1), 0
    for _ in range(1_000):
        one, other = draws.normal(size=(2, count))
        by_chance = agreement_by_chance(count, ways=2)
        ways = ((one, other), (np.abs(one), np.abs(other)))
        wrong += any(abs(rank_agreement(*way) or 0.0) > by_chance + 0.005 for way in ways)
    assert wrong <= 60
