"""Questions of the CNN lab, answered from the learner's own forward pass, and the code behind it."""

from collections.abc import Callable
from dataclasses import replace

from dlviz.arithmetic import MaxPool, explain_unit
from dlviz.scripts.labs import DIGITS, cnn_script
from dlviz.trace import trace
from dlviz.ui.components.wall import Stage, stages
from dlviz.ui.labs.cnn.forward import ForwardPass, forward
from dlviz.ui.labs.cnn.state import State
from dlviz.ui.lesson import Question, ScriptFiles
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import percent


def questions(passed: ForwardPass, state: State) -> list[Question]:
    """Three questions to predict, answered from the pass that is looked into."""
    return [_strongest(passed), _unused_row(passed), _without_strongest(passed, state)]


def _strongest(passed: ForwardPass) -> Question:
    peaks = passed.record[_stages(passed, "ReLU")[0].name][0].max(axis=(1, 2))  # (channel,)
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
        because=f"Map {best} reaches {peaks[best]:.3g}, more than any other of the {len(peaks)}.",
    )


def _unused_row(passed: ForwardPass) -> Question:
    last = _stages(passed, "MaxPool2d")[-1]
    pool = explain_unit(passed.model, passed.record, last.name, (0, 0, 0))
    assert isinstance(pool, MaxPool)
    rows, before = last.shape[1], _stages(passed, "ReLU")[-1].shape[1]
    starts = ", ".join(str(2 * row) for row in range(rows))
    read, unused = "none: all are read", [f"row {row}" for row in pool.unused_rows]
    because = f"{rows} windows of two cover rows 0 to {2 * rows - 1}"
    return Question(
        name="rows",
        text=f"Pooling turns {before} rows into {rows}. Counting from 0, which row is read by nobody?",
        options=["row 0", f"row {before // 2}", f"row {before - 1}", read],
        answer=unused[0] if unused else read,
        hint=f"Windows of two rows start at rows {starts}. Which row is left?",
        because=f"{because}; {unused[0]}, and that column too, fall away." if unused else f"{because}: all.",
    )


def _stages(passed: ForwardPass, layer: str) -> list[Stage]:
    """Of each round, the stage of that class of layer."""
    return [stage for stage in stages(passed.model) if stage.round and stage.layer == layer]


def _without_strongest(passed: ForwardPass, state: State) -> Question:
    stage = _stages(passed, "MaxPool2d")[-1].name
    peaks = passed.record[stage][0].max(axis=(1, 2))  # (channel,)
    channel = int(peaks.argmax())
    strongest = f"Map {channel} is the strongest of the {len(peaks)} after the last pool"
    off = {**passed.off, stage: [channel]}
    changed = forward(passed.network, passed.pixels, replace(state, off=off))
    stays = changed.predicted == passed.predicted
    return Question(
        name="without",
        text=f"{strongest}. Does the answer stay without it?",
        options=["It stays", "It changes"],
        answer="It stays" if stays else "It changes",
        hint=f"Click map {channel} in the last pool column, then switch it off below.",
        because=(
            f"Without map {channel} it says {plain(changed.answer)} with "
            f"{percent(changed.probabilities.max())}, instead of {plain(passed.answer)} with "
            f"{percent(passed.probabilities.max())}."
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
