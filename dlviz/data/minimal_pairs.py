"""Pairs of sentences that differ in one thing, which turns positive into negative: a test of understanding.

Most words of a pair are the same, so who counts words of praise gets half of each pair wrong. Pure Python.
"""

import csv
from dataclasses import dataclass
from functools import cache

from dlviz.paths import ASSETS

FILE = ASSETS / "data" / "sentiment" / "minimal_pairs.tsv"
DIFFERENCES = ("negation", "contrast", "intensifier")


@dataclass(frozen=True)
class Pair:
    """Two sentences, written for this project.

    Args:
        difference: one of `DIFFERENCES`: a negation, what stands on which side of "but" or "although", or a
            word of degree such as "too".
    """

    difference: str
    positive: str
    negative: str


@cache
def minimal_pairs() -> tuple[Pair, ...]:
    """Read all pairs, in the order of `DIFFERENCES`."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple(Pair(row["difference"], row["positive"], row["negative"]) for row in rows)
