"""Questions of the CNN lab, answered from the learner's own forward pass, and the code behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dlviz.arithmetic import MaxPool, explain_unit
from dlviz.scripts.labs import DIGITS, cnn_script
from dlviz.trace import trace
from dlviz.ui.components.wall import Stage, stages
from dlviz.ui.labs.cnn.forward import CacheKey, ForwardPass
from dlviz.ui.labs.cnn.state import State
from dlviz.ui.labs.cnn.switching_off import off_until_it_tips
from dlviz.ui.lesson import Question, ScriptFiles
from dlviz.ui.text_format.numbers import counted, number

if TYPE_CHECKING:
    from torch import nn


def questions(passed: ForwardPass, _: State) -> list[Question]:
    """Three questions to predict, answered from the pass that is looked into."""
    return [_strongest(passed), _unused_row(passed), _until_it_tips(passed)]


def _strongest(passed: ForwardPass) -> Question:
    from torch import nn

    peaks = passed.record[_stages(passed, nn.ReLU)[0].name][0].max(axis=(1, 2))  # (channel,)
    order = peaks.argsort()
    # The strongest, the weakest and two between, in the order of their numbers.
    options = sorted({int(order[index]) for index in (-1, 0, len(order) // 3, 2 * len(order) // 3)})
    best = int(order[-1])
    return Question(
        name="strongest",
        text="Which of these maps fires most strongly on your picture after the first ReLU?",
        options=[f"map {option}" for option in options],
        answer=f"map {best}",
        hint="Scale the colours over each stage, then look for the darkest blue in the first ReLU column.",
        because=f"Map {best} reaches {number(peaks[best])}, more than any other of the {len(peaks)}.",
    )


def _unused_row(passed: ForwardPass) -> Question:
    from torch import nn

    last = _stages(passed, nn.MaxPool2d)[-1]
    pool = explain_unit(passed.model, passed.record, last.name, (0, 0, 0))
    assert isinstance(pool, MaxPool)
    rows, before = last.shape[1], _stages(passed, nn.ReLU)[-1].shape[1]
    starts = ", ".join(str(2 * row) for row in range(rows))
    read, unused = "none: all are read", [f"row {row}" for row in pool.unused_rows]
    because = f"{counted(rows, 'window of two covers', 'windows of two cover')} rows 0 to {2 * rows - 1}"
    return Question(
        name="rows",
        text=f"Pooling turns {before} rows into {rows}. Rows count from 0: which does no window read?",
        options=["row 0", f"row {before // 2}", f"row {before - 1}", read],
        answer=unused[0] if unused else read,
        hint=f"Windows of two rows start at rows {starts}. Which row is left?",
        because=f"{because}; {unused[0]}, and that column too, fall away." if unused else f"{because}: all.",
    )


def _stages(passed: ForwardPass, layer: type[nn.Module]) -> list[Stage]:
    """Of each round, the stage of that class of layer."""
    return [stage for stage in stages(passed.model) if stage.round and issubclass(stage.layer, layer)]


def _until_it_tips(passed: ForwardPass) -> Question:
    from torch import nn

    stage = _stages(passed, nn.MaxPool2d)[-1]
    before = passed.off.get(stage.name, [])
    off, tips = off_until_it_tips(CacheKey.of(passed, passed.pixels), stage.name, before)
    on, count = stage.shape[0] - len(before), len(off) - len(before)
    steps = [round(share * on) for share in (0.2, 0.4, 0.6)]
    options = [
        f"at most {steps[0]}",
        f"{steps[0] + 1} to {steps[1]}",
        f"{steps[1] + 1} to {steps[2]}",
        f"more than {steps[2]}, or it never tips",
    ]
    place = sum(count > step for step in steps) if tips else len(steps)
    return Question(
        name="without",
        text=(
            f"The {on} maps of {stage.title} are switched off one after another, the strongest first. "
            "How many go before the answer tips?"
        ),
        options=options,
        answer=options[place],
        hint=f"Click a map of {stage.title}, then press “… until the answer tips” under **Switch off**.",
        because=(
            f"The answer tips when {counted(count, 'map is', 'maps are')} off."
            if tips
            else f"Even without all {on} the answer stays."
        ),
    )


def shown_code(passed: ForwardPass, _: State) -> list[Callable | type]:
    """The network, and the functions that made the numbers on screen."""
    return [type(passed.model), trace, explain_unit]


def script(passed: ForwardPass, state: State) -> str:
    """A plain PyTorch script with the numbers on screen."""
    network = passed.network
    return cnn_script(
        passed.pixels,
        selected=(state.select.stage, state.select.unit),
        seed=network.seed,
        switched_off=passed.off,
        dropout_seed=state.mask if state.training else None,
        model=network.model,
        names=DIGITS if network.reads_digits else network.classes,
        weights_file=network.weights_file,
    )


def script_name(_: ForwardPass, __: State) -> str:
    """The name of the script's file."""
    return "digit_by_hand.py"


def script_files(passed: ForwardPass, _: State) -> ScriptFiles:
    """Weights that the script needs beside it."""
    return passed.network.script_files
