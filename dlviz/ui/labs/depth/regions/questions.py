"""The question before the saw-tooth is drawn, and the code behind the pictures."""

from collections.abc import Callable

from dlviz.plane.regions import find_affine, find_regions
from dlviz.plane.sawtooth import DEPTHS, count_teeth, set_one_layer, set_tents
from dlviz.ui.lesson import Question
from dlviz.ui.text_format.numbers import counted


def questions() -> list[Question]:
    """Ask which network breaks first as the teeth double."""
    # A layer of 2 · depth units turns the line as often at most: it has one straight piece more.
    breaks = next(depth for depth in DEPTHS if 2 * count_teeth(depth) > 2 * depth + 1)
    return [
        Question(
            "breaks",
            "Layers of two units against one layer with as many weights, all weights set by hand. As the "
            "teeth double, which breaks first?",
            [
                *(f"One layer, at {counted(count_teeth(depth), 'tooth', 'teeth')}" for depth in DEPTHS[1:5]),
                "The deep network",
                "Neither",
            ],
            f"One layer, at {counted(count_teeth(breaks), 'tooth', 'teeth')}",
            "Each unit of one layer turns the line once. How many straight pieces has a tooth, and how many "
            "units are there?",
            f"{counted(count_teeth(breaks), 'tooth', 'teeth')} have {2 * count_teeth(breaks)} straight "
            f"pieces; one layer of {2 * breaks} units has {2 * breaks + 1} at most.",
        )
    ]


def shown_code() -> list[Callable | type]:
    """Functions that find regions, and that set the saw-tooth by hand."""
    return [find_regions, find_affine, set_tents, set_one_layer]
