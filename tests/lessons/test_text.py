"""What the Text classification lab's lesson claims, at the lab's defaults."""

from dataclasses import replace
from functools import cache

import numpy as np
import torch

from dlviz import weights
from dlviz.contributions import rank_agreement
from dlviz.data.sentiment import hand_written
from dlviz.models import TextClassifier
from dlviz.ui.inputs import sentence
from dlviz.ui.labs.text import captions
from dlviz.ui.labs.text.forward import Contributions, ForwardPass, forward, measure_contributions
from dlviz.ui.labs.text.networks import POLARITIES, Classifier
from dlviz.ui.labs.text.state import EXAMPLES, State
from dlviz.ui.sentiment_results import CLASSIFIER

NETWORK = Classifier(weights.load(CLASSIFIER), "", POLARITIES, "", vocabulary=sentence.vocabulary())
TEXT = State().text
PHONE = "great, another broken phone"


@cache
def passed(text: str) -> ForwardPass:
    return forward(NETWORK, NETWORK.read(text))


@cache
def contributed(text: str) -> Contributions:
    return measure_contributions(passed(text))


def strongest(text: str, sign: int) -> list[str]:
    """The word that speaks most for positive (1) or negative (−1), by either method."""
    found = contributed(text)
    assert found.without is not None
    words = passed(text).sentence.words
    return [words[int((sign * values).argmax())] for values in (found.without, found.integrated.words)]


def test_not_turns_the_answer() -> None:
    assert passed(TEXT).answer == "negative"
    without = TEXT.replace("not ", "")
    assert without != TEXT
    assert passed(without).answer == "positive"
    assert strongest(TEXT, -1)[0] == "not"


def test_loved_turns_the_answer() -> None:
    turned = f"{TEXT}, but I loved it"
    assert passed(turned).answer == "positive"
    assert passed(turned.replace("loved ", "")).answer == "negative"
    assert strongest(turned, 1) == ["loved", "loved"]


def test_readers_come_from_both_ends() -> None:
    whole, other = passed(TEXT), passed(f"awful {' '.join(TEXT.split()[1:-1])} awful")
    last = len(whole.sentence) - 1
    # What comes later changes nothing in the forward state, what came before nothing in the backward one.
    beginning, end = (forward(NETWORK, cut(whole, part)) for part in (slice(0, 4), slice(3, None)))
    np.testing.assert_allclose(whole.forward[3], beginning.forward[3], atol=1e-5)
    np.testing.assert_allclose(whole.backward[3], end.backward[0], atol=1e-5)
    assert np.abs(whole.forward[last] - other.forward[last]).max() > 0.1
    assert np.abs(whole.backward[0] - other.backward[0]).max() > 0.1


def cut(through: ForwardPass, part: slice) -> sentence.Sentence:
    read = through.sentence
    return replace(read, words=read.words[part], indices=read.indices[part])


def test_either_reader_may_decide() -> None:
    forward_term, backward_term, _ = np.abs(passed(TEXT).margin_terms)
    assert backward_term > 10 * forward_term
    assert PHONE in EXAMPLES
    # The backward reader ends at “great”, the forward one at “broken phone”.
    forward_term, backward_term, _ = passed(PHONE).margin_terms
    assert forward_term < 0 < backward_term
    assert passed(PHONE).answer == "negative"
    # Over many texts both count, as a sentence below the picture says.
    sizes = [np.abs(passed(text).margin_terms) for text, _ in hand_written()]
    mean = np.mean(sizes, axis=0)
    assert (len(sizes), f"{mean[0]:.2f}", f"{mean[1]:.2f}") == (
        captions.SENTENCES,
        captions.FORWARD,
        captions.BACKWARD,
    )


def test_thanks_misleads() -> None:
    text = "thanks for nothing"
    assert EXAMPLES[text] == "negative"
    assert passed(text).answer == "positive"
    assert strongest(text, 1) == ["thanks", "thanks"]


def test_one_word_moves_the_answer() -> None:
    found = contributed(TEXT)
    assert found.without is not None
    assert np.ptp(found.without) > 1
    assert len(set(found.without.round(3).tolist())) == len(found.without)


def test_methods_may_differ() -> None:
    differ = []
    for text in EXAMPLES:
        found = contributed(text)
        assert found.without is not None
        if np.abs(found.without).argmax() != np.abs(found.integrated.words).argmax():
            differ.append(text)
    assert 0 < len(differ) < len(EXAMPLES)


def test_unknown_words_look_alike() -> None:
    one, other = passed("the zxqwv was good"), passed("the plmkj was good")
    assert one.sentence.indices[1] == 1
    np.testing.assert_array_equal(one.logits, other.logits)


def test_sizes() -> None:
    model = NETWORK.model
    assert isinstance(model, TextClassifier)
    assert model.get_submodule("embedding").get_parameter("weight").shape[1] == 100
    assert model.get_submodule("fc").get_parameter("weight").shape[1] == 512
    assert passed(TEXT).forward.shape[1] + passed(TEXT).backward.shape[1] == 512


def test_gradients_add_up() -> None:
    integrated = contributed(TEXT).integrated
    assert abs(integrated.remainder) < 0.02 * abs(integrated.after - integrated.before)
    with torch.inference_mode():
        unknown = NETWORK.model(torch.ones(1, len(passed(TEXT).sentence), dtype=torch.int64))[0]
    assert abs(integrated.before - float(unknown[1] - unknown[0])) < 1e-4


def test_signs_and_sizes_differ() -> None:
    text = "I don't think the soup was good"
    differences = []
    for each in (text, *EXAMPLES):
        found = contributed(each)
        assert found.without is not None
        signed = rank_agreement(found.without, found.integrated.words)
        sizes = rank_agreement(np.abs(found.without), np.abs(found.integrated.words))
        assert signed is not None
        assert sizes is not None
        differences.append(abs(signed - sizes))
    assert max(differences) > 0.2
