"""A learner's own data: drawings with labels, or a table of labelled sentences.

Kept for this browser as long as the server runs, and beside each run that learns from them. Drawings can be
saved as a file too, and brought in again.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import streamlit as st

from dlviz.paths import ASSETS
from dlviz.training.config import TrainingConfig
from dlviz.training.runs import service
from dlviz.training.runs.service import Service
from dlviz.ui.components.gallery import gallery
from dlviz.ui.components.pad import Placed, pad
from dlviz.ui.inputs import picture as uploads
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.runs.live_run import LiveRun
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted
from dlviz.ui.text_format.quotes import isolated

if TYPE_CHECKING:
    from dlviz.data.labelled import Labelled
    from dlviz.training.tasks import Drawings, Own

TASKS = ("drawings", "table")
DRAWN, TABLE, LABEL = f"{LAB}.drawn", f"{LAB}.table", f"{LAB}.label"
CSV, BAD_TABLE, OTHERS = f"{LAB}.csv", f"{LAB}.csv.problem", f"{LAB}.csv.columns"
TEXTS, LABELS = f"{LAB}.csv.texts", f"{LAB}.csv.labels"  # the columns that the learner chooses
SAMPLE = ASSETS / "samples" / "sentences.csv"
FILE, PICTURE, PROBLEM = (f"{LAB}.own.{name}" for name in ("file", "picture", "problem"))
LONGEST = 40  # letters of a label
SHOWN = 40  # drawings
OWNERS = 50  # whose data are kept
NAME = "my-drawings.safetensors"


@dataclass
class MyDrawings:
    """Drawings of this browser: pictures (28, 28) uint8, and the label of each.

    Args:
        papers: used so far.
        placed: a picture on the paper that is yet to be added.
        before: the set that this one has taken the place of.
    """

    pictures: list[np.ndarray] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    papers: int = 0
    placed: Placed | None = None
    before: MyDrawings | None = None


# As long as the server's runs: owner -> its data, under the names that they have in a session.
_kept: WeakKeyDictionary[Service, OrderedDict[str, dict[str, object]]] = WeakKeyDictionary()


def _recall(name: str) -> None:
    """Bring this browser's data back into a session that has none, as after the page was loaded again."""
    owners, token = _kept.setdefault(service.shared(), OrderedDict()), owner_cookie.token()
    own = owners.setdefault(token, {})
    owners.move_to_end(token)
    while len(owners) > OWNERS:
        owners.popitem(last=False)
    if name in st.session_state:
        own[name] = st.session_state[name]
    elif name in own:
        st.session_state[name] = own[name]


def drawings() -> MyDrawings:
    """This browser's drawings."""
    _recall(DRAWN)
    if DRAWN not in st.session_state:
        st.session_state[DRAWN] = MyDrawings()
        _recall(DRAWN)
    return st.session_state[DRAWN]


def table() -> tuple[bytes, Labelled] | None:
    """This browser's table, as its file and as it was read; None if there is none."""
    _recall(TABLE)
    return st.session_state.get(TABLE)


def take_from(run: LiveRun) -> None:
    """Take the data that a run was trained on; the drawings that they take the place of can come back.

    Raises: UnknownRun; BadTask if they are missing or damaged.
    """
    from dlviz.training.tasks import Drawings
    from dlviz.training.tasks.own import FILES, read

    task, folder = run.config.task, service.shared().store.folder(run.run)
    own = read(task, folder)
    if isinstance(own, Drawings):
        mine = drawings()
        if list(own.labels) != mine.labels or not np.array_equal(own.pictures, mine.pictures):
            before = mine if mine.labels else None
            st.session_state[DRAWN] = MyDrawings(
                list(own.pictures), list(own.labels), mine.papers, None, before
            )
            _recall(DRAWN)
    elif own is not None:
        st.session_state[TABLE] = ((folder / FILES[task]).read_bytes(), own)
        _recall(TABLE)


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
        key = f"{LAB}.own.{mine.papers}"
        drawing = pad(key, mine.placed, invitation="Draw anything", surprises=False)
    with right:
        st.text_input("What is it?", key=LABEL, max_chars=LONGEST, placeholder="such as house, or A")
        # Never disabled: the click that ends the typing of a label would go to a button that is still grey.
        st.button("Add it", icon=":material/add:", key=f"{LAB}.add", on_click=_add, args=(drawing.pixels,))
        if problem := st.session_state.pop(PROBLEM, ""):
            st.error(plain(problem), icon=":material/draw:")
        if mine.labels:
            kinds = ", ".join(f"{count} × {isolated(label)}" for label, count in Counter(mine.labels).items())
            st.caption(f"{counted(len(mine.labels), 'drawing')} so far: {plain(kinds)}.")
            newest = slice(-SHOWN, None)
            gallery(f"{LAB}.drawings", np.array(mine.pictures[newest]), mine.labels[newest], kinds, side=48)
        _offer_files(mine)


def _offer_files(mine: MyDrawings) -> None:
    """Offer to take drawings away, to bring them in again, and to make one of a picture."""
    with st.container(horizontal=True, gap="small"):
        if mine.labels:
            st.button("Take the last one away", type="tertiary", on_click=_remove_last, key=f"{LAB}.less")
            st.download_button(
                "Save them as a file",
                lambda: _as_drawings(mine).to_bytes(),
                NAME,
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
                key=f"{LAB}.own.save",
            )
        if mine.before:
            st.button(
                f"Back to the {counted(len(mine.before.labels), 'drawing')} before",
                icon=":material/undo:",
                type="tertiary",
                on_click=_bring_back,
                key=f"{LAB}.own.back",
            )
        with st.popover("Bring in", icon=":material/upload_file:"):
            st.file_uploader(f"Drawings saved here ({NAME})", ["safetensors"], key=FILE, on_change=_take_file)
            uploads.upload(PICTURE, _place_picture)
            st.caption("A picture of one thing, dark on light or light on dark, is laid on the paper.")
            uploads.say_problem(PICTURE)


def _as_drawings(mine: MyDrawings) -> Drawings:
    from dlviz.training.tasks import Drawings

    return Drawings(np.array(mine.pictures), tuple(mine.labels))


def _add(pixels: np.ndarray | None) -> None:
    label = " ".join(st.session_state[LABEL].split())
    if pixels is None or not label:
        st.session_state[PROBLEM] = "Say what it is." if pixels is not None else "Draw something first."
        return
    mine = drawings()
    mine.pictures.append(np.rint(pixels * 255).astype(np.uint8))
    mine.labels.append(label)
    mine.papers += 1  # a fresh one is drawn on next
    mine.placed = None


def _take_file() -> None:
    """Add the drawings of a file that was saved here to those that there are."""
    from dlviz.training.tasks import BadTask, Drawings

    if (file := st.session_state[FILE]) is None:
        return
    mine = drawings()
    try:
        own = Drawings.from_bytes(file.getvalue())
        both = Drawings(np.array([*mine.pictures, *own.pictures]), (*mine.labels, *own.labels))
    except BadTask as problem:
        st.session_state[PROBLEM] = str(problem)
        return
    mine.pictures, mine.labels = list(both.pictures), list(both.labels)


def _place_picture(picture: np.ndarray) -> None:
    from dlviz.data import digits

    mine = drawings()
    mine.papers += 1
    mine.placed = Placed(f"own.{mine.papers}", digits.from_picture(picture), "your picture")


def _bring_back() -> None:
    st.session_state[DRAWN] = drawings().before


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
    st.download_button(
        "A sample to start from",
        SAMPLE.read_bytes,
        SAMPLE.name,
        "text/csv",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key=f"{LAB}.csv.sample",
        help="192 sentences on weather, food and sport. Put your own into it with any spreadsheet.",
    )
    problem = st.session_state.get(BAD_TABLE)
    if names := st.session_state.get(OTHERS):
        _choose_columns(names)
    elif problem:
        st.error(plain(problem), icon=":material/table:")
    if mine := table():
        _, labelled = mine
        classes = plain(", ".join(isolated(name[:30]) for name in labelled.classes[:8]))
        more = ", …" if len(labelled.classes) > 8 else ""
        kept = "Your table before it is kept: " if problem or names else ""
        count = counted(len(labelled.texts), "sentence")
        kinds = counted(len(labelled.classes), "class", "classes")
        st.caption(f"{kept}{count} in {kinds}: {classes}{more}.")
        if doubled := len(labelled.texts) - len(labelled.distinct):
            repeat = "row repeats a sentence and is" if doubled == 1 else "rows repeat a sentence and are"
            st.caption(f"{doubled:,} {repeat} left out: each sentence is used once.")


def _choose_columns(names: Sequence[str]) -> None:
    """Ask which columns hold the sentences and the labels.

    Args:
        names: of the table's columns, two at least.
    """
    st.info(
        "Which columns hold the sentences and their labels? None are named text and label.",
        icon=":material/view_column:",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Sentences", names, key=TEXTS, width=220)
        st.selectbox("Labels", names, index=len(names) - 1, key=LABELS, width=220)
        st.button("Read these columns", key=f"{LAB}.csv.read", on_click=_take_columns)
    if problem := st.session_state.get(BAD_TABLE):
        st.error(plain(problem), icon=":material/table:")


def _take_table() -> None:
    from dlviz.data import labelled

    for name in (BAD_TABLE, OTHERS, TEXTS, LABELS):
        st.session_state.pop(name, None)
    if (file := st.session_state[CSV]) is None:
        return
    try:
        st.session_state[TABLE] = (file.getvalue(), labelled.read(file.getvalue()))
    except labelled.OtherColumns as problem:
        st.session_state[OTHERS] = problem.names
    except labelled.BadTable as problem:
        st.session_state[BAD_TABLE] = str(problem)


def _take_columns() -> None:
    """Read the chosen columns of the table; it is kept as if they were named text and label."""
    from dlviz.data import labelled

    st.session_state.pop(BAD_TABLE, None)
    columns = st.session_state[TEXTS], st.session_state[LABELS]
    if (file := st.session_state[CSV]) is None:
        return
    try:
        if columns[0] == columns[1]:
            raise labelled.BadTable("The sentences and their labels are two different columns.")
        read = labelled.read(file.getvalue(), columns)
        st.session_state[TABLE] = (labelled.write(read), read)
        del st.session_state[OTHERS]
    except labelled.BadTable as problem:
        st.session_state[BAD_TABLE] = str(problem)


def data(task: str) -> Own | None:
    """The learner's own data for a task; None where there are none, or the task needs none.

    Raises: BadTask if there are too many.
    """
    if task == "drawings" and (mine := drawings()).labels:
        return _as_drawings(mine)
    return known[1] if task == "table" and (known := table()) else None


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
    known = table()
    assert known  # else there was nothing to prepare
    return lambda folder: (folder / FILES["table"]).write_bytes(known[0])
