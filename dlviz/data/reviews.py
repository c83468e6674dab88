"""Sentences that people wrote of films, of products and in tweets, each rated by twenty others.

Source: Hutto and Gilbert 2014, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media
Text"; `python -m tools.pack_reviews` makes the file of the study's. Pure Python, without torch.
"""

import csv
import gzip
import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path
from typing import Literal

from dlviz.paths import ASSETS

FILE = ASSETS / "data" / "reviews" / "reviews.tsv.gz"
GENERATED = FILE.with_name("generated.tsv.gz")
KINDS = {"film": "films", "product": "products", "tweet": "tweets"}
PARTS = ("training", "validation", "test")
NEUTRAL = 0.5  # a rating no further from 0 is neither positive nor negative
STEEPNESS = 2.0  # of the logistic curve from ratings to probabilities
SURE = 0.975  # probability that the label of a sentence without a rating stands for

Part = Literal["training", "validation", "test"]
Labelled = tuple[str, int]


@dataclass(frozen=True)
class Review:
    """One sentence.

    Args:
        name: by which it is known in the original files, after its kind: film-17.
        kind: of text, a key of `KINDS`.
        part: of the split that it belongs to, one of `PARTS`; a text never has its near duplicate in another.
        rating: mean of about twenty people's, from −4 to +4.
    """

    name: str
    kind: str
    part: str
    rating: float
    text: str

    @property
    def label(self) -> int | None:
        """1 for positive, 0 for negative, None for a neutral rating."""
        return None if abs(self.rating) <= NEUTRAL else int(self.rating > 0)


@cache
def reviews(file: Path = FILE) -> tuple[Review, ...]:
    """Read all sentences, in the order of their names.

    Raises: OSError if the file is not there.
    """
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(
            Review(row["name"], row["kind"], row["part"], float(row["rating"]), row["text"]) for row in rows
        )


def write(found: Iterable[Review], file: Path = FILE) -> None:
    """Write sentences as `reviews` reads them, the same bytes of the same sentences."""
    text = io.StringIO()
    rows = csv.writer(text, delimiter="\t", quoting=csv.QUOTE_NONE, lineterminator="\n", quotechar=None)
    rows.writerow(("name", "kind", "part", "rating", "text"))
    rows.writerows((each.name, each.kind, each.part, f"{each.rating:.3g}", each.text) for each in found)
    file.write_bytes(gzip.compress(text.getvalue().encode("utf-8"), 9, mtime=0))


def labelled(part: Part, kind: str | None = None) -> tuple[Labelled, ...]:
    """Texts of a part with their labels, 1 positive and 0 negative; those with a neutral rating are left out.

    Args:
        kind: one of `KINDS`, or None for all.
    """
    return tuple(
        (each.text, each.label)
        for each in reviews()
        if each.part == part and kind in (None, each.kind) and each.label is not None
    )


@cache
def everyday() -> tuple[Labelled, ...]:
    """Read short sentences as a pupil would type them, written for this project: to choose recipes by.

    No network learns from them; about half are positive.
    """
    with (FILE.parent / "everyday.tsv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple((row["text"], int(row["label"])) for row in rows)


def targets(part: Part) -> tuple[tuple[str, float], ...]:
    """Texts of a part with the probability of being positive that their ratings speak for.

    A rating of 1 stands for 88 %, of −2 for 2 %: a sentence on which raters disagree asks for less certainty.
    Neutral ones are left out.
    """
    return tuple(
        (each.text, 1 / (1 + exp(-STEEPNESS * each.rating)))
        for each in reviews()
        if each.part == part and each.label is not None
    )


def generated_targets() -> list[tuple[str, float]]:
    """Read 3,000 sentences that a grammar made, each with its probability of being positive.

    They teach what a “not” or a “but” does: beside the rated ones, to learn from.
    """
    with gzip.open(GENERATED, "rt", encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["text"], SURE if row["label"] == "1" else 1 - SURE) for row in rows]
