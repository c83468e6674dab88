"""State of the BERT lab: the texts, the encoder but for folders, the view, and what is chosen there."""

import re
from dataclasses import dataclass

from dlviz.encoders import PACKAGED
from dlviz.ui import fields
from dlviz.ui.lab import Lab
from dlviz.ui.runs.fields import run_id

OFFERED = ["bert-base-uncased", "distilbert-base-uncased"]
MODEL = re.compile(r"[\w-][\w.-]{0,95}(/[\w-][\w.-]{0,95})?")  # no path
VIEWS = {
    "attention": "Attention",
    "explain": "Does it explain?",
    "embeddings": "Embeddings",
    "sentiment": "Sentiment",
}
# Views with tasks of their own.
SITUATIONS = {"explain": "an explanation", "embeddings": "embeddings", "sentiment": "sentiment"}
ANOTHER = {  # of another model than the packaged one, which is asked for likeness alone
    "attention": "another model",
    "explain": "likeness for another model",
    "embeddings": "embeddings of another model",
}
WHAT = {"head": "One head", "average": "A layer’s average", "rollout": "Rollout"}
DRAWN = {"map": "Heat map", "lines": "Lines"}
PAIRS = {"all": "All", "within": "Within a text", "across": "Across"}
ANSWERS = {"sentiment": "Positive or negative", "likeness": "Likeness of the pair"}
REMOVALS = {"mask": "{mask} in its place", "leave": "Leave it out"}
SCALES = {"common": "0 to 1 for all", "own": "Own largest weight"}
COMPARED = {"after": "After", "before": "Before", "difference": "Difference"}
LAYERS, HEADS, TOKENS = 48, 64, 512  # of the largest encoder that is loaded
SENTENCES, WORD = 12, 40  # how many are read, and the most letters of the word that is followed
LINK = 3000  # characters of a text that a link holds
Heads = tuple[tuple[int, int], ...]  # (layer, head) of each

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
        "",  # parts the two senses
        "the bank lent me money",
        "she opened an account at the bank",
        "the bank raised its interest rates",
    ]
)


def _read_model(text: str) -> str:
    if not MODEL.fullmatch(text):
        raise ValueError(text)
    return text


def _read_word(text: str) -> str:
    if len(text.split()) > 1 or len(text) > WORD:
        raise ValueError(text)
    return text.strip()


def _read_heads(text: str) -> Heads:
    """Layers and heads of “2.11-3.4”, counted from 1."""
    found = [re.fullmatch(r"(\d{1,2})\.(\d{1,2})", part) for part in text.split("-") if text]
    return tuple(sorted({_read_head(match) for match in found}))


def _read_head(match: re.Match[str] | None) -> tuple[int, int]:
    if match is None or not (1 <= int(match[1]) <= LAYERS and 1 <= int(match[2]) <= HEADS):
        raise ValueError("no head")
    return int(match[1]) - 1, int(match[2]) - 1


def _write_heads(heads: Heads) -> str:
    return "-".join(f"{layer + 1}.{head + 1}" for layer, head in heads)


@dataclass(frozen=True)
class State:
    """Choices of a learner.

    Args:
        model: id on the hub, or PACKAGED.
        text, other: the text, and the one that it is paired with, or nothing.
        layer, head: the ones that are shown large.
        pinned: place of the token whose row is shown alone, or −1.
        plain: special tokens such as [CLS] are hidden.
        pairs: which pairs of tokens are shown, of two texts.
        off: (layer, head) of the heads that are switched off.
        scale: weight that is drawn in the darkest colour.
        compared: what is shown large while heads are off: the pattern now, the untouched one, or the change.
        answer: what attention might explain.
        removal: how a token is taken away from the answer.
        sentences: of the view of embeddings, one a line; an empty line parts the senses of the word.
        word: the one that is followed there.
        depth: number of layers after which the vectors there are taken.
        tuned: id of a run whose fine-tuning is put on the encoder, or nothing.
    """

    model: str = fields.coded(PACKAGED, _read_model)
    text: str = fields.coded(next(iter(EXAMPLES)), str, lambda text: text[:LINK])
    other: str = fields.coded("", str, lambda text: text[:LINK])
    view: str = fields.choice(VIEWS, "attention")
    layer: int = fields.integer(0, LAYERS - 1, 2)
    head: int = fields.integer(0, HEADS - 1, 0)
    pinned: int = fields.integer(-1, TOKENS - 1, -1)
    what: str = fields.choice(WHAT, "head")
    drawn: str = fields.choice(DRAWN, "map")
    plain: bool = fields.flag()
    pairs: str = fields.choice(PAIRS, "all")
    off: tuple[tuple[int, int], ...] = fields.coded((), _read_heads, _write_heads)
    scale: str = fields.choice(SCALES, "common")
    compared: str = fields.choice(COMPARED, "after")
    answer: str = fields.choice(ANSWERS, "sentiment")
    removal: str = fields.choice(REMOVALS, "mask")
    sentences: str = fields.coded(BANK, str, lambda text: text[:LINK])
    word: str = fields.coded("bank", _read_word)
    depth: int = fields.integer(0, LAYERS, 6)
    tuned: str = run_id()


# The lab opens on head 1.3, which looks at the previous token; older links name no head and mean 3.1.
LAB = Lab("bert", State, layer=0, head=2)


def situation(state: State, encoder: str) -> str:
    """Situation in the lesson: a view, an answer that is explained, and whether the model is another.

    Args:
        encoder: name of the one that answers.
    """
    if encoder != PACKAGED and state.view in ANOTHER:
        return ANOTHER[state.view]
    if state.view == "explain" and state.answer == "likeness":
        return "likeness"
    return SITUATIONS.get(state.view, "")
