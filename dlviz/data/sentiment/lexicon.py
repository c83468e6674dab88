"""The words of the sentiment sentences, read from assets/data/sentiment."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from dlviz.paths import ASSETS

FOLDER = ASSETS / "data" / "sentiment"
# How a column's text becomes a value; the other columns are text.
COLUMNS: dict[str, Callable[[str], Any]] = {
    "fits": lambda text: frozenset(text.split()),
    "domains": lambda text: frozenset(text.split()),
    "classes": lambda text: frozenset(text.split()),
    "effect": {"keeps": 1, "flips": -1}.__getitem__,
    "weight": int,
}
EVERYTHING = frozenset({"any"})

Polarity = Literal[1, -1]


@dataclass(frozen=True)
class Expression:
    """Words that judge something.

    Args:
        words: as in the dictionary, verbs in the infinitive; slots such as {it} are filled in a sentence.
        kind: the file it stands in, "adjectives" for instance.
        polarity: 1 for praise, -1 for blame.
        fits: the classes of nouns that it can be said of, or "any".
        use: "mild" and "strong" adjectives take intensifiers of their own; a "phrase" takes none; what is
            "fixed" is not negated either; what is "negated" is said with a negation alone.
        comparative: if it is not formed with "more".
    """

    words: str
    kind: str
    polarity: Polarity
    fits: frozenset[str]
    use: str
    comparative: str = ""


@dataclass(frozen=True)
class Noun:
    """Something that sentences judge: a film (a whole), its acting (a part)."""

    words: str
    domains: frozenset[str]  # a whole has one
    number: str  # singular, plural or mass
    classes: frozenset[str]


@dataclass(frozen=True)
class Person:
    """Person who judges: somebody, everybody or nobody, which flips what is said of them."""

    words: str
    use: Literal["person", "everybody", "nobody"]
    number: str
    pronoun: str
    weight: int

    @property
    def effect(self) -> Polarity:
        return -1 if self.use == "nobody" else 1


@dataclass(frozen=True)
class Pattern:
    """Words round one or two parts, {0} and {1}, of which the last decides; "flips" reverses it."""

    words: str
    use: str = ""
    effect: Polarity = 1
    fits: frozenset[str] = EVERYTHING
    weight: int = 1


@cache
def expressions(kind: str) -> tuple[Expression, ...]:
    """Expressions of a kind, the positive ones first."""
    return tuple(
        Expression(kind=kind, polarity=1 if folder == "positive" else -1, **row)
        for folder in ("positive", "negative")
        for row in _rows(FOLDER / folder / f"{kind}.tsv")
    )


@cache
def find_expressions(
    kind: str, polarity: Polarity, classes: frozenset[str], uses: tuple[str, ...]
) -> tuple[Expression, ...]:
    """Find the expressions of a kind and polarity that are said of one of these classes in particular.

    What can be said of anything is of the class "any".
    """
    return tuple(
        expression
        for expression in expressions(kind)
        if expression.polarity == polarity and expression.use in uses and expression.fits & classes
    )


@cache
def everyday() -> frozenset[str]:
    """Expressions that people use most."""
    return frozenset(row["words"] for row in _rows(FOLDER / "everyday.tsv"))


@cache
def wholes() -> tuple[Noun, ...]:
    """Nouns that a sentence may be about."""
    return tuple(Noun(**row) for row in _rows(FOLDER / "wholes.tsv"))


@cache
def parts(whole: Noun) -> tuple[Noun, ...]:
    """Parts of a whole, such as the acting of a film."""
    found = [Noun(**row) for row in _rows(FOLDER / "parts.tsv")]
    return tuple(part for part in found if part.domains & whole.domains)


@cache
def people(*uses: str) -> tuple[Person, ...]:
    """People of these uses, as often as they weigh."""
    found = [Person(**row) for row in _rows(FOLDER / "people.tsv")]
    return tuple(person for person in found if person.use in uses for _ in range(person.weight))


@cache
def patterns(
    file: str, use: str = "", effect: int = 0, classes: frozenset[str] = EVERYTHING
) -> tuple[Pattern, ...]:
    """Patterns of a file, of one use and effect if these are given, that fit a noun's classes.

    Each stands there as often as it weighs.
    """
    return tuple(
        pattern
        for pattern in _all_patterns(file)
        if use in ("", pattern.use)
        and effect in (0, pattern.effect)
        and pattern.fits & (classes | EVERYTHING)
    )


@cache
def _all_patterns(file: str) -> tuple[Pattern, ...]:
    found = [Pattern(**row) for row in _rows(FOLDER / f"{file}.tsv")]
    return tuple(pattern for pattern in found for _ in range(pattern.weight))


@cache
def past_forms() -> dict[str, str]:
    """Past tense of verbs that do not form it by the rule."""
    return {row["base"]: row["past"] for row in _rows(FOLDER / "verbs.tsv")}


def _rows(file: Path) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8", newline="") as lines:
        table = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [{name: COLUMNS.get(name, str)(text) for name, text in row.items()} for row in table]
