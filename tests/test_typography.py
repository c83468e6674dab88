"""Marks of a learner's text, as a keyboard types them."""

import hashlib

import pytest

from dlviz.data import novels, typography
from dlviz.data.typography import make_plain, without_accents


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("wasn´t wasn`t wasn‘t wasn’t wasnʼt wasn′t", " ".join(["wasn't"] * 6)),
        ("“a” „b‟ «c»", '"a" "b" "c"'),
        ("a\u00a0b\u2009c\u202fd\u3000e\tf", "a b c d e f"),
        ("well\u2011made – or — −1", "well-made - or - -1"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\x0bb\x0cc", "a\nb\nc"),
        ("wasn\"t didn”t it''s I\"LL", "wasn't didn't it's I'LL"),
        ('"film"s a "t" 5"s "bad" x"y', '"film"s a "t" 5"s "bad" x"y'),
        ("won\u00adder\ufeffful\u200e", "wonderful"),
        ("café 👩\u200d💻 …", "café 👩\u200d💻 …"),
    ],
)
def test_a_text_is_written_as_a_keyboard_would(typed: str, plain: str) -> None:
    assert make_plain(typed) == plain
    assert make_plain(plain) == plain


def test_no_sign_has_two_meanings() -> None:
    every = (
        typography.APOSTROPHES
        + typography.QUOTATION_MARKS
        + typography.HYPHENS
        + typography.LINE_ENDS
        + typography.INVISIBLE
        + typography.SPACES
    )
    assert len(set(every)) == len(every)


def test_letters_lose_their_accents_however_they_are_written() -> None:
    assert without_accents("café cafe\u0301 Zoë") == "cafe cafe Zoe"


def test_the_novels_read_as_they_did_when_the_networks_learnt_them() -> None:
    learned, held_out = novels.parts()
    digest = hashlib.sha256(f"{learned}|{held_out}".encode()).hexdigest()
    assert digest == "337dd59cf2ccfbf043cb5391917e41bb667d33e9dbfbff6a151c39838ba25e2b"
