"""What a learner is asked in the CNN lab, and the code behind its picture."""

from dlviz.arithmetic import MaxPool, explain_unit
from dlviz.scripts.labs import DIGITS, cnn_script
from dlviz.trace import trace
from dlviz.ui.components.wall import Stage, stages
from dlviz.ui.labs.cnn.forward import Run, run
from dlviz.ui.labs.cnn.state import get
from dlviz.ui.lesson import Question
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import percent


def sources(current: Run) -> tuple:
    """The code that ran."""
    return (type(current.model), trace, explain_unit)


def ask(current: Run) -> list[Question]:
    """Three questions, answered from the current run."""
    return [_strongest(current), _fallen_away(current), _without_the_strongest(current)]


def _strongest(current: Run) -> Question:
    peaks = current.record[_stages(current, "ReLU")[0].name][0].max(axis=(1, 2))
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


def _fallen_away(current: Run) -> Question:
    last = _stages(current, "MaxPool2d")[-1]
    pool = explain_unit(current.model, current.record, last.name, (0, 0, 0))
    assert isinstance(pool, MaxPool)
    rows, before = last.shape[1], _stages(current, "ReLU")[-1].shape[1]
    starts = ", ".join(str(2 * row) for row in range(rows))
    read, fallen = "none: all are read", [f"row {row}" for row in pool.unused_rows]
    because = f"{rows} windows of two cover rows 0 to {2 * rows - 1}"
    return Question(
        name="rows",
        text=f"Pooling turns {before} rows into {rows}. Counting from 0, which row is read by nobody?",
        options=["row 0", f"row {before // 2}", f"row {before - 1}", read],
        answer=fallen[0] if fallen else read,
        hint=f"Windows of two rows start at rows {starts}. Which row is left?",
        because=f"{because}; {fallen[0]}, and that column too, fall away." if fallen else f"{because}: all.",
    )


def _stages(current: Run, layer: str) -> list[Stage]:
    """Of each round, the stage of that class of layer."""
    return [stage for stage in stages(current.model) if stage.round and stage.layer == layer]


def _without_the_strongest(current: Run) -> Question:
    stage = _stages(current, "MaxPool2d")[-1].name
    peaks = current.record[stage][0].max(axis=(1, 2))
    channel = int(peaks.argmax())
    strongest = f"Map {channel} is the strongest of the {len(peaks)} after the last pool"
    changed = run(current.network, current.pixels, {**current.off, stage: [channel]})
    stays = changed.says == current.says
    return Question(
        name="without",
        text=f"{strongest}. Does the answer stay without it?",
        options=["It stays", "It changes"],
        answer="It stays" if stays else "It changes",
        hint=f"Click map {channel} in the last pool column, then switch it off below.",
        because=(
            f"Without map {channel} it says {plain(changed.said)} with "
            f"{percent(changed.probabilities.max())}, instead of {plain(current.said)} with "
            f"{percent(current.probabilities.max())}."
        ),
    )


def script(current: Run) -> str:
    """A plain PyTorch script with the numbers on screen."""
    selected, network = get("select"), current.network
    return cnn_script(
        current.pixels,
        selected=(selected.stage, selected.unit),
        seed=network.seed,
        switched_off=current.off,
        dropout_seed=get("mask") if get("training") else None,
        model=network.model,
        names=DIGITS if network.digits else network.classes,
        file=network.file,
    )
