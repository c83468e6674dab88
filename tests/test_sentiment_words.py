import pytest

from dlviz.data.sentiment import (
    PADDING,
    UNKNOWN,
    Vocabulary,
    fallen_away,
    hand_written,
    tokenise,
)


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


def test_hand_written_sentences_are_240_and_half_of_them_positive() -> None:
    texts = {text for text, _ in hand_written()}
    assert len(texts) == len(hand_written()) == 240
    assert sum(label for _, label in hand_written()) == 120
