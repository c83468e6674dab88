"""The constructions of English that the sentences are made by."""

from collections.abc import Callable

from dlviz.data.sentiment import lexicon
from dlviz.data.sentiment.lexicon import Polarity
from dlviz.data.sentiment.nodes import Composed, Node, Subject
from dlviz.data.sentiment.writer import ANY_USE, NEGATABLE, Writer, fill_slots

Construction = Callable[[Writer, Polarity], Node]


def statement(writer: Writer, polarity: Polarity) -> Node:
    """ "The soup was delicious." """
    return writer.clause(polarity)


def negation(writer: Writer, polarity: Polarity) -> Node:
    """ "The soup was not bad at all." """
    return writer.clause(polarity, negated=True)


def report(writer: Writer, polarity: Polarity) -> Node:
    """ "There is no doubt that the soup was good": words round a clause that do not change it."""
    return _frame_clause(writer, polarity, effect=1)


def far_negation(writer: Writer, polarity: Polarity) -> Node:
    """ "Nobody I know thought that the soup was good": a negation far from what it negates."""
    return _frame_clause(writer, polarity, effect=-1)


def _frame_clause(writer: Writer, polarity: Polarity, effect: Polarity) -> Node:
    frame = writer.pattern("frames", f"clause {writer.when()}", effect)
    writer.experiencers = ("people",)  # "nobody thought that it made people laugh"
    noun = writer.noun()
    subject = writer.subject(noun)
    predicate = writer.predicate(noun, polarity * effect, negated=effect < 0)
    return Composed(frame.words, (writer.build_clause(subject, predicate),), effect)


def description(writer: Writer, polarity: Polarity) -> Node:
    """ "There was nothing good about it", "I would call it brilliant"."""
    frame = writer.pattern("frames", "quality")
    return _describe(writer, frame, polarity)


def _describe(writer: Writer, frame: lexicon.Pattern, polarity: Polarity) -> Node:
    noun = writer.noun()
    words = fill_slots(frame.words, {"it": writer.object(noun)})
    adjective = writer.judgement("adjectives", noun, polarity * frame.effect, ("mild", "strong"))
    return Composed(words, (adjective,), frame.effect)


def quantity(writer: Writer, polarity: Polarity) -> Node:
    """ "Nothing about it was good", "everything about the room annoyed me"."""
    pattern = writer.pattern("quantities")
    noun = writer.noun()
    if noun.classes & {"person", "character"}:  # who has no parts
        noun = writer.topic
    subject = Subject(fill_slots(pattern.words, {"it": writer.object(noun)}), "singular", pattern.effect)
    inner = polarity * pattern.effect
    adjective = writer.adjective(noun, inner, NEGATABLE, negated=pattern.effect < 0)
    return writer.build_clause(subject, Composed("be {0}", (adjective,)))


def pair(writer: Writer, polarity: Polarity) -> Node:
    """ "It was neither slow nor dull", "it was slow but funny"."""
    noun = writer.noun()
    subject = writer.subject(noun)
    return writer.build_clause(subject, Composed("be {0}", (writer.adjective_pair(noun, polarity),)))


def comparison(writer: Writer, polarity: Polarity) -> Node:
    """ "It was better than I had hoped", "it is nowhere near as good as the original"."""
    noun = writer.noun()
    subject = writer.subject(noun)
    return writer.build_clause(subject, Composed("be {0}", (writer.comparison(noun, polarity),)))


def measure(writer: Writer, polarity: Polarity) -> Node:
    """ "The soup was too salty", "the room was not warm enough"."""
    negated = writer.chance(0.5)
    noun = writer.noun()
    subject = writer.subject(noun)
    measured = writer.judgement("measures", noun, -polarity if negated else polarity, NEGATABLE)
    return writer.build_clause(subject, Composed("be {0}", (measured,)), negated)


def contrast(writer: Writer, polarity: Polarity) -> Node:
    """ "Although the room was small, I loved the hotel": the main clause decides, or what follows "but"."""
    return _oppose(writer, polarity, "clause", _draw_simple)


def disappointment(writer: Writer, polarity: Polarity) -> Node:
    """ "The reviews said that it was dull, but I loved it"."""
    return _oppose(writer, polarity, "clause", _draw_hearsay)


def concession(writer: Writer, polarity: Polarity) -> Node:
    """ "Despite the dull plot, I loved the film"."""
    return _oppose(writer, polarity, "phrase", _draw_phrase)


def outweighing(writer: Writer, polarity: Polarity) -> Node:
    """ "The songs made up for the dull plot", "not even the songs could save it from its dull plot"."""
    one_sided = "positive phrases" if polarity > 0 else "negative phrases"
    pattern = writer.pattern("contrasts", writer.pick((one_sided, one_sided, "any phrases")))
    return Composed(pattern.words, (_draw_phrase(writer, -polarity), _draw_phrase(writer, polarity)))


def _oppose(writer: Writer, polarity: Polarity, use: str, minor: Construction) -> Node:
    pattern = writer.pattern("contrasts", use).words
    if pattern.index("{0}") < pattern.index("{1}"):  # drawn in the order of the text: pronouns need it
        first = minor(writer, -polarity)
        return Composed(pattern, (first, _draw_simple(writer, polarity)))
    main = _draw_simple(writer, polarity)
    return Composed(pattern, (minor(writer, -polarity), main))


def _draw_simple(writer: Writer, polarity: Polarity) -> Node:
    options = (statement, negation, quantity, comparison, measure)
    return writer.random.choices(options, (58, 26, 4, 7, 5))[0](writer, polarity)


def _draw_hearsay(writer: Writer, polarity: Polarity) -> Node:
    kind = writer.pick(("expectation", "attempt", "hearsay"))
    if kind == "expectation":
        return _describe(writer, writer.pattern("frames", kind), polarity)
    if kind == "attempt":
        return _draw_attempt(writer, polarity, effect=1)
    noun = writer.noun()
    subject = writer.subject(noun)
    adjective = Composed("be {0}", (writer.adjective(noun, polarity, ANY_USE),))
    clause = writer.build_clause(subject, adjective)
    return Composed(writer.pattern("frames", f"hearsay {writer.when()}").words, (clause,))


def _draw_phrase(writer: Writer, polarity: Polarity) -> Node:
    part = writer.part()
    adjective = writer.judgement("adjectives", part, polarity, ("mild", "strong"))
    return Composed(f"the {{0}} {part.words}", (adjective,))


def series(writer: Writer, polarity: Polarity) -> Node:
    """ "The acting was superb and the ending moved me to tears"."""
    parts = (_draw_simple(writer, polarity), _draw_simple(writer, polarity))
    return Composed(writer.pick(("{0} and {1}", "{0}, and {1}", "{0}; {1}", "{0}, {1}")), parts)


def fragment(writer: Writer, polarity: Polarity) -> Node:
    """ "Not bad at all", "great songs but a dull plot"."""
    pattern = writer.pattern("fragments", effect=writer.pick((1, 1, -1)))
    inner = polarity * pattern.effect
    if pattern.use == "contrast":
        parts = tuple(writer.attributive(writer.part(), sign, False) for sign in (-inner, inner))
    elif pattern.use == "noun":
        parts = (writer.attributive(writer.noun(), inner, pattern.effect < 0),)
    else:
        uses = ("mild", "strong") if pattern.use == "adjective" else (pattern.use,)
        parts = (writer.judgement("adjectives", writer.topic, inner, uses),)
    return Composed(writer.fill(pattern.words), parts, pattern.effect)


def prospect(writer: Writer, polarity: Polarity) -> Node:
    """ "You will love it", "it is hard to like this film"."""
    use, pronoun = writer.pick((("prospect", "you"), ("prospect", "you"), ("anyone", "they")))
    return _frame_reaction(writer, polarity, use, pronoun)


def question(writer: Writer, polarity: Polarity) -> Node:
    """ "Who would not love it?", "why would anyone like this?" """
    if writer.chance(0.4):
        return _draw_saying(writer, polarity, "question")
    return _frame_reaction(writer, polarity, "question", pronoun="they")


def _frame_reaction(writer: Writer, polarity: Polarity, use: str, pronoun: str, effect: int = 0) -> Node:
    frame = writer.pattern("frames", use, effect)
    reaction = writer.reaction(writer.noun(), polarity * frame.effect, NEGATABLE, pronoun)
    return Composed(frame.words, (reaction,), frame.effect)


def advice(writer: Writer, polarity: Polarity) -> Node:
    """ "Do not miss it", "you should avoid this hotel"."""
    frame = writer.pattern("frames", "advice")
    uses = ("phrase",) if frame.effect > 0 else ("phrase", "negated")
    thing = writer.object(writer.topic)
    advised = writer.judgement("advice", writer.topic, polarity * frame.effect, uses, it=thing)
    return Composed(frame.words, (advised,), frame.effect)


def wish(writer: Writer, polarity: Polarity) -> Node:
    """ "I wish every film were as funny as this one", "I wish the plot had been less dull"."""
    if writer.chance(0.4):
        return _draw_saying(writer, polarity, "wish")
    frame = writer.pattern("frames", "wish", effect=polarity)
    part = writer.part()
    words = fill_slots(frame.words, {"the": f"the {part.words}", "it": f"the {part.words}"})
    # What is wished for is good: more of what is good, or less of what is bad.
    less = polarity < 0 and writer.chance(0.35)
    noun = part if polarity < 0 else writer.topic
    adjective = writer.judgement("adjectives", noun, -1 if less else 1, ("mild",))
    wanted = Composed("less {0}", (adjective,), -1) if less else adjective
    return Composed(writer.fill(words), (wanted,), frame.effect)


def exclamation(writer: Writer, polarity: Polarity) -> Node:
    """ "What a brilliant film!", "so much for a quiet hotel!" """
    if writer.chance(0.5):
        return _draw_saying(writer, polarity, "exclamation")
    frame = writer.pattern("frames", "exclamation")
    noun = writer.noun()
    return Composed(frame.words, (writer.attributive(noun, polarity * frame.effect, False),), frame.effect)


def expectation(writer: Writer, polarity: Polarity) -> Node:
    """ "I wanted to hate it and could not", "I had hoped to love this book"."""
    if writer.chance(0.4):
        return _draw_saying(writer, polarity, "expectation")
    return _draw_attempt(writer, polarity, effect=-1)


def _draw_attempt(writer: Writer, polarity: Polarity, effect: Polarity) -> Node:
    own = "hope" if polarity * effect > 0 else "fear"
    return _frame_reaction(writer, polarity, writer.pick(("attempt", own)), "i", effect)


def remark(writer: Writer, polarity: Polarity) -> Node:
    """ "It does not get any better than this"."""
    return _draw_saying(writer, polarity, "remark")


def _draw_saying(writer: Writer, polarity: Polarity, use: str) -> Node:
    return writer.judgement("sayings", writer.topic, polarity, (use,))
