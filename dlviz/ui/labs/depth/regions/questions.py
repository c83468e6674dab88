"""The question before the saw-tooth is drawn, and the code behind the pictures."""

from collections.abc import Callable

from dlviz.plane.regions import find_affine, find_regions
from dlviz.plane.sawtooth import DEPTHS, count_teeth, set_one_layer, set_tents
from dlviz.questions import Choice
from dlviz.ui.text_format.numbers import counted


def main_question() -> Choice:
    """Ask which network breaks first as the teeth double."""
    breaks = find_breaking_depth()
    teeth, pieces = count_teeth(breaks), 2 * count_teeth(breaks)
    return Choice(
        name="breaks",
        text=(
            "Two networks with the same number of weights, all set by hand, draw the teeth of a saw: a deep "
            "one, whose layers have two units each, and one with a single wide layer. With every extra "
            "layer, the teeth double. Which network fails first, and at how many teeth?"
        ),
        options=[*map(_name_breaking, DEPTHS[1:5]), "The deep network", "Neither"],
        answer=_name_breaking(breaks),
        hints=[
            "Each unit of one layer turns the line once.",
            "How many straight pieces has a tooth, and how many units are there?",
        ],
        why="Why can the deep network go on for so long?",
        because=(
            f"{counted(teeth, 'tooth', 'teeth')} have {pieces} straight pieces; one layer of {2 * breaks} "
            f"units has {2 * breaks + 1} at most. Each layer of the deep network folds what is folded."
        ),
        shows={"tents": breaks},
    )


def find_breaking_depth() -> int:
    """Find the layers of the first deep network whose teeth one layer with as many weights cannot draw."""
    # A layer of 2 · depth units turns the line as often at most: it has one straight piece more.
    return next(depth for depth in DEPTHS if 2 * count_teeth(depth) > 2 * depth + 1)


def _name_breaking(depth: int) -> str:
    return f"One layer, at {counted(count_teeth(depth), 'tooth', 'teeth')}"


def shown_code() -> list[Callable | type]:
    """Functions that find regions, and that set the saw-tooth by hand."""
    return [find_regions, find_affine, set_tents, set_one_layer]
