"""Networks of words that learn from rated sentences: their beginning, their answers, their results."""

import pytest
import torch
from torch.nn import functional as F

from dlviz import weights
from dlviz.data.sentiment import Vocabulary, hand_written
from dlviz.paths import WEIGHTS
from dlviz.training import real_sentiment

WORDS = ("good", "great", "table", "n't", "unputdownable")


def test_projected_word_vectors_keep_likeness_and_have_the_spread_that_is_asked_for():
    vocabulary = Vocabulary.from_json((WEIGHTS / real_sentiment.VOCABULARY).read_text(encoding="utf-8"))
    vectors = real_sentiment.project_word_vectors((*WORDS, *vocabulary.words[2:1_000]))
    assert vectors.shape == (len(WORDS) + 998, 100)
    assert float(vectors.std()) == pytest.approx(real_sentiment.SPREAD)
    good, great, table = vectors[:3]
    assert F.cosine_similarity(good, great, dim=0) > F.cosine_similarity(good, table, dim=0) + 0.2


def test_cross_entropy_of_certain_labels_is_pytorchs():
    logits, labels = torch.randn(5, 2), torch.tensor([0, 1, 1, 0, 1])
    expected = F.cross_entropy(logits, labels)
    torch.testing.assert_close(real_sentiment.cross_entropy(logits, labels.float()), expected)


def test_logits_are_in_the_order_of_the_texts_and_zeros_without_a_word():
    vocabulary = Vocabulary.of([["good", "bad", "film", "the"]])
    sizes: dict[str, object] = {"vocab_size": 6, "embed_dim": 4, "hidden_dim": 3, "output_dim": 2}
    model = weights.build("TextClassifier", sizes)
    texts = ["the good film", "()", "bad", "the bad film", "good"]
    found = real_sentiment.logits(model, texts, vocabulary)
    assert found[1].tolist() == [0, 0]
    for row in (0, 2, 3, 4):
        (alone,) = real_sentiment.logits(model, [texts[row]], vocabulary)
        torch.testing.assert_close(found[row], alone)


@pytest.mark.parametrize("name", ["classifier", "rnn", "lstm"])
def test_hand_written_sentences_are_named_as_often_as_the_file_says(name: str):
    vocabulary = Vocabulary.from_json((WEIGHTS / real_sentiment.VOCABULARY).read_text(encoding="utf-8"))
    model = classifier = weights.load(real_sentiment.CLASSIFIER)
    if name != "classifier":
        embedding = classifier.get_submodule("embedding")
        assert isinstance(embedding, torch.nn.Embedding)
        model = real_sentiment.Reader(weights.load(f"real_sentiment_{name}"), embedding)
    texts, labels = zip(*hand_written(), strict=True)
    answers = real_sentiment.logits(model, texts, vocabulary).argmax(1)
    right = int((answers == torch.tensor(labels)).sum())
    measured = weights.read(WEIGHTS / f"real_sentiment_{name}.safetensors").measured
    assert right == pytest.approx(measured["right"]["hand-written"], abs=1)
    real = [measured["right"][kind] for kind in ("films", "products", "tweets")]
    assert sum(real) / 1_672 > 0.74
