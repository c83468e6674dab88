import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable

import pytest

from dlviz.data.sentiment import draw, hand_written, lexicon, sentences, split, tokenise
from dlviz.data.sentiment.corpus import held_out
from dlviz.data.sentiment.grammar import CONSTRUCTIONS, LONGEST, SHORTEST
from dlviz.data.sentiment.lexicon import Expression, Pattern
from dlviz.data.sentiment.nodes import Clause, Composed, Judgement, Node, Sentence, Subject

KINDS = ("adjectives", "adverbs", "verdicts", "behaviours", "reactions", "advice", "measures", "sayings")
FUNCTION_WORDS = """
a about after all am an and any anybody anyone are as at be been before both but by can could did do does
even ever every everybody everyone everything few for from had hardly has have he her him his how i if in
into is it its just less many may me might more most much must my n't neither never no nobody none nor not
nothing of off on once one only or other our out over quite rather she should so some something still than
that the their them then there these they this though through to too up us very was we were what when where
which while who why will with without would yet you your 's . , ; : ! ? ...
"""
# Words that stand twice in good English: "everybody I asked asked for more".
ALLOWED = re.compile(r"\b(very,|asked) (?=very|asked)", re.IGNORECASE)


@pytest.fixture(scope="module")
def generated() -> list[Sentence]:
    return list(draw(50_000, seed=0))


def expression(kind: str, words: str) -> Expression:
    return next(found for found in lexicon.expressions(kind) if found.words == words)


def said(kind: str, words: str, pattern: str = "{0}", noun: str = "film") -> Node:
    """An expression in its own words, as the predicate of a clause."""
    return Composed(pattern, (Judgement(expression(kind, words), noun, words.format(me="me", it="it")),))


def it(kind: str, words: str, negation: str = "", subject: str = "it", effect: int = 1) -> Clause:
    predicate = said(kind, words, "be {0}" if kind in ("adjectives", "verdicts") else "{0}")
    beside = Pattern(negation) if negation else None
    return Clause(Subject(subject, "singular", 1 if effect > 0 else -1), predicate, "past", beside)


def share_of_praise(groups: Iterable[tuple[object, int]]) -> dict[object, tuple[int, float]]:
    """How many there are of each group, and how much of it is praise."""
    counts, praise = Counter[object](), Counter[object]()
    for group, label in groups:
        counts[group] += 1
        praise[group] += label
    return {group: (count, praise[group] / count) for group, count in counts.items()}


@pytest.mark.parametrize(
    ("clause", "text", "polarity"),
    [
        (it("adjectives", "good"), "it was good", 1),
        (it("adjectives", "boring"), "it was boring", -1),
        (it("adjectives", "good", "not"), "it was not good", -1),
        (it("adjectives", "good", "n't"), "it wasn't good", -1),
        (it("adjectives", "boring", "never"), "it was never boring", 1),
        (it("adjectives", "bad", "not ... at all"), "it was not bad at all", 1),
        (it("adjectives", "dull", "anything but"), "it was anything but dull", 1),
        (it("verdicts", "a masterpiece", "hardly"), "it was hardly a masterpiece", -1),
        (it("behaviours", "make {me} laugh"), "it made me laugh", 1),
        (it("behaviours", "make {me} laugh", "n't ... at all"), "it didn't make me laugh at all", -1),
        (it("behaviours", "disappoint {me}", "never"), "it never disappointed me", 1),
        (it("reactions", "like {it}", subject="nobody", effect=-1), "nobody liked it", -1),
        (it("reactions", "hate {it}", subject="none of us", effect=-1), "none of us hated it", 1),
    ],
)
def test_a_clause_flips_with_a_negation_beside_its_verb_or_in_its_subject(
    clause: Clause, text: str, polarity: int
) -> None:
    assert (clause.text, clause.polarity) == (text, polarity)


@pytest.mark.parametrize(
    ("pattern", "clause", "effect", "polarity"),
    [
        ("I would not say that {0}", it("adjectives", "good"), -1, -1),
        ("I would not say that {0}", it("adjectives", "good", "not"), -1, 1),
        ("nobody I know thought that {0}", it("adjectives", "bad"), -1, 1),
        ("nobody can deny that {0}", it("adjectives", "bad"), 1, -1),
        ("nobody can deny that {0}", it("adjectives", "bad", "never"), 1, 1),
    ],
)
def test_a_far_negation_flips_once_more_and_a_mere_report_does_not(
    pattern: str, clause: Clause, effect: int, polarity: int
) -> None:
    frame = next(frame for frame in lexicon.patterns("frames") if frame.words == pattern)
    assert frame.effect == effect
    assert Composed(frame.words, (clause,), frame.effect).polarity == polarity


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("{0}, but {1}", "it was slow, but it made me laugh"),
        ("although {0}, {1}", "although it was slow, it made me laugh"),
        ("{1}, even though {0}", "it made me laugh, even though it was slow"),
        ("{0}; still, {1}", "it was slow; still, it made me laugh"),
    ],
)
def test_the_main_clause_or_what_follows_but_decides(pattern: str, text: str) -> None:
    assert pattern in {contrast.words for contrast in lexicon.patterns("contrasts", "clause")}
    slow, laugh = it("adjectives", "slow"), it("behaviours", "make {me} laugh")
    assert (Composed(pattern, (slow, laugh)).text, Composed(pattern, (slow, laugh)).polarity) == (text, 1)
    assert Composed(pattern, (laugh, slow)).polarity == -1


def test_every_contrast_gives_way_to_its_main_clause() -> None:
    minor = re.compile(r"(although|though|while|whereas|even if|the fact that|may be true that) \{0\}")
    major = re.compile(r"\{0\}.*\b(but|yet|still|however|nevertheless|even so)\b.*\{1\}$", re.IGNORECASE)
    words = [contrast.words for contrast in lexicon.patterns("contrasts", "clause")]
    assert [pattern for pattern in words if not minor.search(pattern) and not major.search(pattern)] == []


def test_of_two_adjectives_the_second_decides_and_neither_flips_both() -> None:
    good, bad = said("adjectives", "good"), said("adjectives", "bad")
    assert Composed("{0} but {1}", (bad, good)).polarity == 1
    assert Composed("not {0} but {1}", (good, bad)).polarity == -1
    neither = next(pair for pair in lexicon.patterns("pairs") if pair.words == "neither {0} nor {1}")
    assert Composed(neither.words, (bad, bad), neither.effect).polarity == 1


def test_the_same_seed_gives_the_same_sentences_in_every_process() -> None:
    code = "import sys; from dlviz.data.sentiment import sentences; print(sentences(300, 5))"
    code += "; assert not {'torch', 'numpy'}.intersection(sys.modules)"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == str(sentences(300, 5))
    assert sentences(300, 5) == sentences(600, 5)[:300]
    assert set(sentences(300, 5)) != set(sentences(300, 6))


def test_sentences_are_all_different_and_half_of_them_praise(generated: list[Sentence]) -> None:
    bare = {sentence.text.rstrip(".!?").lower() for sentence in generated}
    assert len(bare) == 50_000
    assert sum(sentence.label for sentence in generated) == 25_000


def test_sentences_are_whole_and_of_moderate_length(generated: list[Sentence]) -> None:
    wrong = re.compile(
        r"[{}]|  | [.,;!?]|[,;:][.,;!?]|\b[Aa] [aeio](?!ne-)|\b[Aa]n [bcdfgjklmnpqrstvwxyz]|(\b\w{3,}\b) \1\b"
    )
    strange = [s.text for s in generated if wrong.search(ALLOWED.sub("", s.text))]
    assert strange == []
    lengths = [len(sentence.text.split()) for sentence in generated]
    assert (min(lengths), max(lengths)) == (SHORTEST, LONGEST)
    assert all(sentence.text[0].isupper() for sentence in generated)


def test_no_construction_domain_or_length_gives_the_label_away(generated: list[Sentence]) -> None:
    constructions = share_of_praise((s.construction, s.label) for s in generated)
    assert constructions.keys() == {construction.__name__ for construction in CONSTRUCTIONS}
    domains = {noun.words: noun.domains for noun in lexicon.wholes()}
    topics = share_of_praise(
        (domains[leaf.noun], s.label) for s in generated for leaf in s.node.judgements if leaf.noun in domains
    )
    lengths = share_of_praise((len(s.text.split()), s.label) for s in generated)
    for count, praise in [*constructions.values(), *topics.values(), *lengths.values()]:
        assert abs(praise - 0.5) < (0.05 if count > 1000 else 0.1 if count > 200 else 0.5)


def test_no_function_word_gives_the_label_away(generated: list[Sentence]) -> None:
    words = set(FUNCTION_WORDS.split())
    shares = share_of_praise(
        (word, s.label) for s in generated for word in words.intersection(tokenise(s.text))
    )
    frequent = {word: praise for word, (count, praise) in shares.items() if count >= 1000}
    assert len(frequent) > 50
    assert {word: praise for word, praise in frequent.items() if abs(praise - 0.5) > 0.06} == {}


def test_there_are_hundreds_of_expressions_and_none_both_praises_and_blames() -> None:
    found = [expression for kind in KINDS for expression in lexicon.expressions(kind)]
    signs = Counter(expression.polarity for expression in found)
    assert min(signs[1], signs[-1]) > 800
    assert len({(expression.kind, expression.words) for expression in found}) == len(found)


def test_every_expression_is_reached_by_the_grammar(generated: list[Sentence]) -> None:
    reached = {leaf.expression for sentence in generated for leaf in sentence.node.judgements}
    missed = {found for kind in KINDS for found in lexicon.expressions(kind)} - reached
    assert len(missed) <= 0.01 * (len(missed) + len(reached))
    classes = {name for noun in lexicon.wholes() for name in noun.classes}
    classes |= {name for whole in lexicon.wholes() for part in lexicon.parts(whole) for name in part.classes}
    uses = {(found.kind, found.use) for found in reached}
    assert all(found.fits & (classes | {"any"}) and (found.kind, found.use) in uses for found in missed)


def test_the_parts_of_a_split_share_no_sentence() -> None:
    parts = split(6_000, seed=3)
    keys = [
        {text.rstrip(".!?").lower() for text, _ in part}
        for part in (parts.training, parts.validation, parts.test)
    ]
    assert [len(key) for key in keys] == [4_800, 600, 600]
    assert len(set.union(*keys)) == 6_000
    assert abs(sum(label for _, label in parts.training) / 4_800 - 0.5) < 0.02


def test_some_pairings_of_noun_and_expression_occur_in_the_test_alone() -> None:
    parts = split(6_000, seed=3)
    unseen = {s.text for s in draw(6_000, seed=3) if any(map(held_out, s.node.judgements))}
    assert not unseen.intersection(text for text, _ in (*parts.training, *parts.validation))
    assert 0.4 < sum(text in unseen for text, _ in parts.test) / len(parts.test) < 0.95


def test_hand_written_sentences_are_many_and_half_of_them_praise() -> None:
    texts = {text for text, _ in hand_written()}
    assert len(texts) == len(hand_written()) >= 220
    assert sum(label for _, label in hand_written()) == len(hand_written()) / 2


def test_hand_written_sentences_stand_outside_the_grammar(generated: list[Sentence]) -> None:
    bare = {tuple(tokenise(sentence.text.rstrip(".!?"))) for sentence in generated}
    assert not bare.intersection(tuple(tokenise(text.rstrip(".!?"))) for text, _ in hand_written())
    known = {word for sentence in bare for word in sentence}
    tokens = [token for text, _ in hand_written() for token in tokenise(text)]
    unknown = sum(token not in known for token in tokens) / len(tokens)
    assert 0.08 < unknown < 0.2
