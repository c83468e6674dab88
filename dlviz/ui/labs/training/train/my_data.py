"""A learner's own data: drawings with labels, or a table of labelled sentences.

Kept for the session, and beside each run that learns from them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.training.config import TrainingConfig
from dlviz.ui.components.gallery import gallery
from dlviz.ui.components.pad import pad
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.runs import sentences
from dlviz.ui.text_format.markdown import plain

if TYPE_CHECKING:
    from dlviz.training.tasks import Own

TASKS = ("drawings", "table")
DRAWN, TABLE, LABEL = f"{LAB}.drawn", f"{LAB}.table", f"{LAB}.label"
CSV, BAD_TABLE = f"{LAB}.csv", f"{LAB}.csv.problem"
LONGEST = 40  # letters of a label
SHOWN = 40  # drawings


@dataclass
class MyDrawings:
    """Drawings of this session: pictures (28, 28) uint8, and the label of each."""

    pictures: list[np.ndarray] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    papers: int = 0  # used so far


def drawings() -> MyDrawings:
    """This session's drawings."""
    return st.session_state.setdefault(DRAWN, MyDrawings())


def collect(task: str) -> None:
    """Let the learner make or upload data for a task that needs their own."""
    if task == "drawings":
        st.fragment(key=f"{LAB}.collect")(_draw)(len(drawings().labels))
    elif task == "table":
        _upload()


def _draw(known: int) -> None:
    """Collect drawings and their labels.

    Strokes draw this part alone anew; another drawing changes what is said of the run.

    Args:
        known: drawings of which the rest of the page knows.
    """
    mine = drawings()
    if len(mine.labels) != known:
        st.rerun(scope="app")
    st.markdown("**Draw, say what it is, and add it**: ten of each kind make a beginning.")
    left, right = st.columns([1, 2], gap="medium")
    with left, st.container(key="paper"):
        drawing = pad(f"{LAB}.own.{mine.papers}", invitation="Draw anything")
    with right:
        st.text_input("What is it?", key=LABEL, max_chars=LONGEST, placeholder="such as house, or A")
        ready = drawing.pixels is not None and bool(st.session_state[LABEL].strip())
        st.button(
            "Add it",
            icon=":material/add:",
            disabled=not ready,
            key=f"{LAB}.add",
            on_click=_add,
            args=(drawing.pixels,),
        )
        if mine.labels:
            kinds = ", ".join(f"{count} × {label}" for label, count in Counter(mine.labels).items())
            st.caption(f"{sentences.count(len(mine.labels), 'drawing')} so far: {plain(kinds)}.")
            newest = slice(-SHOWN, None)
            gallery(f"{LAB}.drawings", np.array(mine.pictures[newest]), mine.labels[newest], kinds, side=48)
            st.button("Take the last one away", type="tertiary", on_click=_remove_last, key=f"{LAB}.less")


def _add(pixels: np.ndarray | None) -> None:
    if pixels is None:
        return
    mine = drawings()
    mine.pictures.append(np.rint(pixels * 255).astype(np.uint8))
    mine.labels.append(" ".join(st.session_state[LABEL].split()))
    mine.papers += 1  # a fresh one is drawn on next


def _remove_last() -> None:
    mine = drawings()
    mine.pictures.pop()
    mine.labels.pop()


def _upload() -> None:
    """Offer to upload a table; if something is wrong with it, the table before it stays."""
    from dlviz.data.labelled import ENDINGS, LARGEST

    st.file_uploader(
        "A table (.csv, .tsv or .txt) with the columns text and label",
        ENDINGS,
        key=CSV,
        max_upload_size=LARGEST // 1_000_000,
        on_change=_take_table,
    )
    if problem := st.session_state.get(BAD_TABLE):
        st.error(plain(problem), icon=":material/table:")
    if TABLE in st.session_state:
        table = st.session_state[TABLE][1]
        classes = plain(", ".join(name[:30] for name in table.classes[:8]))
        more = ", …" if len(table.classes) > 8 else ""
        kept = "Your table before it is kept: " if problem else ""
        count = sentences.count(len(table.texts), "sentence")
        st.caption(f"{kept}{count} in {len(table.classes)} classes: {classes}{more}.")


def _take_table() -> None:
    from dlviz.data import labelled

    st.session_state.pop(BAD_TABLE, None)
    if (file := st.session_state[CSV]) is None:
        return
    try:
        st.session_state[TABLE] = (file.getvalue(), labelled.read(file.getvalue()))
    except labelled.BadTable as problem:
        st.session_state[BAD_TABLE] = str(problem)


def data(task: str) -> Own | None:
    """The learner's own data of this session for a task; None where there are none, or the task needs none.

    Raises: BadTask if there are too many.
    """
    from dlviz.training.tasks import Drawings

    if task == "drawings" and (mine := drawings()).labels:
        return Drawings(np.array(mine.pictures), tuple(mine.labels))
    return st.session_state[TABLE][1] if task == "table" and TABLE in st.session_state else None


def prepare_writer(config: TrainingConfig) -> Callable[[Path], object] | None:
    """A function that writes the learner's data into a run's folder; None for tasks that need none.

    Raises: BadTask with a sentence if there are none, or they cannot be learned from like this.
    """
    if config.task not in TASKS:
        return None
    from dlviz.training.tasks import Drawings, prepare
    from dlviz.training.tasks.own import FILES

    own = data(config.task)
    prepare(config, own)
    if isinstance(own, Drawings):
        return lambda folder: own.save(folder / FILES["drawings"])
    table = st.session_state[TABLE][0]
    return lambda folder: (folder / FILES["table"]).write_bytes(table)
