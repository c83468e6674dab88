"""The grammar as a whole: the weight of each construction, and the words that may stand round it."""

from random import Random

from dlviz.data.sentiment.constructions import (
    Construction,
    advice,
    comparison,
    concession,
    contrast,
    description,
    disappointment,
    exclamation,
    expectation,
    far_negation,
    fragment,
    measure,
    negation,
    outweighing,
    pair,
    prospect,
    quantity,
    question,
    remark,
    report,
    series,
    statement,
    wish,
)
from dlviz.data.sentiment.lexicon import Polarity
from dlviz.data.sentiment.nodes import Composed, Neutral, Node, Sentence
from dlviz.data.sentiment.writer import Writer

CONSTRUCTIONS: dict[Construction, int] = {
    statement: 60,
    negation: 16,
    report: 8,
    far_negation: 8,
    description: 5,
    quantity: 4,
    pair: 6,
    comparison: 6,
    measure: 4,
    contrast: 13,
    disappointment: 6,
    concession: 5,
    outweighing: 2,
    series: 16,
    fragment: 10,
    prospect: 4,
    question: 3,
    advice: 6,
    wish: 4,
    expectation: 4,
    remark: 8,
    exclamation: 4,
}
# Those that may stand after "We went there last summer, and …", and take "to be honest" and the like.
ROOMY = {statement, negation, quantity, pair, comparison, measure, series, wish, expectation, remark}
# Those whose words say "it" of their topic.
OF_ONE_THING = {question, wish, expectation, remark, exclamation, fragment}
SHORTEST, LONGEST = 3, 32  # words
ENDS = {".": 74, "": 18, "!": 7, "...": 1}


def sentence(random: Random, polarity: Polarity) -> Sentence:
    """Draw a sentence of praise (1) or blame (-1), of a construction by the weights above."""
    while True:
        writer = Writer(random)
        construction = random.choices(list(CONSTRUCTIONS), list(CONSTRUCTIONS.values()))[0]
        if construction in OF_ONE_THING and writer.topic.number != "singular":
            continue
        node = _add_fillers(writer, construction, polarity)
        end = random.choices(list(ENDS), list(ENDS.values()))[0]
        drawn = Sentence(construction.__name__, node, end)
        said = [judgement.expression.words for judgement in node.judgements]
        if SHORTEST <= len(drawn.text.split()) <= LONGEST and len(set(said)) == len(said):
            return drawn


def _add_fillers(writer: Writer, construction: Construction, polarity: Polarity) -> Node:
    if construction not in ROOMY:
        return construction(writer, polarity)
    if writer.chance(0.2):
        context = Neutral(writer.context())
        joint = "joint" if construction in OF_ONE_THING else writer.pick(("joint", "joint", "joint when"))
        return Composed(writer.pattern("fillers", joint).words, (context, construction(writer, polarity)))
    node = construction(writer, polarity)
    if writer.chance(0.12):
        return Composed(f"{writer.aside('opening')}, {{0}}", (node,))
    if writer.chance(0.06):
        return Composed(f"{{0}}, {writer.aside('ending')}", (node,))
    return node
