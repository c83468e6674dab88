"""Sentences written by hand for the test, with their labels."""

import csv
from functools import cache

from dlviz.paths import ASSETS

FILE = ASSETS / "data" / "sentiment" / "hand_written.tsv"


@cache
def hand_written() -> tuple[tuple[str, int], ...]:
    """Read the sentences, each with its label, 1 positive and 0 negative; half are positive."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return tuple((row["text"], int(row["label"])) for row in rows)
