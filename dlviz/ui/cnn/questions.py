"""What a learner is asked in the CNN lab, and the code behind its picture."""

from dlviz.arithmetic import MaxPool, explain_unit
from dlviz.models import SimpleCNN
from dlviz.scripts import cnn_script
from dlviz.trace import trace
from dlviz.ui.cnn.run import Run, run
from dlviz.ui.cnn.state import get
from dlviz.ui.lesson import Question
from dlviz.ui.percent import percent

SOURCES = (SimpleCNN, trace, explain_unit)


def ask(current: Run) -> list[Question]:
    """Three questions, answered from the current run."""
    return [_strongest(current), _fallen_away(current), _without_the_strongest(current)]


def _strongest(current: Run) -> Question:
    peaks = current.record["conv_layers.1"][0].max(axis=(1, 2))
    order = peaks.argsort()
    # The strongest, the weakest and two between, in the order of their numbers.
    options = sorted({int(order[index]) for index in (-1, 0, len(order) // 3, 2 * len(order) // 3)})
    best = int(order[-1])
    return Question(
        name="strongest",
        text="Which of these maps fires most strongly on your digit after the first ReLU?",
        options=[f"map {option}" for option in options],
        answer=f"map {best}",
        hint="Scale the colours over each stage, then look for the darkest blue in the first ReLU column.",
        because=f"Map {best} reaches {peaks[best]:.3g}, more than any other of the 32.",
    )


def _fallen_away(current: Run) -> Question:
    pool = explain_unit(current.model, current.record, "conv_layers.8", (0, 0, 0))
    assert isinstance(pool, MaxPool)
    (row,) = pool.unused_rows
    return Question(
        name="rows",
        text="Pooling turns 7 rows into 3. Counting from 0, which row of the 7 is read by nobody?",
        options=["row 0", "row 3", "row 6", "none: all are read"],
        answer=f"row {row}",
        hint="Windows of two rows start at rows 0, 2 and 4. Which row is left?",
        because=f"Three windows of two cover rows 0 to 5; row {row}, and column {row} too, fall away.",
    )


def _without_the_strongest(current: Run) -> Question:
    stage = "conv_layers.8"
    channel = int(current.record[stage][0].max(axis=(1, 2)).argmax())
    text = f"Map {channel} is the strongest of the 128 after the last pool. Does the answer stay without it?"
    changed = run(current.network, current.pixels, {**get("off"), stage: [channel]})
    stays = changed.says == current.says
    return Question(
        name="without",
        text=text,
        options=["It stays", "It changes"],
        answer="It stays" if stays else "It changes",
        hint=f"Click map {channel} in the last pool column, then switch it off below.",
        because=(
            f"Without map {channel} it says {changed.says} with {percent(changed.probabilities.max())}, "
            f"instead of {current.says} with {percent(current.probabilities.max())}."
        ),
    )


def script(current: Run) -> str:
    """A plain PyTorch script with the numbers on screen."""
    selected = get("select")
    return cnn_script(
        current.pixels,
        selected=(selected.stage, selected.unit),
        seed=current.network.seed,
        switched_off=get("off"),
        dropout_seed=get("mask") if get("training") else None,
    )
