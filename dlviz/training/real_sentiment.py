"""Train TextClassifier, SimpleRNN and LSTMModel on sentences that people have rated, and write their weights.

python -m dlviz.training.real_sentiment
"""

import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dlviz import weights
from dlviz.data import reviews, sentiment
from dlviz.data.sentiment import Vocabulary
from dlviz.encoders import packaged
from dlviz.paths import WEIGHTS
from dlviz.training import fitting, judging
from dlviz.training.bert_sentiment import batches
from dlviz.training.calibration import fit_temperature
from dlviz.ui.text_format.numbers import counted

EPOCHS, BATCH, LEARNING_RATE, SEED = 4, 64, 2e-3, 0
SPREAD = 0.5  # standard deviation of the words' first vectors
VOCABULARY, VOCABULARY_SIZE = "real_sentiment_vocabulary.json", 10_000
EMBED, HIDDEN, CLASSES = 100, 256, 2
CLASSIFIER = "real_sentiment_classifier"
# The lesson's sizes. They read vectors: TextClassifier's embedding makes them of words.
READERS: dict[str, tuple[str, dict[str, object]]] = {
    "real_sentiment_rnn": (
        "SimpleRNN",
        {"input_size": EMBED, "hidden_size": HIDDEN, "output_size": CLASSES},
    ),
    "real_sentiment_lstm": (
        "LSTMModel",
        {"input_size": EMBED, "hidden_size": HIDDEN, "num_layers": 2, "output_size": CLASSES},
    ),
}


@dataclass(frozen=True)
class Recipe:
    """Parts of the recipe that `dlviz.training.sentiment_trials` changes, to see what they are worth.

    Args:
        generated: sentences that a grammar made to learn from, too, at the most; None for all.
        projected: true if words' vectors begin as BERT's, projected; else they are drawn at random.
        forgotten: share of words that training replaces by the unknown, so that it learns to do without.
        dropped: share of the numbers of the words' vectors that training sets to 0.
    """

    generated: int | None = None
    projected: bool = True
    forgotten: float = 0.0
    dropped: float = 0.0


@dataclass(frozen=True, eq=False)
class Trained:
    """One of the three networks, trained and calibrated.

    Args:
        network, arguments: as they are written.
        asked: gives the logits (batch, classes) of word indices (batch, seq).
    """

    name: str
    network: nn.Module
    arguments: dict[str, object]
    asked: nn.Module
    temperature: float


class Encoded:
    """Sentences as indices (count, length), grouped by length: padding would enter the last states.

    Args:
        labelled: each with its label, or with the probability that it is positive.
        forgotten: share of words that `shuffle` makes unknown.
    """

    def __init__(
        self, labelled: Sequence[tuple[str, float]], vocabulary: Vocabulary, forgotten: float = 0.0
    ) -> None:
        groups: dict[int, list[tuple[list[int], float]]] = defaultdict(list)
        for text, label in labelled:
            indices = vocabulary.encode(sentiment.tokenise(text))
            groups[len(indices)].append((indices, label))
        self.forgotten = forgotten
        self.groups = [
            (torch.tensor([indices for indices, _ in group]), torch.tensor([label for _, label in group]))
            for length, group in sorted(groups.items())
            if length
        ]

    def shuffle(self) -> fitting.Batches:
        """Draw batches of one length each, in an order drawn anew, a share of the words made unknown."""
        batches = [batch for group in self.groups for batch in fitting.shuffle(*group, BATCH)]
        for index in torch.randperm(len(batches)).tolist():
            words, labels = batches[index]
            yield words.masked_fill(torch.rand(words.shape) < self.forgotten, 1), labels


class Reader(nn.Module):
    """A network of vectors, fed with words through an embedding that stays as it is."""

    def __init__(self, network: nn.Module, embedding: nn.Embedding) -> None:
        super().__init__()
        self.network = network
        self.embedding = nn.Embedding.from_pretrained(embedding.weight.detach(), freeze=True)

    def forward(self, x: Tensor) -> Tensor:
        """Answer (batch, classes) of the network to word indices (batch, seq)."""
        return self.network(self.embedding(x))


@torch.no_grad()
def project_word_vectors(words: Sequence[str]) -> Tensor:
    """Shorten the packaged BERT's word vectors by PCA: (count, EMBED), with standard deviation SPREAD.

    A word that it has not in one piece gets the mean of its pieces.
    """
    encoder = packaged.encoder()
    pieces = cast(list[list[int]], encoder.tokenizer(list(words), add_special_tokens=False)["input_ids"])
    table = cast(nn.Embedding, encoder.model.get_input_embeddings()).weight  # (piece, 384)
    vectors = torch.stack([table[each].mean(0) if each else table.mean(0) for each in pieces])
    vectors = vectors - vectors.mean(0)
    _, _, directions = torch.linalg.svd(vectors, full_matrices=False)
    projected = vectors @ directions[:EMBED].T
    return projected / projected.std() * SPREAD


@torch.inference_mode()
def logits(model: nn.Module, texts: Sequence[str], vocabulary: Vocabulary) -> Tensor:
    """Logits (count, classes) of texts; zeros for one without a word."""
    indices = [vocabulary.encode(sentiment.tokenise(text)) for text in texts]
    found = torch.zeros(len(texts), CLASSES)
    for rows in batches([len(each) for each in indices], BATCH):
        if indices[rows[0]]:
            found[rows] = model(torch.tensor([indices[row] for row in rows]))
    return found


@torch.no_grad()
def calibrate(model: nn.Module, last: nn.Linear, vocabulary: Vocabulary) -> float:
    """Divide a network's last layer by the temperature that fits the validation sentences, and give that."""
    held = reviews.labelled("validation")
    given = logits(model, [text for text, _ in held], vocabulary).clone()
    with torch.enable_grad():
        temperature = fit_temperature(given, torch.tensor([label for _, label in held]))
    for each in last.parameters():
        each.div_(temperature)
    return temperature


def cross_entropy(logits: Tensor, positive: Tensor) -> Tensor:
    """Cross-entropy of logits (batch, 2) for probabilities (batch,) of being positive."""
    return F.cross_entropy(logits, torch.stack([1 - positive, positive], dim=1))


def train(
    recipe: Recipe,
    rated: Sequence[tuple[str, float]],
    vocabulary: Vocabulary,
    epochs: int = EPOCHS,
    seed: int = SEED,
) -> Iterator[Trained]:
    """Train the three networks, one after the other: the classifier's word vectors are those of all.

    Args:
        rated: texts, each with the probability that it is positive.
    """
    torch.manual_seed(seed)
    generated = reviews.generated_targets()[: recipe.generated]
    training = Encoded([*rated, *generated], vocabulary, recipe.forgotten)
    arguments: dict[str, object] = {
        "vocab_size": len(vocabulary),
        "embed_dim": EMBED,
        "hidden_dim": HIDDEN,
        "output_dim": CLASSES,
    }
    classifier = weights.build("TextClassifier", arguments, seed=seed)
    embedding = cast(nn.Embedding, classifier.get_submodule("embedding"))
    if recipe.projected:
        with torch.no_grad():
            embedding.weight[2:] = project_word_vectors(vocabulary.words[2:])
            embedding.weight[:2] = 0
    dropout = nn.Dropout(recipe.dropped)
    dropping = embedding.register_forward_hook(
        lambda module, _, vectors: dropout(vectors) if module.training else vectors
    )
    fitting.fit(classifier, training.shuffle, epochs, LEARNING_RATE, cross_entropy)
    dropping.remove()
    temperature = calibrate(classifier, cast(nn.Linear, classifier.get_submodule("fc")), vocabulary)
    yield Trained(CLASSIFIER, classifier, arguments, classifier, temperature)
    for name, (class_name, sizes) in READERS.items():
        torch.manual_seed(seed)  # who measured the network before has drawn numbers, too
        reader = Reader(weights.build(class_name, sizes, seed=seed), embedding)
        fitting.fit(reader, training.shuffle, epochs, LEARNING_RATE, cross_entropy)
        temperature = calibrate(reader, cast(nn.Linear, reader.network.get_submodule("fc")), vocabulary)
        yield Trained(name, reader.network, sizes, reader, temperature)


def main(folder: Path = WEIGHTS, learned: int | None = None, epochs: int = EPOCHS) -> None:
    """Train the three networks, measure them, and write them and the vocabulary.

    Args:
        learned: real sentences to learn from at the most, and as many that a grammar made; None for all.
    """
    torch.set_num_threads(fitting.THREADS)
    rated, recipe = reviews.targets("training")[:learned], Recipe(generated=learned)
    vocabulary = make_vocabulary(rated)
    (folder / VOCABULARY).write_text(vocabulary.to_json() + "\n", encoding="utf-8")
    data = judging.describe_data(len(rated), len(reviews.generated_targets()[:learned]))
    own = dict.fromkeys(READERS, f"words enter as the vectors of {CLASSIFIER}, which stay as they are")
    own[CLASSIFIER] = (
        f"the words’ vectors begin as those of {packaged.NAME}, projected to {EMBED} numbers by PCA"
    )
    for each in train(recipe, rated, vocabulary, epochs):
        words, measured = judging.judge(lambda texts, asked=each.asked: logits(asked, texts, vocabulary))
        facts = {
            "data": data,
            "recipe": f"{EPOCHS} epochs, batches of {BATCH} sentences of equal length, shuffled, "
            "cross-entropy of the probability that a sentence's ratings speak for, "
            f"{fitting.describe_adam(LEARNING_RATE)}; {own[each.name]}",
            "temperature": f"{each.temperature:.3f}, fitted on the validation sentences; the last layer is "
            "divided by it",
            "seed": f"{SEED}, on {counted(fitting.THREADS, 'thread')}",
            "command": "python -m dlviz.training.real_sentiment",
            "result": words,
        }
        fitting.publish(each.name, each.network, each.arguments, facts, folder, measured)


def make_vocabulary(rated: Sequence[tuple[str, float]]) -> Vocabulary:
    """Make the vocabulary of the rated sentences that are learned from."""
    return Vocabulary.of((sentiment.tokenise(text) for text, _ in rated), VOCABULARY_SIZE)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
