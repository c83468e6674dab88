"""The tree of a sentence.

Every node has its `text`, its `polarity` (1 for praise, -1 for blame, 0 for neither) and its `judgements`,
the leaves that the polarity comes from.
"""

import re
from dataclasses import dataclass
from functools import cached_property

from dlviz.data.sentiment.lexicon import Expression, Pattern, Polarity
from dlviz.data.sentiment.morphology import conjugate


@dataclass(frozen=True)
class Neutral:
    """A leaf that neither praises nor blames."""

    text: str
    polarity: int = 0
    judgements: tuple["Judgement", ...] = ()


@dataclass(frozen=True)
class Judgement:
    """A leaf: an expression said of a noun, in the words of this sentence."""

    expression: Expression
    noun: str
    text: str

    @property
    def polarity(self) -> int:
        return self.expression.polarity

    @property
    def judgements(self) -> tuple["Judgement", ...]:
        return (self,)


@dataclass(frozen=True)
class Composed:
    """Words round one or more parts. The last part decides: it is kept, or flipped.

    Negation far from what it negates ("I would not say that {0}") flips. Of a contrast the main clause, or
    what follows "but", is the last part, wherever its words stand: "{1}, although {0}".
    """

    pattern: str
    parts: tuple["Node", ...]
    effect: Polarity = 1

    @cached_property
    def text(self) -> str:
        return self.pattern.format(*(part.text for part in self.parts))

    @property
    def polarity(self) -> int:
        return self.effect * self.parts[-1].polarity

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        return tuple(leaf for part in self.parts for leaf in part.judgements)


@dataclass(frozen=True)
class Subject:
    """Subject of a clause; "nobody" or "nothing about it" flips what is said."""

    text: str
    number: str  # first (I), singular or plural
    effect: Polarity = 1


@dataclass(frozen=True)
class Clause:
    """A subject and a verb phrase, which a negation beside the verb flips."""

    subject: Subject
    predicate: "Node"
    tense: str
    negation: Pattern | None = None

    @cached_property
    def text(self) -> str:
        adverb, _, tail = self.negation.words.partition(" ... ") if self.negation else ("", "", "")
        verb_phrase = conjugate(self.predicate.text, self.subject.number, self.tense, adverb)
        return f"{self.subject.text} {verb_phrase} {tail}".rstrip()

    @property
    def polarity(self) -> int:
        return self.predicate.polarity * self.subject.effect * (-1 if self.negation else 1)

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        return self.predicate.judgements


Node = Neutral | Judgement | Composed | Clause


@dataclass(frozen=True)
class Sentence:
    """A whole sentence, its label, and the construction that it was made by."""

    construction: str
    node: Node
    end: str

    @cached_property
    def text(self) -> str:
        text = self.node.text + ("" if self.node.text[-1] in "?!" else self.end)
        return re.sub(r"(^|[.?!] )([a-z])", lambda start: start[1] + start[2].upper(), text)

    @property
    def label(self) -> int:
        """1 for praise, 0 for blame."""
        return int(self.node.polarity > 0)
