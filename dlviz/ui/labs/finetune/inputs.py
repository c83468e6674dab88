"""Sentences that are learned from: real reviews, or the learner's own, typed, pasted or from a file."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256

import streamlit as st

from dlviz.data import labelled
from dlviz.data.labelled import BadTable, Labelled, OtherColumns
from dlviz.training.fine_tuning import (
    FEWEST,
    MOST,
    FineTuningConfig,
    Sentences,
    cut_own,
    draw_reviews,
    find_contradictions,
    split_own,
)
from dlviz.training.runs import service
from dlviz.training.runs.store import UnknownRun
from dlviz.training.tasks.examples import BadTask
from dlviz.training.tasks.own import FILES
from dlviz.ui.labs.finetune.state import DATA, LAB, LARGEST_DRAW, OWN, State
from dlviz.ui.server import owner_cookie
from dlviz.ui.session_cache import compute_once
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted, percent
from dlviz.ui.text_format.quotes import isolated, quoted
from dlviz.ui.widget_key import key_showing, read_fired

TEXT, FILE, PROBLEM = (f"{LAB}.own.{name}" for name in ("text", "file", "problem"))
LETTERS = 300_000  # that are read of what is typed or pasted
SAMPLE = """text | label
Will it rain tomorrow? | weather
The storm took the roof off the barn. | weather
A warm wind blows from the south. | weather
Fog hides the harbour until noon. | weather
It has not snowed for two winters. | weather
The sky is clear and the night will be cold. | weather
The soup needs more salt. | food
She baked a loaf of dark bread. | food
We had rice with beans and lime. | food
Peel the apples and cut them small. | food
Dinner is served at seven. | food
This cheese smells stronger than it tastes. | food
They scored in the last minute. | sport
He ran the mile in under five minutes. | sport
Our goalkeeper saved two penalties. | sport
The match was moved to Sunday. | sport
She swims before school. | sport
The cyclists climbed the pass twice. | sport
"""


@dataclass(frozen=True)
class Chosen:
    """Sentences that were chosen.

    Args:
        sentences: as they are split.
        table: the learner's own, to be kept beside a run; None of reviews.
        mark: fingerprint of the learner's own, by which their runs are found again.
    """

    sentences: Sentences
    table: Labelled | None = None
    mark: str = ""


def choose_sentences(state: State) -> Chosen | None:
    """Offer reviews, or a field for the learner's own sentences; None where these cannot be learned from."""
    st.segmented_control(
        "Sentences to learn from",
        list(DATA),
        format_func=DATA.__getitem__,
        required=True,
        key=LAB.key("data"),
        wrap=True,
    )
    if state.data != OWN:
        st.number_input(
            "Draw",
            0,
            LARGEST_DRAW,
            step=1,
            key=LAB.key("draw"),
            width=240,
            help="Another number draws other reviews, and other random weights. The test stays the same.",
        )
        drawn = (state.data, state.draw)
        return Chosen(compute_once(f"{LAB}.drawn", drawn, lambda: draw_reviews(int(state.data), state.draw)))
    _offer_field()
    return _read_own()


def _offer_field() -> None:
    if TEXT not in st.session_state:
        st.session_state[TEXT] = find_newest_own() or SAMPLE
    key = key_showing(f"{TEXT}.area", st.session_state[TEXT])
    st.text_area(
        "Your sentences, one a line: the text, a bar, its label",
        key=key,
        height=260,
        on_change=_take_text,
        args=(key,),
        help="A table pasted from a spreadsheet works too. The first line names the columns text and label.",
    )
    st.file_uploader(
        "Or a table (.csv, .tsv or .txt) with the columns text and label",
        labelled.ENDINGS,
        key=FILE,
        max_upload_size=labelled.LARGEST // 1_000_000,
        on_change=_take_file,
    )
    if problem := st.session_state.get(PROBLEM):
        st.error(plain(problem), icon=":material/table:")


def find_newest_own() -> str:
    """Find the sentences of this browser's newest run on sentences of its own; empty where there is none."""
    store = service.shared().store
    for status in service.shared().finetunings(owner_cookie.token()):
        with suppress(UnknownRun, ValueError, OSError, BadTable):
            if FineTuningConfig.from_json(store.config(status.run)).data:
                return write_lines(labelled.read((store.folder(status.run) / FILES["table"]).read_bytes()))
    return ""


def _take_text(key: str) -> None:
    if (text := read_fired(key)) is not None:
        st.session_state.pop(PROBLEM, None)
        st.session_state[TEXT] = text


def _take_file() -> None:
    """Write the table of a file into the field; if it cannot be read, what stands there stays."""
    st.session_state.pop(PROBLEM, None)
    if (file := st.session_state[FILE]) is None:
        return
    try:
        read = labelled.read(file.getvalue())
    except BadTable as problem:
        st.session_state[PROBLEM] = f"The file was not read, and your sentences stay. {problem}"
        return
    table = cut_own(read)
    st.session_state[TEXT] = write_lines(table)
    if len(read.distinct) > MOST:
        st.session_state[PROBLEM] = (
            f"The file has {len(read.distinct):,} different sentences: the first {MOST:,} are taken."
        )


def write_lines(table: Labelled) -> str:
    """Write a table as the field shows it: a text, a bar, its label."""
    content = io.StringIO(newline="")
    lines = csv.writer(content, delimiter="|", lineterminator="\n")
    lines.writerow(labelled.COLUMNS)
    lines.writerows(zip(table.texts, (table.classes[label] for label in table.labels), strict=True))
    return content.getvalue()


def _read_own() -> Chosen | None:
    text, is_cut = cut_text(st.session_state[TEXT])
    if not text.strip():
        st.info(f"Write {FEWEST} sentences at least, each with its label.", icon=":material/edit_note:")
        return None
    if is_cut:
        st.caption(f"Only the rows in the first {LETTERS:,} letters are read.")
    try:
        read = labelled.read(text.encode())
    except OtherColumns as problem:
        hint = "Begin with a line that names the columns: text | label"
        st.warning(plain(f"{problem} {hint}"), icon=":material/edit_note:")
        return None
    except BadTable as problem:
        st.warning(plain(str(problem)), icon=":material/edit_note:")
        return None
    table = cut_own(read)
    try:
        chosen = Chosen(split_own(table), table, sha256(labelled.write(table)).hexdigest()[:12])
    except BadTask as problem:
        st.warning(plain(str(problem)), icon=":material/edit_note:")
        for sentence in describe_doubts(read):
            st.caption(sentence)
        return None
    for sentence in describe_own(read, chosen):
        st.caption(sentence)
    return compute_once(f"{LAB}.own", (chosen.mark,), lambda: chosen)


def cut_text(text: str) -> tuple[str, bool]:
    """Cut a text behind the last whole line that is read; true with it if something was cut."""
    if len(text) <= LETTERS:
        return text, False
    whole, _, _ = text[:LETTERS].rpartition("\n")
    return whole or text[:LETTERS], True


def describe_own(read: Labelled, chosen: Chosen) -> list[str]:
    """Say what is learned from and what is held out, and what is doubtful or left out."""
    parts = chosen.sentences
    names = plain(", ".join(isolated(name[:30]) for name in parts.classes))
    said = [
        f"{counted(len(parts.learned), 'sentence')} to learn from, {len(parts.held):,} held out, in "
        f"{counted(len(parts.classes), 'class', 'classes')}: {names}."
    ]
    said += describe_doubts(read)
    if len(parts.held) < FEWEST:
        share = percent(1 / len(parts.held))
        said.append(f"So few are held out that their accuracy says little: a single sentence makes {share}.")
    return said


def describe_doubts(read: Labelled) -> list[str]:
    """Say which rows of a table are left out, and which contradict each other."""
    said = []
    if doubled := len(read.texts) - len(read.distinct):
        said.append(f"Left out: {counted(doubled, 'row')} with a sentence that already stands above.")
    if contradicted := find_contradictions(read):
        first = plain(quoted(contradicted[0][:60]))
        said.append(
            f"{counted(len(contradicted), 'sentence')} with two different labels, such as {first}: the first "
            "label counts."
        )
    if len(read.distinct) > MOST:
        said.append(f"{len(read.distinct):,} different sentences: the first {MOST:,} are taken.")
    return said
