"""What a learner has chosen in the lab of BERT; all of it is in the page's address, but for folders."""

import re

import streamlit as st

from dlviz.ui.components import address

LAB = "bert"
PACKAGED = "all-MiniLM-L6-v2"
OFFERED = ["bert-base-uncased", "distilbert-base-uncased"]
MODEL = re.compile(r"[\w-][\w.-]{0,95}(/[\w-][\w.-]{0,95})?")  # no path
VIEWS = {
    "attention": "Attention",
    "explain": "Does it explain?",
    "embeddings": "Embeddings",
    "sentiment": "Sentiment",
}
WHAT = {"head": "One head", "average": "A layer’s average", "rollout": "Rollout"}
DRAWN = {"map": "Heat map", "lines": "Lines"}
PAIRS = {"all": "All", "within": "Within a text", "across": "Across"}
ANSWERS = {"sentiment": "Praise or blame", "likeness": "Likeness of the pair"}
LAYERS, HEADS, TOKENS = 48, 64, 512  # of the largest encoder that is loaded
SENTENCES, WORD = 12, 40  # how many are read, and the most letters of the word that is followed

# A text and the one it is paired with.
EXAMPLES = {
    "the cat sat on the mat because it was warm": "",
    "the soup was cold, but the unforgettable waiter was kind": "",
    "a man is playing the guitar": "someone plays a guitar on stage",
}
BANK = "\n".join(
    [
        "we sat on the bank of the river",
        "the bank of the stream was muddy",
        "reeds grow along the bank near the water",
        "the bank lent me money",
        "she opened an account at the bank",
        "the bank raised its interest rates",
    ]
)


def _model(text: str) -> str:
    if not MODEL.fullmatch(text):
        raise ValueError(text)
    return text


def _word(text: str) -> str:
    if len(text.split()) > 1 or len(text) > WORD:
        raise ValueError(text)
    return text.strip()


def _off(text: str) -> tuple[tuple[int, int], ...]:
    """Layers and heads of “2.11-3.4”, counted from 1."""
    heads = [re.fullmatch(r"(\d{1,2})\.(\d{1,2})", part) for part in text.split("-") if text]
    return tuple(sorted({_head(match) for match in heads}))


def _head(match: re.Match[str] | None) -> tuple[int, int]:
    if match is None or not (1 <= int(match[1]) <= LAYERS and 1 <= int(match[2]) <= HEADS):
        raise ValueError("no head")
    return int(match[1]) - 1, int(match[2]) - 1


FIELDS: address.Fields = {
    "model": address.Field(PACKAGED, _model),
    "text": address.Field(next(iter(EXAMPLES)), str, lambda text: text[:3000]),
    "other": address.Field("", str, lambda text: text[:3000]),
    "view": address.choice(list(VIEWS), "attention"),
    "layer": address.integer(0, LAYERS - 1, 2),
    "head": address.integer(0, HEADS - 1, 0),
    "pinned": address.integer(-1, TOKENS - 1, -1),
    "what": address.choice(list(WHAT), "head"),
    "drawn": address.choice(list(DRAWN), "map"),
    "plain": address.flag(),
    "pairs": address.choice(list(PAIRS), "all"),
    "off": address.Field((), _off, lambda off: "-".join(f"{layer + 1}.{head + 1}" for layer, head in off)),
    "answer": address.choice(list(ANSWERS), "sentiment"),
    "sentences": address.Field(BANK, str, lambda text: text[:3000]),
    "word": address.Field("bank", _word),
    "depth": address.integer(0, LAYERS, 6),
}


def get(name: str):
    """A field's value."""
    return st.session_state[f"{LAB}.{name}"]


def put(name: str, value: object) -> None:
    """Change a field's value (before the widget that shows it has been drawn)."""
    st.session_state[f"{LAB}.{name}"] = value
