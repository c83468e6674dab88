"""Panel of the Text classification lab: the network, measured on a learner's own labelled sentences."""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st
import torch

from dlviz.data import labelled
from dlviz.data.labelled import BadTable
from dlviz.ui.inputs.sentence import Sentence
from dlviz.ui.labs.text.networks import Classifier
from dlviz.ui.labs.text.state import LAB, WORDS
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import percent
from dlviz.ui.text_format.quotes import isolated, quoted
from dlviz.weights import BadWeights

# Label -> class, in the words that people use.
LABELS = {"negative": 0, "neg": 0, "blame": 0, "0": 0, "positive": 1, "pos": 1, "praise": 1, "1": 1}
SHOWN = 12  # mistakes
SLICE = 128  # texts between two reports of progress
AT_ONCE, PAUSE = 0.6, 0.1  # seconds of reading, and between two readings, when it can be stopped
ANSWERS = f"{LAB}.answers"
PROGRESS = "Reading your sentences …"


def measure_own_sentences(network: Classifier) -> None:
    """Draw a panel, folded away, for a table: how many of its sentences the network gets right."""
    panel = st.expander(
        "Your own labelled sentences", icon=":material/upload_file:", key=f"{LAB}.own", on_change="rerun"
    )
    if not panel.open:
        return
    with panel:
        file = st.file_uploader(
            "A table (.csv, .tsv or .txt) with the columns text and label",
            labelled.ENDINGS,
            key=f"{LAB}.file",
            max_upload_size=labelled.LARGEST // 1_000_000,
        )
        st.caption(
            f"Labels may be {plain(', '.join(map(isolated, known_labels(network))))}. "
            "Measured, not trained on; kept for this session alone."
        )
        st.page_link(
            "training.py",
            label="Train a network on a file like this: the Training lab",
            icon=":material/show_chart:",
        )
        if file is not None:
            _measure(network, file.file_id, file.getvalue())


def _measure(network: Classifier, file: str, data: bytes) -> None:
    try:
        texts, expected = read_table(data, network)
    except BadTable as problem:
        st.error(plain(str(problem)), icon=":material/table:")
        return
    answers = st.session_state.get(ANSWERS)
    if answers is None or answers.file != file or answers.network.model is not network.model:
        answers = st.session_state[ANSWERS] = Answers(network, file)
    if answers.goes_on(texts):
        st.fragment(run_every=PAUSE, key=f"{LAB}.reading")(_read_on)(answers, texts)
        return
    _show_result(answers, texts, expected)
    rest = len(texts) - len(answers.given)
    if rest:
        st.button(f"Measure the other {rest:,}", key=f"{LAB}.rest", on_click=answers.go_on)


@dataclass
class Answers:
    """The network's answers to a file's texts, in their order, as far as it has read.

    Whatever else the learner does meanwhile, the next run of the page goes on from there.

    Args:
        file: the upload's id.
        given: class of each text; None for one without a word.
        shortened: number of texts that were too long, and read up to the limit.
        problem: sentence on why the network has no answers; empty if it has.
    """

    network: Classifier
    file: str
    given: list[int | None] = field(default_factory=list)
    shortened: int = 0
    stopped: bool = False
    problem: str = ""

    def stop(self) -> None:
        self.stopped = True

    def go_on(self) -> None:
        self.stopped, self.problem = False, ""

    def goes_on(self, texts: Sequence[str]) -> bool:
        """True while there is more to read."""
        return not self.stopped and len(self.given) < len(texts)

    def read(self, texts: Sequence[str]) -> None:
        """Answer the texts that follow; where the network's numbers grow too large, that is the end."""
        sentences = [self.network.read(text) for text in texts]
        try:
            self.given += classify(self.network, sentences)
        except BadWeights as problem:
            self.stopped, self.problem = True, str(problem)
            return
        self.shortened += sum(read.shortened for read in sentences)


def _read_on(answers: Answers, texts: Sequence[str]) -> None:
    """Read for a moment. The button is heard between two moments: one fragment does not break off another."""
    end = time.monotonic() + AT_ONCE
    with st.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, PROGRESS)
        st.button("Stop here", icon=":material/stop:", key=f"{LAB}.stop", on_click=answers.stop)
    while answers.goes_on(texts) and time.monotonic() < end:
        done = len(answers.given)
        bar.progress(done / len(texts), f"{PROGRESS} {done:,} of {len(texts):,}")
        answers.read(texts[done : done + SLICE])
    if not answers.goes_on(texts):
        st.rerun(scope="app")


def _show_result(answers: Answers, texts: Sequence[str], expected: Sequence[int]) -> None:
    """Say how many answers were right, and list mistakes."""
    if answers.problem:
        st.error(plain(answers.problem), icon=":material/scale:")
    rows = list(zip(texts, expected, answers.given, strict=False))
    if not rows:
        st.caption("Stopped before the first was read.")
        return
    right = sum(label == answer for _, label, answer in rows)
    of = f"the first {len(rows):,} of {len(texts):,}" if len(rows) < len(texts) else f"{len(rows):,}"
    st.markdown(f"**{right:,} of {of} ({percent(right / len(rows))}) right.**")
    if answers.shortened:
        st.caption(f"Longer than {WORDS} words, and read up to there: {answers.shortened:,}.")
    if mistakes := [row for row in rows if row[1] != row[2]]:
        st.caption(f"Its mistakes{f', the first {SHOWN}' if len(mistakes) > SHOWN else ''}:")
        classes = answers.network.names
        table = [
            {
                "text": text,
                "label": classes[label],
                "the network says": "nothing: there is no word" if answer is None else classes[answer],
            }
            for text, label, answer in mistakes[:SHOWN]
        ]
        st.dataframe(table, hide_index=True)


def classify(network: Classifier, sentences: Sequence[Sentence]) -> list[int | None]:
    """The class of each sentence, in batches of equal length; None where there is no word.

    Raises: BadWeights if numbers inside the network grow too large.
    """
    lengths: dict[int, list[int]] = defaultdict(list)
    for at, read in enumerate(sentences):
        lengths[len(read)].append(at)
    classes: list[int | None] = [None] * len(sentences)
    lengths.pop(0, None)
    for places in lengths.values():
        with torch.inference_mode():
            answers = network.model(torch.tensor([sentences[at].indices for at in places])).argmax(1)
        for at, answer in zip(places, answers.tolist(), strict=True):
            classes[at] = answer
    return classes


def read_table(data: bytes, network: Classifier) -> tuple[Sequence[str], list[int]]:
    """The texts of a table, and the network's class that each one's label means.

    Raises: BadTable if it is no such file, or its labels mean nothing to the network or all the same.
    """
    table = labelled.read(data)
    expected = [class_of(table.classes[label], network) for label in table.labels]
    if len(set(expected)) < 2:
        raise BadTable(f"All labels mean {isolated(network.names[expected[0]])}: two classes are needed.")
    return table.texts, expected


def known_labels(network: Classifier) -> Mapping[str, int]:
    """Label that a file may hold -> the class that it means."""
    return LABELS if network.of_sentiment else {name: at for at, name in enumerate(network.classes)}


def class_of(label: str, network: Classifier) -> int:
    """The class that a label means.

    Raises: BadTable if it means none.
    """
    known = known_labels(network)
    # Two classes of a run may differ in their capitals alone.
    found = known.get(label, {name.casefold(): at for name, at in known.items()}.get(label.casefold()))
    if found is None:
        none = "neither positive nor negative" if network.of_sentiment else "none of this run’s"
        raise BadTable(f"The label {quoted(label[:30])} is {none}: use {', '.join(map(isolated, known))}.")
    return found
