"""State of the Transformer block lab: what goes through which blocks, what is looked at, what is written."""

from dataclasses import dataclass

from dlviz.ui import fields
from dlviz.ui.inputs.digit import TEST_DIGITS, DigitFields
from dlviz.ui.inputs.sampling import PROMPT, SamplingFields
from dlviz.ui.lab import Lab
from dlviz.ui.runs.fields import RunFields

WORDS = 24  # of a sentence; longer ones are cut
CHARACTERS = 64  # of a text that CharTransformer reads for its stream; more rows could not be told apart
CONTEXT = 128  # characters that CharTransformer can look back upon
PARTS = {"stream": "Inside the block", "order": "Word order", "write": "Writing"}
NETWORKS = {"text": "Text", "digit": "Digit", "words": "Words"}
TABLES = {"none": "None", "sinusoidal": "Sinusoidal", "text": "Learned: text", "digit": "Learned: digits"}
LEARNED = {"text": 128, "digit": 64}  # table of positions that a network has learned -> its width
WIDTHS = [16, 32, 64, 128]
HEADS = [1, 2, 4, 8, 16]
DEEPEST = 6
MOST_BLOCKS, MOST_UNITS = 8, 256  # of a run's network
SHARES = {"0": "Off, as in use", "10": "10 %", "30": "30 %", "50": "50 %"}
VIEWS = {"map": "Heat map", "lines": "Lines"}
SCALES = {"common": "0 … 1", "own": "Own largest"}
SENTENCE, OTHER = "dog bites man", "man bites dog"
TEXT = "It is a truth"
WRITERS_BLOCKS, WRITERS_HEADS = 4, 4  # of CharTransformer
LENGTH, MORE, LONGEST = 120, 120, 600


def _one_of(options: list[int], default: int):
    def read(text: str) -> int:
        if text not in map(str, options):
            raise ValueError(text)
        return int(text)

    return fields.coded(default, read)


def _cut_words(text: str) -> str:
    return " ".join(text.split()[:WORDS])[:1000]


@dataclass(frozen=True)
class State(DigitFields, RunFields, SamplingFields):
    """A learner's choices. Blocks, heads, tokens and units are counted from 0.

    Args:
        part: of the lab.
        network: what goes in: a text, a digit, or words through random blocks.
        words, other: the same words in two orders.
        seed: of random words and blocks; width, heads, depth: of these blocks.
        table: the positions that are added to words.
        dropout: percent of the values that it silences.
        block, head, token, unit: looked at; token −1 is the one that the answer is read from.
        pin: the token whose row of a pattern is looked at; −1 for none.
        scale: colours of weights go from 0 to 1, or up to each pattern's own largest.
        draw_seed: of the written text.
        layer, lit_head: the block and the head that light the written text; head −1 is the mean of all.
    """

    part: str = fields.choice(PARTS, "stream")
    network: str = fields.choice(NETWORKS, "text")
    words: str = fields.coded(SENTENCE, str, _cut_words)
    other: str = fields.coded(OTHER, str, _cut_words)
    text: str = fields.coded(TEXT, str, lambda text: text[-CHARACTERS:])
    sample: int = fields.integer(-1, TEST_DIGITS - 1, 0)
    width: int = _one_of(WIDTHS, 32)
    heads: int = _one_of(HEADS, 4)
    depth: int = fields.integer(1, DEEPEST, 3)
    table: str = fields.choice(TABLES, "none")
    dropout: str = fields.choice(SHARES, "0")
    dropout_seed: int = fields.integer(0, 9999, 0)
    block: int = fields.integer(0, MOST_BLOCKS - 1, 0)
    head: int = fields.integer(0, max(HEADS) - 1, 0)
    token: int = fields.integer(-1, CONTEXT - 1, -1)
    unit: int = fields.integer(0, MOST_UNITS - 1, 0)
    pin: int = fields.integer(-1, CONTEXT - 1, -1)
    view: str = fields.choice(VIEWS, "map")
    scale: str = fields.choice(SCALES, "common")
    prompt: str = fields.coded(PROMPT, str, lambda prompt: prompt[-CONTEXT:])
    draw_seed: int = fields.integer(0, 9999, 0)
    length: int = fields.integer(1, LONGEST, LENGTH)
    at: int = fields.integer(-1, LONGEST - 1, -1)
    layer: int = fields.integer(0, WRITERS_BLOCKS - 1, 1)
    lit_head: int = fields.integer(-1, WRITERS_HEADS - 1, -1)

    @property
    def embed_size(self) -> int:
        """Numbers of a word's vector: the learner's choice, or the width of a learned table of positions."""
        return LEARNED.get(self.table, self.width)

    @property
    def situation(self) -> str:
        """The opening of the lesson that fits what is on screen."""
        if self.part == "stream":
            return {"text": "", "digit": "a digit", "words": "random blocks"}[self.network]
        return {"order": "two orders", "write": "writing"}[self.part]

    @property
    def onward(self) -> dict[str, str]:
        """Fields of the Self-attention lab, as its address writes them, with the same input there."""
        if self.part == "stream" and self.network == "digit":
            run = {"weights": "run", "run": self.run} if self.weights == "run" else {}
            drawing = {"digit": self.digit, "sample": "-1"} if self.digit else {"sample": str(self.sample)}
            return {"input": "digit", "block": str(self.block + 1), **drawing, **run}
        if self.part == "write":
            return {"text": self.prompt}
        return {"text": self.text if (self.part, self.network) == ("stream", "text") else self.words}

    @property
    def silenced(self) -> float:
        """The share of values that dropout silences."""
        return int(self.dropout) / 100


LAB = Lab("block", State)
