"""Forms of English words: verbs by person, tense and negation, a or an, comparatives."""

import re

from dlviz.data.sentiment.lexicon import Expression, past_forms

# Verbs that stand as they are, whatever the subject.
INVARIANT = {"could", "cannot", "would", "will", "did"}
BE = {
    "past": {"first": "was", "singular": "was", "plural": "were"},
    "present": {"first": "am", "singular": "is", "plural": "are"},
}
DO = {
    "past": {"first": "did", "singular": "did", "plural": "did"},
    "present": {"first": "do", "singular": "does", "plural": "do"},
}
IRREGULAR_THIRD = {"have": "has", "do": "does", "go": "goes"}


def conjugate(phrase: str, number: str, tense: str, negation: str = "") -> str:
    """Conjugate a verb phrase, given in the infinitive, as it follows its subject.

    Args:
        phrase: "make me laugh"; a modal verb stands as it is.
        number: first (I), singular or plural.
        tense: past or present.
        negation: "", "not", "n't" or an adverb such as "never".
    """
    verb, _, rest = phrase.partition(" ")
    if verb == "never":
        return f"never {conjugate(rest, number, tense)}"
    if verb in INVARIANT:
        return phrase
    if verb == "be":
        return f"{negate(BE[tense][number], negation)} {rest}"
    if negation == "n't" or negation.partition(" ")[0] == "not":
        return f"{negate(DO[tense][number], negation)} {phrase}"
    return " ".join(filter(None, [negation, inflect(verb, number, tense), rest]))


def negate(auxiliary: str, negation: str) -> str:
    """Negate an auxiliary verb: "wasn't", "was never"."""
    if negation == "n't":
        return "am not" if auxiliary == "am" else f"{auxiliary}n't"
    return f"{auxiliary} {negation}".rstrip()


def inflect(verb: str, number: str, tense: str) -> str:
    """Inflect a full verb for the past or the present tense."""
    if tense == "past":
        return past_forms().get(verb) or _with_ending(verb, "d" if verb.endswith("e") else "ed")
    if number != "singular":
        return verb
    third = _with_ending(verb, "es" if re.search(r"(s|x|z|ch|sh|[^aeiou]y)$", verb) else "s")
    return IRREGULAR_THIRD.get(verb, third)


def _with_ending(verb: str, ending: str) -> str:
    return re.sub(r"(?<=[^aeiou])y$", "i", verb) + ending


def add_article(phrase: str) -> str:
    """Put "a" or "an" before a noun phrase, by the sound it begins with."""
    vowel = re.match(r"(?!one|eu)[aeio]|u(?!ni[fqtv]|s[eu])|hon|hour", phrase)
    return f"an {phrase}" if vowel else f"a {phrase}"


def comparative(adjective: Expression) -> str:
    """ "worse" for "bad", "more boring" for "boring"."""
    return adjective.comparative or f"more {adjective.words}"
