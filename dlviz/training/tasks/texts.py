"""Tasks of language: the class of a sentence, and the next character of a text."""

import random
from collections.abc import Sequence

import torch

from dlviz.data import novels, reviews, sentiment
from dlviz.data.sentiment import Vocabulary
from dlviz.training.config import TrainingConfig
from dlviz.training.tasks import networks
from dlviz.training.tasks.examples import BadTask, Sentences, Task, Windows

Pairs = Sequence[tuple[str, int]]

LONGEST = 100  # words of a sentence; what follows is not read
LENGTH = 64  # characters of a window
SENTIMENTS = ("negative", "positive")


def reviews_task(config: TrainingConfig) -> Task:
    """Make the task of telling positive from negative, in real sentences that people have rated.

    The first samples of a shuffle that is always the same are learned from: films, products and tweets mixed.

    Raises: BadTask if there are too few.
    """
    learned = list(reviews.labelled("training"))
    if config.samples > len(learned):
        raise BadTask(f"There are {len(learned):,} sentences to learn from, not {config.samples:,}.")
    random.Random(0).shuffle(learned)
    measured = reviews.labelled("test" if config.test else "validation")
    tested = reviews.labelled("test") if config.test_at_end else None
    return sentence_task(config, learned[: config.samples], measured, SENTIMENTS, tested)


def sentence_task(
    config: TrainingConfig,
    train: Pairs,
    measured: Pairs,
    classes: Sequence[str],
    tested: Pairs | None = None,
) -> Task:
    """Make the task of classifying sentences. The words are those of the sentences that are learned from.

    Raises: BadTask if what is learned from has one class alone, or no words.
    """
    if len({label for _, label in train}) < 2:
        raise BadTask("All sentences to learn from are of one class: there is nothing to tell apart.")
    vocabulary = Vocabulary.of(sentiment.tokenise(text) for text, _ in train)
    class_name, arguments = networks.sentence_network(config, len(classes), len(vocabulary))
    return Task(
        class_name,
        arguments,
        encode(train, vocabulary),
        encode(measured, vocabulary),
        config.test,
        {"classes": list(classes), "vocabulary": list(vocabulary.words)},
        encode(tested, vocabulary) if tested else None,
    )


def encode(pairs: Pairs, vocabulary: Vocabulary) -> Sentences:
    """Write sentences as indices of their words; those without a word are left out.

    Raises: BadTask if there is no word in any of them.
    """
    tokens = [vocabulary.encode(sentiment.tokenise(text))[:LONGEST] for text, _ in pairs]
    kept = [row for row, indices in enumerate(tokens) if indices]
    if not kept:
        raise BadTask("There are no words in these sentences.")
    lengths = [len(tokens[row]) for row in kept]
    words = torch.zeros(len(kept), max(lengths), dtype=torch.int64)
    for place, row in enumerate(kept):
        words[place, : lengths[place]] = torch.tensor(tokens[row])
    labels = torch.tensor([pairs[row][1] for row in kept])
    return Sentences(words, torch.tensor(lengths), labels, [pairs[row][0] for row in kept])


def character_task(config: TrainingConfig) -> Task:
    """Make the task of the next character of two novels; the last chapter of each is held out.

    Raises: BadTask if they have fewer windows than samples.
    """
    learned, held = novels.parts()
    windows = (len(learned) - 1) // LENGTH
    if config.samples > windows:
        raise BadTask(f"The novels have {windows:,} pieces to learn from, not {config.samples:,}.")
    class_name, arguments = networks.character_network(config, len(novels.ALPHABET))
    text = novels.encode(learned[: config.samples * LENGTH + 1])
    return Task(
        class_name,
        arguments,
        Windows(text, LENGTH, config.samples),
        Windows(novels.encode(held), LENGTH, (len(held) - 1) // LENGTH),
        config.test,
        {"classes": list(novels.ALPHABET), "alphabet": novels.ALPHABET},
    )
