"""The network on a teacher's own labelled sentences."""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from dlviz.ui.inputs import sentence
from dlviz.ui.labs.text.networks import SENTIMENTS, Network
from dlviz.ui.labs.text.state import LAB, WORDS
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import percent

# What people call the two classes.
NAMES = {"blame": 0, "negative": 0, "neg": 0, "0": 0, "praise": 1, "positive": 1, "pos": 1, "1": 1}
SHOWN = 12  # mistakes
SLICE = 128  # texts between two reports of progress
AT_ONCE, PAUSE = 0.6, 0.1  # seconds of reading, and between two readings, when it can be stopped
ANSWERS = f"{LAB}.answers"
PROGRESS = "Reading your sentences …"


def own(network: Network) -> None:
    """A panel, folded away, where a CSV file can be put: how many of its sentences the network gets right."""
    panel = st.expander(
        "Your own labelled sentences", icon=":material/upload_file:", key=f"{LAB}.own", on_change="rerun"
    )
    if not panel.open:
        return
    from dlviz.data.labelled import LARGEST

    with panel:
        file = st.file_uploader(
            "A CSV file with the columns text and label",
            ["csv"],
            key=f"{LAB}.file",
            max_upload_size=LARGEST // 1_000_000,
        )
        st.caption(
            f"Labels may be {plain(', '.join(_names(network)))}. Measured, not trained on; kept for this "
            "session alone."
        )
        st.page_link(
            "training.py",
            label="Train a network on a file like this: the Training lab",
            icon=":material/show_chart:",
        )
        if file is not None:
            _measured(network, file.file_id, file.getvalue())


def _measured(network: Network, name: str, data: bytes) -> None:
    from dlviz.data.labelled import BadTable, read

    try:
        table = read(data)
        wanted = [_class_of(table.classes[label], _names(network)) for label in table.labels]
        if len(set(wanted)) < 2:
            raise BadTable(f"All labels mean {network.classes[wanted[0]]}: two classes are needed.")
    except BadTable as problem:
        st.error(plain(str(problem)), icon=":material/table:")
        return
    answers = _answers(network, name)
    if answers.to_go(table.texts):
        st.fragment(run_every=PAUSE, key=f"{LAB}.reading")(_read_on)(answers, table.texts)
        return
    _told(answers, table.texts, wanted)
    rest = len(table.texts) - len(answers.said)
    if rest:
        st.button(f"Measure the other {rest:,}", key=f"{LAB}.rest", on_click=answers.go_on)


@dataclass
class Answers:
    """What the network has said of a file's texts, in their order, as far as it has read.

    Whatever else the learner does meanwhile, the next run of the page goes on from there.
    """

    network: Network
    name: str
    said: list[int | None] = field(default_factory=list)
    cut: int = 0  # texts that were too long
    stopped: bool = False
    problem: str = ""

    def stop(self) -> None:
        self.stopped = True

    def go_on(self) -> None:
        self.stopped, self.problem = False, ""

    def to_go(self, texts: Sequence[str]) -> bool:
        """Whether there is more to read."""
        return not self.stopped and len(self.said) < len(texts)

    def read(self, texts: Sequence[str]) -> None:
        """The texts that follow; where the network has no answers, that is the end."""
        from dlviz.weights import BadWeights

        sentences = [self.network.read(text, WORDS) for text in texts]
        try:
            self.said += _read(self.network, sentences)
        except BadWeights as problem:
            self.stopped, self.problem = True, str(problem)
            return
        self.cut += sum(read.shortened for read in sentences)


def _answers(network: Network, name: str) -> Answers:
    """Those of a file."""
    answers = st.session_state.get(ANSWERS)
    if answers is None or answers.name != name or answers.network.model is not network.model:
        answers = st.session_state[ANSWERS] = Answers(network, name)
    return answers


def _read_on(answers: Answers, texts: Sequence[str]) -> None:
    """Read for a moment. The button is heard between two moments: one fragment does not break off another."""
    end = time.monotonic() + AT_ONCE
    with st.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, PROGRESS)
        st.button("Stop here", icon=":material/stop:", key=f"{LAB}.stop", on_click=answers.stop)
    while answers.to_go(texts) and time.monotonic() < end:
        done = len(answers.said)
        bar.progress(done / len(texts), f"{PROGRESS} {done:,} of {len(texts):,}")
        answers.read(texts[done : done + SLICE])
    if not answers.to_go(texts):
        st.rerun(scope="app")


def _told(answers: Answers, texts: Sequence[str], wanted: Sequence[int]) -> None:
    """How many were right, and the mistakes."""
    if answers.problem:
        st.error(answers.problem, icon=":material/scale:")
    rows = list(zip(texts, wanted, answers.said, strict=False))
    if not rows:
        st.caption("Stopped before the first was read.")
        return
    right = sum(label == one for _, label, one in rows)
    of = f"the first {len(rows):,} of {len(texts):,}" if len(rows) < len(texts) else f"{len(rows):,}"
    st.markdown(f"**{right:,} of {of} ({percent(right / len(rows))}) right.**")
    if answers.cut:
        st.caption(f"Longer than {WORDS} words, and read up to there: {answers.cut:,}.")
    if mistakes := [row for row in rows if row[1] != row[2]]:
        st.caption(f"Its mistakes{f', the first {SHOWN}' if len(mistakes) > SHOWN else ''}:")
        st.dataframe([_mistake(answers.network, *each) for each in mistakes[:SHOWN]], hide_index=True)


def _read(network: Network, sentences: Sequence[sentence.Sentence]) -> list[int | None]:
    """The class of each sentence, in batches of equal length; None where there is no word."""
    import torch

    lengths: dict[int, list[int]] = defaultdict(list)
    for at, read in enumerate(sentences):
        lengths[len(read)].append(at)
    said: list[int | None] = [None] * len(sentences)
    lengths.pop(0, None)
    for places in lengths.values():
        with torch.inference_mode():
            answers = network.model(torch.tensor([sentences[at].indices for at in places])).argmax(1)
        for at, answer in zip(places, answers.tolist(), strict=True):
            said[at] = answer
    return said


def _mistake(network: Network, text: str, wanted: int, said: int | None) -> dict[str, str]:
    answer = "nothing: there is no word" if said is None else network.classes[said]
    return {"text": text, "label": network.classes[wanted], "the network says": answer}


def _names(network: Network) -> dict[str, int]:
    """What the labels may be, and which class each means."""
    if network.classes == SENTIMENTS:
        return NAMES
    return {name: index for index, name in enumerate(network.classes)}


def _class_of(label: str, names: dict[str, int]) -> int:
    from dlviz.data.labelled import BadTable

    found = names.get(label, names.get(label.lower()))
    if found is None:
        none = "neither praise nor blame" if names is NAMES else "none of this run’s"
        raise BadTable(f"The label “{label[:30]}” is {none}: use {', '.join(names)}.")
    return found
