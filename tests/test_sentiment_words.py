import pytest

from dlviz.data.sentiment import (
    PADDING,
    UNKNOWN,
    Vocabulary,
    fallen_away,
    hand_written,
    lexicon,
    tokenise,
)
from dlviz.data.sentiment.morphology import add_article, comparative, conjugate


@pytest.mark.parametrize(
    ("phrase", "number", "tense", "negation", "form"),
    [
        ("be good", "first", "present", "n't", "am not good"),
        ("be good", "plural", "past", "n't", "weren't good"),
        ("be good", "singular", "present", "far from", "is far from good"),
        ("have charm", "singular", "present", "", "has charm"),
        ("go nowhere", "singular", "past", "", "went nowhere"),
        ("satisfy me", "singular", "present", "", "satisfies me"),
        ("satisfy me", "plural", "past", "", "satisfied me"),
        ("miss the mark", "singular", "present", "", "misses the mark"),
        ("enjoy it", "first", "past", "hardly", "hardly enjoyed it"),
        ("enjoy it", "singular", "present", "not", "does not enjoy it"),
        ("put me off", "singular", "past", "", "put me off"),
        ("could not fault it", "singular", "past", "", "could not fault it"),
        ("never come to life", "singular", "past", "", "never came to life"),
    ],
)
def test_verbs_agree_with_subject_tense_and_negation(
    phrase: str, number: str, tense: str, negation: str, form: str
) -> None:
    assert conjugate(phrase, number, tense, negation) == form


def test_articles_go_by_sound_and_comparatives_by_the_word() -> None:
    phrases = ["unusual film", "unique film", "honest film", "one-dimensional hero", "useful book", "old inn"]
    assert [add_article(phrase).split()[0] for phrase in phrases] == ["an", "a", "an", "a", "a", "an"]
    adjectives = {found.words: comparative(found) for found in lexicon.expressions("adjectives")}
    words = [adjectives[word] for word in ("good", "bad", "boring")]
    assert words == ["better", "worse", "more boring"]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("It isn't BAD, it's good!", ["it", "is", "n't", "bad", ",", "it", "'s", "good", "!"]),
        ("I can’t, won’t and cannot", ["i", "can", "n't", ",", "will", "n't", "and", "can", "not"]),
        ("wasn' t wasn 't it 's", ["was", "n't", "was", "n't", "it", "'s"]),
        ("wasn\"t it''s", ["was", "n't", "it", "'s"]),
        ("they said 'so' in 'the end'", ["they", "said", "so", "in", "the", "end"]),
        ("1½ stars", ["1", "1", "⁄", "2", "stars"]),
        ("didnt they'd we'll", ["did", "n't", "they", "'d", "we", "'ll"]),
        ("want, wasp, cantaloupe", ["want", ",", "wasp", ",", "cantaloupe"]),
        ('"heart-warming" (mostly)', ["heart", "warming", "mostly"]),
        ("Wow!!! Well..... ok…", ["wow", "!", "well", "...", "ok", "..."]),
        ("good 👍🏽 👩‍💻🇫🇷❤️", ["good", "👍🏽", "👩‍💻", "🇫🇷", "❤️"]),
        ("<script>alert('x')</script>", ["<", "script", ">", "alert", "x", "<", "script", ">"]),
        ("Фильм хороший; 映画 अच्छी", ["фильм", "хороший", ";", "映画", "अच्छी"]),
        ("café cafe\u0301", ["café", "café"]),
        ("rock'n'roll at 5 o'clock", ["rock'n'roll", "at", "5", "o'clock"]),
        ("' '' -- ()\u200b\x00\ud800", []),
        ("", []),
    ],
)
def test_text_becomes_words(text: str, tokens: list[str]) -> None:
    assert tokenise(text) == tokens


@pytest.mark.parametrize("apostrophe", "'´`‘’ʼ′＇")
def test_whatever_apostrophe_is_typed_a_contraction_is_split(apostrophe: str) -> None:
    assert tokenise(f"the food wasn{apostrophe}t good") == ["the", "food", "was", "n't", "good"]


@pytest.mark.parametrize(
    ("text", "fallen"),
    [
        ("“Well-made” (mostly), isn’t it?", ['"', "-", "(", ")"]),
        ("rock’n’roll, 5 ´good´", ["'"]),
        ("not bad 👍🏽 at\u00a0all", []),
        ("\x00\u200b\n", []),
    ],
)
def test_characters_that_are_in_no_word_are_named(text: str, fallen: list[str]) -> None:
    assert fallen_away(text) == fallen


def test_a_word_is_known_with_or_without_its_accents() -> None:
    vocabulary = Vocabulary((PADDING, UNKNOWN, "café", "resume", "résumé"))
    assert vocabulary.encode(["cafe", "café", "resume", "résumé", "naïve"]) == [2, 2, 3, 4, 1]
    assert "cafe" in vocabulary
    assert "naïve" not in vocabulary


def test_a_very_long_text_or_word_is_no_trouble() -> None:
    assert tokenise("not bad " * 100_000) == ["not", "bad"] * 100_000
    assert tokenise("x" * 1_000_000) == ["x" * 1_000_000]
    assert tokenise("'" * 1_000_000) == []


def test_a_vocabulary_is_in_order_of_frequency_and_keeps_unknown_words_apart() -> None:
    vocabulary = Vocabulary.of([["b", "a", "b"], ["c", "a", "b"]], limit=4)
    assert vocabulary.words == (PADDING, UNKNOWN, "b", "a")
    assert vocabulary.encode(["a", "b", "c", PADDING]) == [3, 2, 1, 0]
    assert vocabulary.decode([3, 2, 1, 0]) == ["a", "b", UNKNOWN, PADDING]
    assert (len(vocabulary), "a" in vocabulary, "c" in vocabulary) == (4, True, False)
    with pytest.raises(IndexError):
        vocabulary.decode([-1])


def test_no_text_is_read_as_the_padding_or_the_unknown() -> None:
    assert not {PADDING, UNKNOWN}.intersection(tokenise(f"{PADDING} {UNKNOWN}"))


def test_a_vocabulary_survives_json() -> None:
    vocabulary = Vocabulary.of(tokenise(text) for text, _ in hand_written())
    assert Vocabulary.from_json(vocabulary.to_json()) == vocabulary


@pytest.mark.parametrize("text", ["{}", "[]", '["a", "b"]', '["<pad>", "<unk>", "a", "a"]', "[1, 2]"])
def test_what_is_no_vocabulary_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="A vocabulary is"):
        Vocabulary.from_json(text)
