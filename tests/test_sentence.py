"""The words that the sentiment networks read of a text, and the note on them."""

import pytest

from dlviz.data.sentiment import Vocabulary
from dlviz.ui.inputs import sentence

KNOWN = Vocabulary(("<pad>", "<unk>", "good", "film"))


@pytest.mark.parametrize(
    ("text", "limit", "words", "unknown", "every", "remark"),
    [
        ("good film", 3, ("good", "film"), set(), 2, ""),
        ("good film film", 2, ("good", "film"), set(), 3, "Of your 3 words the first 2 are read."),
        ("good soup", 3, ("good", "soup"), {1}, 2, "1 of 2 words is unknown to the network."),
        ("soup film tea", 3, ("soup", "film", "tea"), {0, 2}, 3, "2 of 3 words are unknown to the network."),
        (
            "tea",
            3,
            ("tea",),
            {0},
            1,
            "None of these words is known: all of them look the same to the network.",
        ),
        ("“good” (film)", 3, ("good", "film"), set(), 2, 'Not read, since it belongs to no word: " ( )'),
        ("", 3, (), set(), 0, "There is no word to read: write a sentence."),
    ],
)
def test_a_text_is_read_up_to_the_limit_and_what_is_missing_is_said(
    text: str, limit: int, words: tuple[str, ...], unknown: set[int], every: int, remark: str
) -> None:
    read = sentence.read(text, limit, KNOWN)
    assert (read.words, read.unknown, read.every, read.remark) == (words, unknown, every, remark)
    assert read.shortened == (every > limit)


def test_of_a_text_that_is_too_long_to_count_the_words_are_more_than_were_seen() -> None:
    read = sentence.read("film " * (sentence.CHARACTERS // 5 + 1), 2, KNOWN)
    assert read.too_long
    assert read.remark == "Of your more than 20,000 words the first 2 are read."
