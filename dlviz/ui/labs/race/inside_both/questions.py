"""Questions of the view, answered from its pass, and the code behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from dlviz.questions import Choice
from dlviz.ui.labs.race.inside_both import captions
from dlviz.ui.labs.race.inside_both.forward import Disagreement, ForwardPass
from dlviz.ui.labs.race.inside_both.state import DISAGREEMENTS
from dlviz.ui.text_format.numbers import counted


def main_question(found: Disagreement | None = None) -> Choice:
    """Ask on how many test pictures the two disagree; answered once both have read them all.

    Args:
        found: None before.
    """
    asked = Choice(
        name="disagree",
        text="Both networks read every test picture. On how many will they give different answers?",
        options=[title for title, _, _ in DISAGREEMENTS.values()],
        answer=None,
        hints=[
            "Each of them is wrong on some pictures. Only where one is wrong can they differ.",
            "Where both are right, they agree. So look for pictures on which one of them is wrong.",
        ],
        why="Why are they not wrong on the same pictures, or why are they?",
        because="",
        shows={"disagree_shown": True},
    )
    if found is None:
        return asked
    count = len(found.indices)
    answer = next(title for title, low, high in DISAGREEMENTS.values() if low <= count < high)
    wrong = [round((1 - right) * found.tested) for right in found.accuracy]
    told = (
        f"They disagree on {counted(count, 'picture')} of {found.tested:,}. The CNN is wrong on {wrong[0]:,} "
        f"of them all, the transformer on {wrong[1]:,}."
    )
    return replace(asked, answer=answer, because=told)


def questions(passed: ForwardPass) -> list[Choice]:
    """Questions on what is on screen."""
    blocks = {f"Block {at}": float(look.here.max()) for at, look in enumerate(passed.looks, 1)}
    farthest = max(blocks, key=blocks.__getitem__)
    units, vectors = ([each.reach for each in side.values()] for side in (passed.units, passed.vectors))
    longer = "The transformer’s" if vectors[-1] > units[-1] else "The CNN’s"
    return [
        Choice(
            name="farthest_head",
            text="In which block is the head that looks farthest from this place?",
            options=list(blocks),
            answer=farthest,
            hints=[
                "Choose each block in turn, and read the distances above the heads.",
                "Of each block, only its farthest head counts, not the mean of all. Compare these.",
            ],
            because=", ".join(f"{block}: {captions.pixels(away)} at most" for block, away in blocks.items())
            + ".",
        ),
        Choice(
            name="longer_reach",
            text=(
                "After their last layers, by the same measure: whose values here depend on pixels "
                "farther away?"
            ),
            options=["The CNN’s", "The transformer’s"],
            answer=longer,
            hints=[
                "Compare the two solid lines at their right ends.",
                "The higher a line, the farther away are the pixels that count. Which line ends higher?",
            ],
            because=f"The CNN’s units reach {captions.pixels(units[-1])}, the transformer’s vectors "
            f"{captions.pixels(vectors[-1])}.",
        ),
    ]


def shown_code() -> Sequence[Callable]:
    """Functions that measure how far both see."""
    from dlviz.race.inside import measure_attention_distance, measure_fields, see_attention

    return [measure_fields, see_attention, measure_attention_distance]
