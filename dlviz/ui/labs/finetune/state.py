"""State of the Fine-tuning lab."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dlviz.finetuning.arms import ARMS, RANKS
from dlviz.training.fine_tuning import COUNTS, RANK, SCRATCH, TRAINED, VECTORS
from dlviz.ui import fields
from dlviz.ui.lab import Lab

OWN = "own"
VIEWS = {
    "train": "Train",
    "few": "How many sentences?",
    "film": "Film",
    "changed": "What changed, what was lost",
}
# View -> the situation of its opening in the lesson.
OPENINGS = {"train": "", "few": "few sentences", "film": "a film", "changed": "a tuned BERT"}
PLANES = {"spread": "Where sentences differ most", "head": "Where the head decides"}  # of the film
LAYERS = ("embeddings", *(f"layer {number}" for number in range(1, 7)))  # of the packaged BERT
SENTENCE = "I hated every minute of it, and I would not watch it again."
DATA = {**{str(count): f"{count:,} reviews" for count in COUNTS}, OWN: "My own sentences"}
TITLES = {
    SCRATCH: "From scratch",
    VECTORS: "From scratch on BERT’s word vectors",
    "cls": "Frozen, [CLS]",
    "pooler": "Frozen, pooler",
    "mean": "Frozen, mean",
    "mean-three": "Frozen, mean of three layers",
    "last": "Last layer",
    "last-two": "Last two layers",
    "low-rank": "LoRA",
    "all": "All layers",
}
FROZEN = tuple(lane for lane in ARMS if lane not in TRAINED)
USUAL = (SCRATCH, "last-two", "low-rank", "all")
LARGEST_DRAW = 99
LONGEST_SENTENCE = 300  # letters


def _read_lanes(text: str) -> tuple[str, ...]:
    lanes = text.split(",") if text else []
    if not set(lanes) <= set(TRAINED):
        raise ValueError(text)
    return tuple(lane for lane in TRAINED if lane in lanes)


def _write_lanes(lanes: Sequence[str]) -> str:
    return ",".join(lanes)


def _check_guess(text: str) -> None:
    if text not in TITLES:
        raise ValueError(text)


def _check_layer(text: str) -> None:
    if text not in LAYERS:
        raise ValueError(text)


def _check_sentence(text: str) -> None:
    if len(text) > LONGEST_SENTENCE:
        raise ValueError(text)


@dataclass(frozen=True)
class State:
    """Choices of a learner.

    Args:
        data: what is learned from, a key of `DATA`.
        draw: seed by which reviews are drawn, and of everything else that is random.
        lanes: arms that workers train.
        rank: of LoRA's matrices.
        words: true if the word vectors learn too, where all layers do.
        guess, guess_few, guess_many, guess_layer: what was expected; in older links alone.
        tuned: arm that is looked into.
        change_shown: true if what has changed in it is shown.
        sentence: that is read before and after.
        plane: of the film, a key of `PLANES`.
    """

    view: str = fields.choice(VIEWS, "train")

    data: str = fields.choice(DATA, "200")
    draw: int = fields.integer(0, LARGEST_DRAW, 0)
    lanes: Sequence[str] = fields.coded(USUAL, _read_lanes, _write_lanes)
    rank: int = fields.integer(RANKS[0], RANKS[-1], RANK)
    words: bool = fields.flag(False)
    guess: str | None = fields.text(None, _check_guess)
    guess_few: str | None = fields.text(None, _check_guess)
    guess_many: str | None = fields.text(None, _check_guess)
    tuned: str = fields.choice(TRAINED, "last-two")
    change_shown: bool = fields.flag()
    guess_layer: str | None = fields.text(None, _check_layer)
    sentence: str = fields.text(SENTENCE, _check_sentence)
    plane: str = fields.choice(PLANES, "spread")


LAB = Lab("finetune", State)
