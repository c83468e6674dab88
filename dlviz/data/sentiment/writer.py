"""Draws the phrases and clauses that sentences are made of."""

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from dlviz.data.sentiment import lexicon
from dlviz.data.sentiment.lexicon import Expression, Noun, Pattern, Polarity
from dlviz.data.sentiment.morphology import comparative, with_article
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


def filled(words: str, slots: dict[str, str]) -> str:
    """Words with their named slots filled; the numbered ones stay."""
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
        """One of the options, all equally likely."""
        return self.random.choice(options)

    def pattern(self, file: str, use: str = "", effect: int = 0) -> Pattern:
        """One of a file's patterns."""
        return self.pick(lexicon.patterns(file, use, effect, self.topic.classes))

    # What is judged

    def noun(self) -> Noun:
        """The topic, or a part of it that the sentence has not named yet."""
        return self.topic if self.chance(0.5) else self.part()

    def part(self) -> Noun:
        """A part of the topic that the sentence has not named yet."""
        return self._parts.pop()

    def named(self, noun: Noun) -> str:
        """A noun with its determiner, or a pronoun for what has been named."""
        if noun is not self.topic:
            own = self.mentioned and "person" not in noun.classes and self.chance(0.2)
            return f"{'its' if own else 'the'} {noun.words}"
        pronoun = self.chance(0.9 if self.mentioned else 0.35)
        self.mentioned = True
        if pronoun:
            return "they" if noun.number == "plural" else "it"
        return f"{self.pick(('the', self.this(noun)))} {noun.words}"

    def this(self, noun: Noun) -> str:
        """The demonstrative of a noun."""
        return "these" if noun.number == "plural" else "this"

    def object(self, noun: Noun) -> str:
        """A noun as the object of a verb."""
        return re.sub("^they$", "them", self.named(noun))

    def subject(self, noun: Noun) -> Subject:
        """A noun as the subject of a clause, sometimes with what tells it from others."""
        text = self.named(noun)
        if text not in ("it", "they") and self.chance(0.2):
            text = f"{text} {self.modifier(noun)}".rstrip()
        return Subject(text, "plural" if noun.number == "plural" else "singular")

    def modifier(self, noun: Noun) -> str:
        """A relative clause or the like."""
        whole = noun is self.topic
        found = lexicon.patterns("fillers", f"{'whole' if whole else 'part'} modifier", classes=noun.classes)
        return self.fill(self.pick(found).words) if found else ""

    def fill(self, words: str) -> str:
        """Words with their neutral slots filled: times, towns, who with."""
        while slot := re.search(r"\{(time|company|town|relation)\}", words):
            words = words.replace(slot[0], self.pattern("fillers", slot[1]).words, 1)
        topic = self.topic.words
        return filled(words, {"noun": topic, "a_noun": with_article(topic), "this": self.this(self.topic)})

    def context(self) -> str:
        """Neutral words before the judgement: "we saw the film in Leeds", which set its tense."""
        self.tense = "past"
        self.mentioned = True
        words = self.pattern("fillers", "context").words
        thing = f"{self.pick(('the', self.this(self.topic)))} {self.topic.words}"
        return self.fill(filled(words, {"it": thing}))

    def aside(self, kind: str) -> str:
        """Neutral words before or after a clause: "to be honest"."""
        return self.pattern("fillers", f"{kind} {self.when()}").words

    def when(self) -> str:
        """The tense that words round a clause must suit: any, or in the past perhaps that."""
        return self.pick(("past", "any")) if self.tense == "past" else "any"

    # What is said of it

    def judgement(self, kind: str, noun: Noun, polarity: Polarity, uses: Uses, **slots: str) -> Judgement:
        """An expression of a kind that fits a noun, as it stands in the sentence."""
        special = lexicon.fitting(kind, polarity, noun.classes, uses)
        general = lexicon.fitting(kind, polarity, lexicon.EVERYTHING, uses)
        options = special if special and (not general or self.chance(0.6)) else general
        usual = [expression for expression in options if expression.words in lexicon.everyday()]
        if usual and self.chance(0.3):
            options = usual
        return self.judged(self.pick(options), noun, **slots)

    def judged(self, expression: Expression, noun: Noun, **slots: str) -> Judgement:
        """An expression said of a noun; `slots` are those that only the clause can fill."""
        own = PRONOUNS["they" if noun.number == "plural" else "it"]
        experiencer = PRONOUNS[self.pick(self.experiencers)]
        slots = {
            "noun": noun.words,
            "a_noun": with_article(noun.words),
            "me": experiencer[0],
            "my": experiencer[1],
            "it": own[0],
            "its": own[1],
            "itself": own[2],
            **slots,
        }
        return Judgement(expression, noun.words, filled(expression.words, slots))

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

    def several(self, noun: Noun, polarity: Polarity) -> Node:
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
        article = with_article(phrase).removesuffix(phrase) if noun.number == "singular" else ""
        return Composed(f"{article}{{0}} {noun.words}", (adjective,))

    def predicate(self, noun: Noun, polarity: Polarity, negated: bool = False, named: bool = True) -> Node:
        """What a thing is or does, in the infinitive: "be very good", "make me laugh".

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
        """How a thing is made: "be badly written"; how it works, if it is not made."""
        participles = lexicon.patterns("participles", classes=noun.classes)
        if not participles:
            return self.judgement("behaviours", noun, polarity, uses)
        adverb = self.judgement("adverbs", noun, polarity, uses)
        return Composed(f"be {{0}} {self.pick(participles).words}", (adverb,))

    def reaction(
        self, noun: Noun, polarity: Polarity, uses: Uses, pronoun: str, negated: bool = False
    ) -> Node:
        """What somebody does or feels about a thing, in the infinitive: "love it", "be bored by the plot"."""
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
        return self.about_thing(polarity, negated) if self.chance(0.68) else self.by_person(polarity, negated)

    def about_thing(self, polarity: Polarity, negated: bool = False) -> Clause:
        """A thing is or does something."""
        noun = self.noun()
        subject = self.subject(noun)
        named = subject.text not in ("it", "they")
        predicate = self.predicate(noun, -polarity if negated else polarity, negated, named)
        return self.stated(subject, predicate, negated)

    def by_person(self, polarity: Polarity, negated: bool = False) -> Clause:
        """Somebody feels something about a thing; nobody, if negated, now and then."""
        nobody = negated and self.chance(0.3)
        # "All of us did not like it" may mean that some of us did.
        people = ("nobody",) if nobody else ("person",) if negated else ("person", "everybody")
        person = self.pick(lexicon.people(*people))
        inner = -polarity if negated else polarity
        uses = NEGATABLE if negated or person.use == "everybody" else ANY_USE
        predicate = self.reaction(self.noun(), inner, uses, person.pronoun, negated)
        subject = Subject(person.words, person.number, person.effect)
        return self.stated(subject, predicate, negated and not nobody)

    def stated(self, subject: Subject, predicate: Node, negated: bool = False) -> Clause:
        """A clause in the tense of the sentence."""
        return Clause(subject, predicate, self.tense, self.negation(predicate) if negated else None)
