"""Panel on a run's network: its results on examples that it does not learn from, class by class."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.training.config import TrainingConfig
from dlviz.training.options import GONE, TESTED
from dlviz.training.runs import service
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.labs.training.time_machine.questions import CHARACTERS
from dlviz.ui.runs import sentences, vocabulary
from dlviz.ui.runs.checkpoints import Checkpoint, load_checkpoint
from dlviz.ui.runs.live_run import LiveRun
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted, number, percent
from dlviz.ui.verdict import show_sentence

if TYPE_CHECKING:
    from dlviz.training.measuring import Measured
    from dlviz.training.tasks import Examples, Task

MEASURED = f"{LAB}.tested"  # the run and the step whose network was measured
BARS = 20  # classes that are drawn, the most frequent ones
# Task -> what a network of it is measured on.
DATA = {
    "digits": "the 10,000 test digits",
    "fashion": "the test clothes",
    "cifar10": "the 10,000 test photographs",
    "reviews": "the 1,672 test sentences",
    "drawings": "the drawings held out",
    "table": "the rows held out",
    "text": "the chapters held out",
}
CAUTION = (
    "Test data are for the end. Whoever changes the settings until this number rises has chosen by them, and "
    "then it no longer says how the network does on what nobody has seen."
)


@dataclass(frozen=True)
class Evaluation:
    """Results of a network, and the names of its classes."""

    measured: Measured
    classes: list[str]


def show_test_data(run: LiveRun) -> None:
    """Measure the newest network on examples that it does not learn from, at the press of a button."""
    task = run.config.task
    if run.imported and task in ("drawings", "table"):
        st.caption("The file holds no examples: there is nothing to measure the network on.")
        return
    if task in GONE:
        st.caption(GONE[task])
        return
    if not run.checkpoints:
        st.caption("There is no network to measure before the run has begun.")
        return
    step = run.checkpoints[-1]
    st.button(
        f"Measure on {DATA[task]}",
        icon=":material/grading:",
        key=f"{MEASURED}.go",
        on_click=_ask,
        args=(run.run, step),
    )
    if task in TESTED and not run.imported:
        st.caption(CAUTION)
    if st.session_state.get(MEASURED) == (run.run, step):
        _show(run, step)


def _ask(run: str, step: int) -> None:
    st.session_state[MEASURED] = run, step


def _show(run: LiveRun, step: int) -> None:
    from dlviz.data.mnist import MissingData
    from dlviz.training.state import BadState
    from dlviz.training.tasks import BadTask
    from dlviz.weights import BadWeights

    try:
        with st.spinner("Measuring …"):
            found = evaluate(run.run, step)
    except (BadState, BadTask, BadWeights, MissingData, UnknownRun) as problem:
        st.error(plain(str(problem)), icon=":material/broken_image:")
        return
    measured, count = found.measured, sum(found.measured.examples)
    unit = "characters" if run.config.task == "text" else "examples"
    show_sentence(
        f"{LAB}.measured",
        st.markdown,
        f"**{percent(measured.accuracy)} of {count:,} {unit} right** ({sum(measured.right):,}), with a loss "
        f"of {number(measured.loss)}, {sentences.training_so_far(run, step)}.",
    )
    _draw(found)
    if measured.confusion:
        table = rows(np.array(measured.confusion), found.classes)
        st.table(table, hide_index=True, border="horizontal", width="content")


def _draw(found: Evaluation) -> None:
    """Bars of the most frequent classes, in the order of the classes."""
    from dlviz.figures.bars import accuracies

    examples, right = np.array(found.measured.examples), np.array(found.measured.right)
    shown = np.sort(np.argsort(-examples, kind="stable")[:BARS])
    shown = shown[examples[shown] > 0]
    left_out = int((examples > 0).sum()) - len(shown)
    examples, right = examples[shown], right[shown]
    classes = [found.classes[at] for at in shown]
    names = [CHARACTERS.get(name) or name for name in classes]
    texts = [percent(share) for share in right / examples]
    figure = accuracies(right, examples, names, texts, found.measured.accuracy)
    st.plotly_chart(figure, key=f"{MEASURED}.bars", config={"displayModeBar": False})
    others = f" The {left_out:,} rarest classes are left out." if left_out else ""
    st.caption(f"Right answers class by class; the dotted line is all of them together.{others}")


def rows(counts: np.ndarray, classes: list[str]) -> list[dict[str, str]]:
    """A row for each class: how many there are, how many are right, and what the others are mostly taken for.

    Args:
        counts: (classes, classes), the true class by the predicted one.
    """
    table = []
    for at, name in enumerate(classes):
        others = np.where(np.arange(len(classes)) == at, -1, counts[at])
        mistaken = int(others.argmax())
        times = counted(int(others[mistaken]), "time")
        most = f"{plain(classes[mistaken])} ({times})" if others[mistaken] > 0 else "–"
        of = int(counts[at].sum())
        right = percent(counts[at, at] / of) if of else "–"
        table.append({"Class": plain(name), "Examples": f"{of:,}", "Right": right, "Mostly taken for": most})
    return table


@lru_cache(maxsize=32)
def evaluate(run: str, step: int) -> Evaluation:
    """Measure the network after a step of a run on its task's test data, or on what its task holds out.

    Raises: BadTask if the data are not here or have other classes than the network; BadState; UnknownRun.
    """
    from dlviz.training.measuring import measure
    from dlviz.training.tasks import BadTask, own, prepare

    store = service.shared().store
    config = TrainingConfig.from_json(store.config(run))
    if config.task in TESTED:
        config = replace(config, test=True, test_at_end=False, patience=None, scheduler="none")
    task = prepare(config, own.read(config.task, store.folder(run)))
    checkpoint = load_checkpoint(run, step)
    classes = [str(name) for name in task.facts["classes"]]  # pyright: ignore[reportGeneralTypeIssues]
    numbered = [str(at) for at in range(len(classes))]  # by a file that does not name them
    if checkpoint.classes not in (classes, numbered):
        raise BadTask("The network has other classes than the data: it cannot be measured on them.")
    measured = measure(checkpoint.model, _as_read(task, checkpoint), lambda: False)
    assert measured  # nobody stops it
    return Evaluation(measured, vocabulary.class_names(config.task, classes))


def _as_read(task: Task, checkpoint: Checkpoint) -> Examples:
    """The task's examples as the network reads them: sentences by the words that it knows."""
    from dlviz.data.sentiment import Vocabulary
    from dlviz.training.tasks import texts
    from dlviz.training.tasks.examples import Sentences

    known = checkpoint.facts.get("vocabulary")
    if not isinstance(task.measured, Sentences) or not isinstance(known, list):
        return task.measured
    pairs = list(zip(task.measured.texts, task.measured.labels.tolist(), strict=True))
    return texts.encode(pairs, Vocabulary(tuple(known)))
