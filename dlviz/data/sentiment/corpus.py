"""Sentences with their labels: generated ones by the tens of thousands, and some written by hand."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from zlib import crc32

from dlviz.data.sentiment.grammar import sentence
from dlviz.data.sentiment.lexicon import FOLDER
from dlviz.data.sentiment.nodes import Judgement, Sentence

Labelled = tuple[str, int]

# Of the pairings of a noun with an expression, one in so many is kept for the test.
HELD_OUT = 20


@dataclass(frozen=True)
class Split:
    """Sentences and labels for training, validation and test.

    Every sentence of the test either judges something by an expression that is never said of it in the other
    two parts, or is just a sentence that they have not.
    """

    training: tuple[Labelled, ...]
    validation: tuple[Labelled, ...]
    test: tuple[Labelled, ...]


def sentences(count: int, seed: int) -> list[Labelled]:
    """Generate sentences, all different, by turns praise (1) and blame (0)."""
    return [(drawn.text, drawn.label) for drawn in draw(count, seed)]


def draw(count: int, seed: int) -> Iterator[Sentence]:
    """Generate sentences as trees. They differ in more than case and the mark at the end."""
    random = Random(seed)
    seen: set[str] = set()
    while len(seen) < count:
        drawn = sentence(random, -1 if len(seen) % 2 else 1)
        key = drawn.text.rstrip(".!?").lower()
        if key not in seen:
            seen.add(key)
            yield drawn


def split(count: int, seed: int) -> Split:
    """Generate sentences in three parts: 80 % for training, 10 % for validation, 10 % for the test.

    The test takes every sentence with a pairing of noun and expression that is held out, and others to
    fill it up.
    """
    unseen: list[Labelled] = []
    others: list[Labelled] = []
    for drawn in draw(count, seed):
        part = unseen if any(map(held_out, drawn.node.judgements)) else others
        part.append((drawn.text, drawn.label))
    validation = count // 10
    training = min(count - 2 * validation, len(others) - validation)
    return Split(
        training=tuple(others[:training]),
        validation=tuple(others[training : training + validation]),
        test=(*unseen, *others[training + validation :]),
    )


def held_out(judgement: Judgement) -> bool:
    """True if this expression is said of this noun in the test alone."""
    return crc32(f"{judgement.noun}: {judgement.expression.words}".encode()) % HELD_OUT == 0


@cache
def hand_written() -> tuple[Labelled, ...]:
    """Sentences that people wrote, not the grammar; half of them praise."""
    with (FOLDER / "hand_written.tsv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple((row["text"], int(row["label"])) for row in rows)
