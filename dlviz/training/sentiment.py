"""Train TextClassifier, SimpleRNN and LSTMModel to tell praise from blame, and write their weights.

python -m dlviz.training.sentiment
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from dlviz import weights
from dlviz.data import sentiment
from dlviz.data.sentiment import Vocabulary
from dlviz.data.sentiment.corpus import Labelled
from dlviz.paths import WEIGHTS
from dlviz.training import fitting
from dlviz.ui.text_format.numbers import percent

EPOCHS, BATCH, LEARNING_RATE, SEED = 6, 64, 1e-3, 0
COUNT = 60_000  # sentences: four fifths to learn from
FORGOTTEN = 0.1  # share of words that training replaces by the unknown, so that it learns to do without
VOCABULARY = "sentiment_vocabulary.json"
EMBED, HIDDEN, CLASSES = 100, 256, 2
# The lesson's sizes. They read vectors: TextClassifier's embedding makes them of words.
READERS: dict[str, tuple[str, dict[str, object]]] = {
    "sentiment_rnn": ("SimpleRNN", {"input_size": EMBED, "hidden_size": HIDDEN, "output_size": CLASSES}),
    "sentiment_lstm": (
        "LSTMModel",
        {"input_size": EMBED, "hidden_size": HIDDEN, "num_layers": 2, "output_size": CLASSES},
    ),
}
CLASSIFIER = "sentiment_classifier"


class Encoded:
    """Sentences as indices (count, length), grouped by length: padding would enter the last states."""

    def __init__(self, labelled: Sequence[Labelled], vocabulary: Vocabulary) -> None:
        groups: dict[int, list[tuple[list[int], int]]] = defaultdict(list)
        for text, label in labelled:
            indices = vocabulary.encode(sentiment.tokenise(text))
            groups[len(indices)].append((indices, label))
        self.count = len(labelled)
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
            yield words.masked_fill(torch.rand(words.shape) < FORGOTTEN, 1), labels

    def split_in_order(self) -> fitting.Batches:
        """Split into batches of one length each, as they stand."""
        return (batch for group in self.groups for batch in fitting.split_in_order(*group))


class Reader(nn.Module):
    """A network of vectors, fed with words through an embedding that stays as it is."""

    def __init__(self, network: nn.Module, embedding: nn.Embedding) -> None:
        super().__init__()
        self.network = network
        self.embedding = nn.Embedding.from_pretrained(embedding.weight.detach(), freeze=True)

    def forward(self, x: Tensor) -> Tensor:
        """Answer (batch, classes) of the network to word indices (batch, seq)."""
        return self.network(self.embedding(x))


def facts(model: nn.Module, parts: dict[str, Encoded], recipe: str) -> dict[str, str]:
    """Write the facts of a network's making, with its results on both tests."""
    generated, by_hand = (
        fitting.percent(fitting.count_right(model, parts[part].split_in_order()), parts[part].count)
        for part in ("test", "hand-written")
    )
    return {
        "data": f"sentences that a grammar makes of several hundred expressions, {parts['training'].count:,} "
        "to learn from; measured on others that pair nouns with expressions anew, and on sentences that were "
        "written by hand outside the grammar",
        "recipe": f"{EPOCHS} epochs, batches of {BATCH} sentences of equal length, shuffled, cross-entropy, "
        f"{fitting.describe_adam(LEARNING_RATE)}; "
        f"{percent(FORGOTTEN, 0)} of the words made unknown{recipe}",
        "seed": str(SEED),
        "command": "python -m dlviz.training.sentiment",
        "result": f"{generated} of the generated test sentences right, {by_hand} of the hand-written ones",
    }


def main(folder: Path = WEIGHTS, count: int = COUNT) -> None:
    """Train the three networks, measure them, and write them and the vocabulary."""
    torch.manual_seed(SEED)
    split = sentiment.split(count, SEED)
    vocabulary = Vocabulary.of(sentiment.tokenise(text) for text, _ in split.training)
    (folder / VOCABULARY).write_text(vocabulary.to_json() + "\n", encoding="utf-8")
    labelled = {"training": split.training, "test": split.test, "hand-written": sentiment.hand_written()}
    parts = {name: Encoded(sentences, vocabulary) for name, sentences in labelled.items()}
    arguments: dict[str, object] = {
        "vocab_size": len(vocabulary),
        "embed_dim": EMBED,
        "hidden_dim": HIDDEN,
        "output_dim": CLASSES,
    }
    classifier = weights.build("TextClassifier", arguments, seed=SEED)
    fitting.fit(classifier, parts["training"].shuffle, EPOCHS, LEARNING_RATE)
    fitting.publish(CLASSIFIER, classifier, arguments, facts(classifier, parts, ""), folder)
    embedding = classifier.get_submodule("embedding")
    assert isinstance(embedding, nn.Embedding)
    for name, (class_name, sizes) in READERS.items():
        reader = Reader(weights.build(class_name, sizes, seed=SEED), embedding)
        fitting.fit(reader, parts["training"].shuffle, EPOCHS, LEARNING_RATE)
        recipe = f"; words enter as the vectors of {CLASSIFIER}, which stay as they are"
        fitting.publish(name, reader.network, sizes, facts(reader, parts, recipe), folder)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()
