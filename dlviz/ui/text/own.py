"""The network on a teacher's own labelled sentences."""

from collections import defaultdict
from collections.abc import Sequence

import streamlit as st

from dlviz.ui import sentence
from dlviz.ui.percent import percent
from dlviz.ui.plain import plain
from dlviz.ui.text.networks import SENTIMENTS, Network
from dlviz.ui.text.state import LAB, WORDS

# What people call the two classes.
NAMES = {"blame": 0, "negative": 0, "neg": 0, "0": 0, "praise": 1, "positive": 1, "pos": 1, "1": 1}
SHOWN = 12  # mistakes
BATCH = 64  # texts at once, between two reports of progress
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
    said, cut = _answers(network, name, table.texts)
    right = sum(one == other for one, other in zip(said, wanted, strict=True))
    st.markdown(f"**{right:,} of {len(said):,} ({percent(right / len(said))}) right.**")
    if cut:
        st.caption(f"Longer than {WORDS} words, and read up to there: {cut:,}.")
    rows = zip(table.texts, wanted, said, strict=True)
    if mistakes := [(text, label, one) for text, label, one in rows if label != one]:
        st.caption(f"Its mistakes{f', the first {SHOWN}' if len(mistakes) > SHOWN else ''}:")
        st.dataframe([_mistake(network, *each) for each in mistakes[:SHOWN]], hide_index=True)


def _answers(network: Network, name: str, texts: Sequence[str]) -> tuple[list[int | None], int]:
    """The class that the network names for each text, and how many were too long; computed once a file."""
    key = f"{LAB}.answers"
    kept = st.session_state.get(key)
    if kept is None or kept[0] is not network.model or kept[1] != name:
        sentences = [network.read(text, WORDS) for text in texts]
        found = _read(network, sentences), sum("are read." in read.remark for read in sentences)
        kept = st.session_state[key] = network.model, name, found
    return kept[2]


def _read(network: Network, sentences: Sequence[sentence.Sentence]) -> list[int | None]:
    """The class of each sentence, in batches of equal length; None where there is no word."""
    import torch

    lengths: dict[int, list[int]] = defaultdict(list)
    for at, read in enumerate(sentences):
        lengths[len(read)].append(at)
    said: list[int | None] = [None] * len(sentences)
    bar, done = st.progress(0.0, PROGRESS), len(lengths.pop(0, []))
    for places in lengths.values():
        for start in range(0, len(places), BATCH):
            batch = places[start : start + BATCH]
            with torch.inference_mode():
                answers = network.model(torch.tensor([sentences[at].indices for at in batch])).argmax(1)
            for at, answer in zip(batch, answers.tolist(), strict=True):
                said[at] = answer
            done += len(batch)
            bar.progress(done / len(sentences), PROGRESS)
    bar.empty()
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
