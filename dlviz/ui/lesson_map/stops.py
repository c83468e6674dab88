"""Lines of the map and their stops: what follows from what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dlviz.ui.lesson_map.doors import Door


@dataclass(frozen=True)
class Stop:
    """A lab on the map.

    Args:
        name: of the stop, unique on the map.
        column, row: of the map, counted from 0; in column 0 stand the lines' names.
        beside: true for a lab that the lesson does not need in order to go on.
        title, question: of the stop, where they are not those of the lab.
    """

    name: str
    door: Door
    column: int
    row: int
    beside: bool = False
    title: str = ""
    question: str = ""


@dataclass(frozen=True)
class Line:
    """Stops that build on each other.

    Args:
        row: in which its name stands.
        stops: as they are listed where there is no room for a map.
        ways: from name to name, each a way along the line; the line's own name is where one begins.
    """

    name: str
    row: int
    stops: Sequence[Stop]
    ways: Sequence[Sequence[str]]


def _lab(name: str, column: int, row: int, beside: bool = False) -> Stop:
    return Stop(name, Door(name), column, row, beside)


LINES = (
    Line(
        "Images",
        1,
        [
            _lab("mlp", 1, 0, beside=True),
            _lab("convolution", 1, 1),
            _lab("cnn", 2, 1),
            _lab("training", 3, 1),
            _lab("depth", 4, 0, beside=True),
            _lab("landscape", 5, 0, beside=True),
            _lab("transfer", 4, 1),
        ],
        [
            ["Images", "convolution", "cnn", "training", "transfer", "race"],
            ["Images", "mlp", "cnn"],
            ["training", "depth", "landscape"],
        ],
    ),
    Line(
        "Sequences",
        2,
        [
            # Two stops of one lab, which shows both networks side by side, too.
            Stop("rnn", Door("rnn", {"networks": "rnn"}), 1, 2, title="RNN"),
            Stop(
                "lstm",
                Door("rnn", {"networks": "lstm"}),
                2,
                2,
                title="LSTM",
                question="What do gates keep that an RNN forgets?",
            ),
            _lab("gradients", 3, 2),
            _lab("text", 3, 3, beside=True),
            _lab("generate", 4, 3, beside=True),
        ],
        [["Sequences", "rnn", "lstm", "gradients"], ["lstm", "text", "generate"]],
    ),
    Line(
        "Attention",
        4,
        [_lab("attention", 1, 4), _lab("block", 2, 4), _lab("bert", 3, 4), _lab("finetune", 4, 4)],
        [["Attention", "attention", "block", "bert", "finetune", "race"]],
    ),
    Line("Images and attention", -1, [_lab("race", 5, 2, beside=True)], []),
)
STOPS = tuple(stop for line in LINES for stop in line.stops)
