"""Phrases and clauses that sentences are made of, drawn at random."""

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from dlviz.data.sentiment import lexicon
from dlviz.data.sentiment.lexicon import Expression, Noun, Pattern, Polarity
from dlviz.data.sentiment.morphology import add_article, comparative
from dlviz.data.sentiment.nodes import Clause, Composed, Judgement, Node, Subject

Item = TypeVar("Item")

Uses = tuple[str, ...]

NEGATABLE: Uses = ("mild", "strong", "phrase")
ANY_USE: Uses = (*NEGATABLE, "fixed")
# As an object, as an owner, and referring back.
PRONOUNS = {
    "i": ("me", "my", "myself"),
    "we": ("us", "our", "ourselves"),
    "she": ("her", "her", "herself"),
    "he": ("him", "his", "himself"),
    "they": ("them", "their", "themselves"),
    "you": ("you", "your", "yourself"),
    "it": ("it", "its", "itself"),
    "people": ("people", "people's", "themselves"),
}


def fill_slots(words: str, slots: dict[str, str]) -> str:
    """Fill the named slots of words; the numbered ones stay."""
    return re.sub(r"\{([a-z]\w*)\}", lambda slot: slots.get(slot[1], slot[0]), words)


class Writer:
    """Draws one sentence about one topic.

    Args:
        random: where every choice comes from.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.topic = random.choice(lexicon.wholes())
        present = 0.15 if self.topic.classes & {"film", "food"} else 0.45
        self.tense = "present" if self.chance(present) else "past"
        self.mentioned = False
        self.experiencers: tuple[str, ...] = ("i", "i", "we")
        self._parts = random.sample(lexicon.parts(self.topic), 6)

    def chance(self, probability: float) -> bool:
        """True as often as the probability says."""
        return self.random.random() < probability

    def pick(self, options: Sequence[Item]) -> Item:
        """Draw one of the options, all equally likely."""
        return self.random.choice(options)

    def pattern(self, file: str, use: str = "", effect: int = 0) -> Pattern:
        """Draw one of a file's patterns."""
        return self.pick(lexicon.patterns(file, use, effect, self.topic.classes))

    # What is judged

    def noun(self) -> Noun:
        """The topic, or a part of it that the sentence has not named yet."""
        return self.topic if self.chance(0.5) else self.part()

    def part(self) -> Noun:
        """A part of the topic that the sentence has not named yet."""
        return self._parts.pop()

    def refer_to(self, noun: Noun) -> str:
        """Name a noun with its determiner, or by a pronoun if it has been named."""
        if noun is not self.topic:
            own = self.mentioned and "person" not in noun.classes and self.chance(0.2)
            return f"{'its' if own else 'the'} {noun.words}"
        pronoun = self.chance(0.9 if self.mentioned else 0.35)
        self.mentioned = True
        if pronoun:
            return "they" if noun.number == "plural" else "it"
        return f"{self.pick(('the', self.demonstrative(noun)))} {noun.words}"

    def demonstrative(self, noun: Noun) -> str:
        """Demonstrative of a noun: "this" or "these"."""
        return "these" if noun.number == "plural" else "this"

    def object(self, noun: Noun) -> str:
        """A noun as the object of a verb."""
        return re.sub("^they$", "them", self.refer_to(noun))

    def subject(self, noun: Noun) -> Subject:
        """A noun as the subject of a clause, sometimes with what tells it from others."""
        text = self.refer_to(noun)
        if text not in ("it", "they") and self.chance(0.2):
            text = f"{text} {self.modifier(noun)}".rstrip()
        return Subject(text, "plural" if noun.number == "plural" else "singular")

    def modifier(self, noun: Noun) -> str:
        """A relative clause or the like."""
        whole = noun is self.topic
        found = lexicon.patterns("fillers", f"{'whole' if whole else 'part'} modifier", classes=noun.classes)
        return self.fill(self.pick(found).words) if found else ""

    def fill(self, words: str) -> str:
        """Fill the neutral slots of words: times, towns, company."""
        while slot := re.search(r"\{(time|company|town|relation)\}", words):
            words = words.replace(slot[0], self.pattern("fillers", slot[1]).words, 1)
        topic = self.topic.words
        return fill_slots(
            words, {"noun": topic, "a_noun": add_article(topic), "this": self.demonstrative(self.topic)}
        )

    def context(self) -> str:
        """Neutral words before the judgement: "we saw the film in Leeds", which set its tense."""
        self.tense = "past"
        self.mentioned = True
        words = self.pattern("fillers", "context").words
        thing = f"{self.pick(('the', self.demonstrative(self.topic)))} {self.topic.words}"
        return self.fill(fill_slots(words, {"it": thing}))

    def aside(self, kind: str) -> str:
        """Neutral words before or after a clause: "to be honest"."""
        return self.pattern("fillers", f"{kind} {self.when()}").words

    def when(self) -> str:
        """Tense that words round a clause must suit: any, or in the past perhaps that."""
        return self.pick(("past", "any")) if self.tense == "past" else "any"

    # What is said of it

    def judgement(self, kind: str, noun: Noun, polarity: Polarity, uses: Uses, **slots: str) -> Judgement:
        """An expression of a kind that fits a noun, as it stands in the sentence."""
        special = lexicon.find_expressions(kind, polarity, noun.classes, uses)
        general = lexicon.find_expressions(kind, polarity, lexicon.EVERYTHING, uses)
        options = special if special and (not general or self.chance(0.6)) else general
        usual = [expression for expression in options if expression.words in lexicon.everyday()]
        if usual and self.chance(0.3):
            options = usual
        return self.judge(self.pick(options), noun, **slots)

    def judge(self, expression: Expression, noun: Noun, **slots: str) -> Judgement:
        """Say an expression of a noun; `slots` are those that only the clause can fill."""
        own = PRONOUNS["they" if noun.number == "plural" else "it"]
        experiencer = PRONOUNS[self.pick(self.experiencers)]
        slots = {
            "noun": noun.words,
            "a_noun": add_article(noun.words),
            "me": experiencer[0],
            "my": experiencer[1],
            "it": own[0],
            "its": own[1],
            "itself": own[2],
            **slots,
        }
        return Judgement(expression, noun.words, fill_slots(expression.words, slots))

    def adjective(
        self,
        noun: Noun,
        polarity: Polarity,
        uses: Uses,
        negated: bool = False,
        attributive: bool = False,
    ) -> Node:
        """An adjective, often with an intensifier; under a negation with one that suits it."""
        judgement = self.judgement("adjectives", noun, polarity, uses)
        use = judgement.expression.use
        intensifiable = use == "mild" or (use == "strong" and not negated)
        if intensifiable and self.chance(0.3):
            degree = "negated" if negated else use
            if not attributive:  # "so" and "quite" stand before no noun: "a so good film"
                degree = self.pick((degree, f"{degree} predicative"))
            words = self.pattern("intensifiers", degree).words
            return Composed(f"{words} {{0}}", (judgement,))
        return judgement

    def adjective_pair(self, noun: Noun, polarity: Polarity) -> Node:
        """Two adjectives: "both A and B", "neither A nor B", "A but B"."""
        pattern = self.pattern("pairs")
        second = polarity * pattern.effect
        first = second if pattern.use == "alike" else -second
        parts = tuple(self.judgement("adjectives", noun, sign, ("mild",)) for sign in (first, second))
        return Composed(pattern.words, parts, pattern.effect)

    def comparison(self, noun: Noun, polarity: Polarity) -> Node:
        """An adjective compared: "better than I had expected", "less dull than the first one"."""
        pattern = self.pattern("comparisons")
        plain = self.judgement("adjectives", noun, polarity * pattern.effect, ("mild",))
        more = Judgement(plain.expression, plain.noun, comparative(plain.expression))
        rival = noun is self.topic and self.chance(0.5)
        reference = self.pattern("fillers", "rival" if rival else "reference").words
        words = self.fill(pattern.words.replace("{reference}", reference))
        part = more if "{more}" in words else plain
        return Composed(re.sub(r"\{(more|plain)\}", "{0}", words), (part,), pattern.effect)

    def attributive(self, noun: Noun, polarity: Polarity, negated: bool) -> Node:
        """A noun with its adjective: "a really good film", "wooden acting"."""
        adjective = self.adjective(noun, polarity, ("mild", "strong"), negated, attributive=True)
        phrase = f"{adjective.text} {noun.words}"
        article = add_article(phrase).removesuffix(phrase) if noun.number == "singular" else ""
        return Composed(f"{article}{{0}} {noun.words}", (adjective,))

    def predicate(self, noun: Noun, polarity: Polarity, negated: bool = False, named: bool = True) -> Node:
        """Predicate of a thing, in the infinitive: "be very good", "make me laugh".

        Args:
            named: the subject is no pronoun, so "be a good film" would say "film" twice.
        """
        uses = NEGATABLE if negated else ANY_USE
        draws: tuple[Callable[[], Node], ...] = (
            lambda: Composed("be {0}", (self.adjective(noun, polarity, uses, negated),)),
            lambda: self.judgement("behaviours", noun, polarity, uses),
            lambda: Composed("be {0}", (self.judgement("verdicts", noun, polarity, uses),)),
            lambda: self.manner(noun, polarity, uses),
            lambda: Composed("be {0}", (self.attributive(noun, polarity, negated),)),
        )
        return self.random.choices(draws, (40, 28, 12, 10, 0 if named else 20))[0]()

    def manner(self, noun: Noun, polarity: Polarity, uses: Uses) -> Node:
        """Manner in which a thing is made: "be badly written"; or in which it works, if it is not made."""
        participles = lexicon.patterns("participles", classes=noun.classes)
        if not participles:
            return self.judgement("behaviours", noun, polarity, uses)
        adverb = self.judgement("adverbs", noun, polarity, uses)
        return Composed(f"be {{0}} {self.pick(participles).words}", (adverb,))

    def reaction(
        self, noun: Noun, polarity: Polarity, uses: Uses, pronoun: str, negated: bool = False
    ) -> Node:
        """Reaction of somebody to a thing, in the infinitive: "love it", "be bored by the plot"."""
        _, my, myself = PRONOUNS[pronoun]
        thing = self.object(noun)
        if self.chance(0.12):
            adjective = self.adjective(noun, polarity, uses, negated)
            return Composed(f"find {thing} {{0}}", (adjective,))
        return self.judgement("reactions", noun, polarity, uses, it=thing, my=my, myself=myself)

    # Clauses

    def negation(self, predicate: Node) -> Pattern:
        """A negation that can stand beside the predicate's verb."""
        be = predicate.text.startswith("be ")
        return self.pattern("negations", "" if be else "any")

    def clause(self, polarity: Polarity, negated: bool = False) -> Clause:
        """A subject and its verb phrase, the verb negated if asked for."""
        return (
            self.thing_clause(polarity, negated)
            if self.chance(0.68)
            else self.person_clause(polarity, negated)
        )

    def thing_clause(self, polarity: Polarity, negated: bool = False) -> Clause:
        """A clause about a thing that is or does something."""
        noun = self.noun()
        subject = self.subject(noun)
        named = subject.text not in ("it", "they")
        predicate = self.predicate(noun, -polarity if negated else polarity, negated, named)
        return self.build_clause(subject, predicate, negated)

    def person_clause(self, polarity: Polarity, negated: bool = False) -> Clause:
        """A clause about somebody who feels something about a thing; if negated, sometimes about nobody."""
        nobody = negated and self.chance(0.3)
        # "All of us did not like it" may mean that some of us did.
        people = ("nobody",) if nobody else ("person",) if negated else ("person", "everybody")
        person = self.pick(lexicon.people(*people))
        inner = -polarity if negated else polarity
        uses = NEGATABLE if negated or person.use == "everybody" else ANY_USE
        predicate = self.reaction(self.noun(), inner, uses, person.pronoun, negated)
        subject = Subject(person.words, person.number, person.effect)
        return self.build_clause(subject, predicate, negated and not nobody)

    def build_clause(self, subject: Subject, predicate: Node, negated: bool = False) -> Clause:
        """Build a clause in the tense of the sentence."""
        return Clause(subject, predicate, self.tense, self.negation(predicate) if negated else None)
