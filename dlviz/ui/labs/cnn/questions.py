"""Questions of the CNN lab, answered from the learner's own forward pass, and the code behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from dlviz.arithmetic import MaxPool, explain_unit
from dlviz.questions import Axis, Choice, Number
from dlviz.scripts.labs import DIGITS, cnn_script
from dlviz.trace import trace
from dlviz.ui.components.wall import Stage, stages
from dlviz.ui.labs.cnn.forward import CacheKey, ForwardPass
from dlviz.ui.labs.cnn.state import State
from dlviz.ui.labs.cnn.switching_off import off_until_it_tips
from dlviz.ui.lesson import ScriptFiles
from dlviz.ui.text_format.numbers import counted, number

if TYPE_CHECKING:
    from torch import nn


def questions(passed: ForwardPass, _: State) -> list[Choice]:
    """Questions to predict, answered from the pass that is looked into."""
    return [_strongest(passed), _unused_row(passed)]


def ask_main(passed: ForwardPass, _: State) -> Number:
    """Ask how many maps of the last pooling must go before the answer tips; the answer takes a while."""
    stage, before = _last_pooled(passed)
    on = stage.shape[0] - len(before)
    return Number(
        name="without",
        text=(
            f"The {counted(on, 'map')} of {stage.title} are about to be switched off one after another, the "
            "strongest first. How many must go before the answer tips?"
        ),
        hints=[
            "Does one map alone make the answer, or do many speak for it?",
            f"Point at the maps of {stage.title}: how many of them are more than faint?",
        ],
        answer=None,
        because="",
        scale=Axis("maps switched off", 0, max(on, 1)),
        step=1,
        tolerance=max(1, round(on / 8)),
    )


def main_question(passed: ForwardPass, state: State) -> Number:
    """Ask the same, with the answer."""
    stage, before = _last_pooled(passed)
    off, tips = off_until_it_tips(CacheKey.of(passed, passed.pixels), stage.name, before)
    count = len(off) - len(before)
    return replace(
        ask_main(passed, state),
        answer=float(count),
        why="Why so many, or so few? What does that say about how the digit is spread over the maps?"
        if tips
        else "Why can it do without them?",
        because=(
            f"The answer tips when {counted(count, 'map is', 'maps are')} off. Each map that fires is a part "
            "of the evidence."
            if tips
            else f"Even with {counted(count, 'map')} off the answer stays: it is that of the biases alone."
        ),
        shows={"off": {**passed.off, stage.name: off}, "panel": "off"},
    )


def _last_pooled(passed: ForwardPass) -> tuple[Stage, list[int]]:
    """The last stage of pooling, and its channels that are off already."""
    from torch import nn

    stage = _stages(passed, nn.MaxPool2d)[-1]
    return stage, passed.off.get(stage.name, [])


def _strongest(passed: ForwardPass) -> Choice:
    from torch import nn

    peaks = passed.record[_stages(passed, nn.ReLU)[0].name][0].max(axis=(1, 2))  # (channel,)
    order = peaks.argsort()
    # The strongest, the weakest and two between, in the order of their numbers.
    options = sorted({int(order[index]) for index in (-1, 0, len(order) // 3, 2 * len(order) // 3)})
    best = int(order[-1])
    return Choice(
        name="strongest",
        text="Which of these maps fires most strongly on your picture after the first ReLU?",
        options=[f"map {option}" for option in options],
        answer=f"map {best}",
        hints=[
            "Scale the colours over each stage, then look for the darkest blue in the first ReLU column.",
            "On one scale, a colour means the same value in every map. The highest single value counts.",
        ],
        because=f"Map {best} reaches {number(peaks[best])}, more than any other of the {len(peaks)}.",
    )


def _unused_row(passed: ForwardPass) -> Choice:
    from torch import nn

    last = _stages(passed, nn.MaxPool2d)[-1]
    pool = explain_unit(passed.model, passed.record, last.name, (0, 0, 0))
    assert isinstance(pool, MaxPool)
    rows, before = last.shape[1], _stages(passed, nn.ReLU)[-1].shape[1]
    starts = ", ".join(str(2 * row) for row in range(rows))
    read, unused = "none: all are read", [f"row {row}" for row in pool.unused_rows]
    because = f"{counted(rows, 'window of two covers', 'windows of two cover')} rows 0 to {2 * rows - 1}"
    return Choice(
        name="rows",
        text=f"Pooling turns {before} rows into {rows}. Rows count from 0: which does no window read?",
        options=["row 0", f"row {before // 2}", f"row {before - 1}", read],
        answer=unused[0] if unused else read,
        hints=[
            f"Windows of two rows start at rows {starts}. Which row is left?",
            "Each window reads the row where it starts and the one below. Count on to the last window.",
        ],
        because=f"{because}; {unused[0]}, and that column too, fall away." if unused else f"{because}: all.",
    )


def _stages(passed: ForwardPass, layer: type[nn.Module]) -> list[Stage]:
    """Of each round, the stage of that class of layer."""
    return [stage for stage in stages(passed.model) if stage.round and issubclass(stage.layer, layer)]


def shown_code(passed: ForwardPass, state: State) -> list[Callable | type]:
    """The network, and the functions that made the numbers on screen."""
    if state.panel == "dream":
        from dlviz.dream import Target, dream, move, paint

        return [type(passed.model), dream, Target, paint, move]
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
