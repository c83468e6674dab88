"""Questions of the view, answered from what was measured, and the code behind it, also as a script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from dlviz.questions import Choice
from dlviz.ui.labs.race.pairs import Pair, read_test_pictures
from dlviz.ui.labs.race.stress_tests import captions
from dlviz.ui.labs.race.stress_tests.forward import LearnedAgain, Measured, compare_losses
from dlviz.ui.labs.race.stress_tests.state import OUTCOMES, WIDE, StressFields
from dlviz.ui.lesson import ScriptFiles
from dlviz.ui.text_format.numbers import number, percent

if TYPE_CHECKING:
    from torch import nn


def main_question(state: StressFields, found: Measured | LearnedAgain | None = None) -> Choice:
    """Ask which network loses more under a stress, and by how much; answered once that is found.

    Args:
        found: None before.
    """
    if state.stress == "shuffled":
        on = "When both learn from shuffled patches instead"
    else:
        on = f"On pictures {captions.name_strongest(state.stress)}"
    asked = Choice(
        name=f"loses.{state.stress}",
        text=f"{on}, which network’s accuracy falls more?",
        options=[title for title, _, _ in OUTCOMES.values()],
        answer=None,
        hints=[
            "What does each network know of the picture before it learns: which pixels are neighbours, or "
            "where each patch lies?",
            "Ask of each whether what is done here takes away just that.",
        ],
        why="What does each network lean on, and do these pictures still have it?",
        because="",
        shows={"stress_shown": (*state.stress_shown, state.stress)},
    )
    match found:
        case LearnedAgain() if found.is_whole:
            loser, difference = found.loser, float(found.difference.mean())
            lost, span = found.lost.mean(axis=1), "on average over the seeds"
        case Measured():
            lead = compare_losses(found)
            loser, difference, lost = lead.loser, lead.difference, lead.lost
            span = f"with {captions.name_level(found.stress, found.levels[-1])}"
        case _:
            return asked
    far = loser != "even" and abs(difference) > WIDE
    answer = next(title for title, *kind in OUTCOMES.values() if kind == [loser, far])
    points = [number(100 * float(each), ".1f") for each in lost]
    told = f"The CNN loses {points[0]} percentage points and the transformer {points[1]}, {span}."
    luck = " The difference is within luck." if loser == "even" else ""
    return replace(asked, answer=answer, because=f"{told}{luck}")


def questions(measured: Measured) -> list[Choice]:
    """Questions on the curves."""
    share = measured.accuracy.mean(axis=1)
    steps = share[:-1] - share[1:]
    names = [captions.name_level(measured.stress, level) for level in measured.levels]
    between = [f"from {before} to {after}" for before, after in pairwise(names)]
    worst = int(steps.argmax())
    only = [int((measured.right[-1, at] & ~measured.right[-1, 1 - at]).sum()) for at in (0, 1)]
    return [
        Choice(
            name="steepest",
            text="Between which two levels do the networks together lose most pictures?",
            options=between,
            answer=between[worst],
            hints=[
                "Look for the steepest piece of both lines.",
                "Between two levels, add up how far the two lines fall. Where is that sum largest?",
            ],
            because=f"Of all pictures and both networks, {percent(steps[worst])} are lost there.",
        ),
        Choice(
            name="only_one",
            text="At the strongest level: are there pictures that only the worse of the two still reads?",
            options=["Yes", "No"],
            answer="Yes" if min(only) else "No",
            hints=[
                "The lines show how many each reads, not which.",
                "The worse one fails more often. Does that mean it fails on all that the other fails on?",
            ],
            because=f"Only the CNN reads {only[0]:,} of them, only the transformer {only[1]:,}.",
        ),
    ]


def shown_code(state: StressFields) -> Sequence[Callable]:
    """Functions that change the pictures and count who still reads them."""
    from dlviz.data.shuffling import shuffle_patches
    from dlviz.race.stress import STRESSES, find_right, permute_positions

    if state.stress == "shuffled":
        return [shuffle_patches, permute_positions]
    return [STRESSES[state.stress].change, find_right]


def script(pair: Pair, stress: str) -> str:
    """A script of plain PyTorch that puts this very pair under a stress."""
    from dlviz.scripts.stress import stress_script

    return stress_script(stress, pair.cnn.model, pair.digit_transformer, list(script_files(pair)))


def script_name(stress: str) -> str:
    """The name of the script's file."""
    return f"stress-{stress}.py"


def script_files(pair: Pair) -> ScriptFiles:
    """Both networks' weights, and the test pictures."""
    return {
        **{f"{member.kind}.safetensors": partial(_pack_weights, member.model) for member in pair.members},
        "pictures.safetensors": partial(_pack_pictures, pair.cnn.task),
    }


def _pack_weights(model: nn.Module) -> bytes:
    from safetensors.torch import save

    return save({name: values.contiguous() for name, values in model.state_dict().items()})


def _pack_pictures(task: str) -> bytes:
    from safetensors.torch import save

    from dlviz.race.stress import TESTED

    images, labels = read_test_pictures(task)
    return save({"images": images[:TESTED].clone(), "labels": labels[:TESTED].clone()})
