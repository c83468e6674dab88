"""Marks of a text as a keyboard types them.

Phones, word processors and web pages write apostrophes, quotation marks, spaces and hyphens by dozens of
signs; networks have learnt one of each. Every text that is typed, pasted or read from a file passes through
here first.
"""

import re
import sys
import unicodedata

APOSTROPHES = "´`‘’‚‛ʹʻʼʽˈʾʿˊˋ′‵ꞌ＇՚׳❛❜｀\u1fbd\u1fbf\u1ffd"
QUOTATION_MARKS = "“”„‟″‶«»＂"
HYPHENS = "‐‑‒–—―−﹣－"
LINE_ENDS = "\r\x0b\x0c\x85\u2028\u2029"  # also a word processor's Shift+Enter, and the end of a PDF's page
# Soft hyphens, marks of width zero, and those that turn the direction of writing. Emoji need their joiners.
INVISIBLE = "\u00ad\u200b\u200e\u200f\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# What a slip of the Shift key, or a second press, makes of an apostrophe: wasn"t, it''s.
SLIP = re.compile(r"""(?<![\w"'])([^\W\d_]+)(?:"|'')(?=(?:t|s|re|ve|ll|d|m)\b)""", re.IGNORECASE)
SPACES = "".join(chr(code) for code in range(sys.maxunicode) if unicodedata.category(chr(code)) == "Zs")

_PLAIN = str.maketrans(
    {
        **dict.fromkeys(APOSTROPHES, "'"),
        **dict.fromkeys(QUOTATION_MARKS, '"'),
        **dict.fromkeys(HYPHENS, "-"),
        **dict.fromkeys(SPACES + "\t", " "),
        **dict.fromkeys(LINE_ENDS, "\n"),
        **dict.fromkeys(INVISIBLE, ""),
    }
)


def make_plain(text: str) -> str:
    """Write a text with the apostrophes, quotation marks, spaces, hyphens and line ends of a keyboard.

    It comes before any normalisation of Unicode: NFKC makes a space and an accent of the sign ´.
    """
    return SLIP.sub(r"\1'", text.replace("\r\n", "\n").translate(_PLAIN))


def without_accents(text: str) -> str:
    """Write letters without their accents: café is cafe."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(character for character in apart if not unicodedata.combining(character))
