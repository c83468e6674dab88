"""State of the Self-attention lab: what attends with which weights, what is looked at, what is changed."""

from dataclasses import dataclass

from dlviz.ui import fields
from dlviz.ui.inputs import sentence
from dlviz.ui.inputs.digit import TEST_DIGITS, DigitFields
from dlviz.ui.lab import Lab
from dlviz.ui.runs.fields import RunFields

WORDS = 32  # of a text; longer ones are cut
PATCHES = 50  # tokens of a digit: the class token, and 49 patches
LARGEST, HEADS, LAYERS, BLOCKS = 384, 16, 6, 8
INPUTS = {"words": "Words", "digit": "Digit"}
WEIGHTS = {"bert": "BERT's", "random": "Random"}
VECTORS = {"table": "BERT's table", "random": "Random"}
VIEWS = {"map": "Map", "lines": "Lines"}
SCALES = {"common": "0 … 1", "own": "Own largest"}
EXAMPLE = "the animal did not cross the street because it was too tired"
# Matrices in which a cell can be chosen, in order of computation.
STAGES = ("x", "q", "k", "v", "products", "scaled", "masked", "pattern", "heads", "joined", "out", "added")

Cell = tuple[str, int, int]  # stage, row, column


def checked_cell(stage: str, row: int, column: int) -> Cell:
    """A cell of the largest matrices there are.

    Raises: ValueError if it is none.
    """
    if stage not in STAGES or not (0 <= row < PATCHES and 0 <= column < LARGEST):
        raise ValueError(f"no cell {stage} {row} {column}")
    return stage, row, column


def _read_cell(text: str) -> Cell | None:
    if not text:
        return None
    stage, row, column = text.split(".")
    return checked_cell(stage, int(row), int(column))


def _read_numbers(text: str) -> tuple[int, ...]:
    numbers = tuple(int(part) for part in text.split(".")) if text else ()
    if any(not 0 <= number < PATCHES for number in numbers) or len(set(numbers)) < len(numbers):
        raise ValueError(text)
    return numbers


def _write_parts(parts: tuple[object, ...]) -> str:
    return ".".join(map(str, parts))


@dataclass(frozen=True)
class State(DigitFields, RunFields):
    """A learner's choices. Heads and tokens are counted from 0, layers and blocks from 1.

    Args:
        input: "words" or "digit".
        weights: of words "bert" or "random"; of a digit "run", or else those trained for the lab.
        layer: of BERT.
        block: of DigitTransformer.
        vectors: of random weights: BERT's table of word vectors, or random ones.
        heads, size: of random weights.
        head: the one that is looked at.
        causal: each token looks only at itself and at what came before.
        scaled: scores are divided by √head_dim.
        pin: the token whose row is looked at; −1 for none.
        cell: the cell whose arithmetic is shown; None until one is chosen.
        view: of the large pattern.
        scale: colours of weights go from 0 to 1, or up to the largest that is drawn.
        laid: heads whose lines are laid over those of the one that is looked at.
        off: heads that are switched off.
        hidden: tokens that are masked.
        edit: one weight is set: in `edit_head` that of token `query` on token `key`, to `weight` percent.
    """

    input: str = fields.choice(INPUTS, "words")
    sample: int = fields.integer(-1, TEST_DIGITS - 1, 0)
    text: str = fields.coded(EXAMPLE, str, lambda text: sentence.link(text, WORDS))
    weights: str = fields.choice((*WEIGHTS, "run"), "bert")
    layer: int = fields.integer(1, LAYERS, 4)
    block: int = fields.integer(1, BLOCKS, 2)
    vectors: str = fields.choice(VECTORS, "random")
    heads: int = fields.integer(1, HEADS, 3)
    size: int = fields.integer(1, LARGEST, 12)
    seed: int = fields.integer(0, 9999, 0)
    head: int = fields.integer(0, HEADS - 1, 1)
    causal: bool = fields.flag()
    scaled: bool = fields.flag(default=True)
    pin: int = fields.integer(-1, PATCHES - 1, -1)
    cell: tuple[str, int, int] | None = fields.coded(None, _read_cell, _write_parts)
    view: str = fields.choice(VIEWS, "map")
    scale: str = fields.choice(SCALES, "common")
    laid: tuple[int, ...] = fields.coded((), _read_numbers, _write_parts)
    off: tuple[int, ...] = fields.coded((), _read_numbers, _write_parts)
    hidden: tuple[int, ...] = fields.coded((), _read_numbers, _write_parts)
    edit: bool = fields.flag()
    edit_head: int = fields.integer(0, HEADS - 1, 0)
    query: int = fields.integer(0, PATCHES - 1, 0)
    key: int = fields.integer(0, PATCHES - 1, 0)
    weight: int = fields.integer(0, 100, 100)

    @property
    def darkest(self) -> float:
        """The weight of the darkest colour; 0 for the largest that is drawn."""
        return 1.0 if self.scale == "common" else 0.0

    @property
    def intervened(self) -> bool:
        """True if a head is off, a token masked or a weight set."""
        return bool(self.off or self.hidden or self.edit)

    @property
    def onward(self) -> dict[str, str]:
        """Fields of the Transformer block lab, as its address writes them, with the same input there."""
        if self.input == "words":
            return {"network": "words", "words": self.text, "other": " ".join(reversed(self.text.split()))}
        run = {"weights": "run", "run": self.run} if self.weights == "run" else {}
        drawing = {"digit": self.digit, "sample": "-1"} if self.digit else {"sample": str(self.sample)}
        return {"network": "digit", "block": str(self.block - 1), **drawing, **run}

    @property
    def situation(self) -> str:
        """The opening of the lesson that fits what is on screen."""
        if self.input == "digit":
            return "a digit"
        return "random weights" if self.weights == "random" else ""

    @property
    def reads_table(self) -> bool:
        """True if random weights read the vectors of BERT's table."""
        return self.weights == "random" and self.vectors == "table"


LAB = Lab("attention", State)
