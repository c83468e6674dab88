"""The network on a teacher's own labelled sentences."""

import streamlit as st

from dlviz.ui import sentence, warm
from dlviz.ui.percent import percent
from dlviz.ui.text.run import CLASSES, FILE
from dlviz.ui.text.state import LAB, WORDS

# What people call the two classes.
NAMES = {"blame": 0, "negative": 0, "neg": 0, "0": 0, "praise": 1, "positive": 1, "pos": 1, "1": 1}
SHOWN = 12  # mistakes


def own() -> None:
    """A panel, folded away, where a CSV file can be put: how many of its sentences the network gets right."""
    panel = st.expander(
        "Your own labelled sentences", icon=":material/upload_file:", key=f"{LAB}.own", on_change="rerun"
    )
    if not panel.open:
        return
    with panel:
        file = st.file_uploader("A CSV file with the columns text and label", ["csv"], key=f"{LAB}.file")
        st.caption(f"Labels may be {', '.join(NAMES)}. The file stays in this session.")
        if file is not None:
            _measured(file.getvalue())


def _measured(data: bytes) -> None:
    from dlviz.data.labelled import BadTable, read

    try:
        table = read(data)
        wanted = [_class_of(table.classes[label]) for label in table.labels]
    except BadTable as problem:
        st.error(str(problem), icon=":material/table:")
        return
    bar = st.progress(0.0, "Reading your sentences …")
    said = []
    for at, text in enumerate(table.texts):
        said.append(_said(text))
        bar.progress((at + 1) / len(table.texts))
    bar.empty()
    right = sum(one == other for one, other in zip(said, wanted, strict=True))
    st.markdown(f"**{right:,} of {len(said):,} ({percent(right / len(said))}) right.**")
    rows = zip(table.texts, wanted, said, strict=True)
    if mistakes := [(text, label, one) for text, label, one in rows if label != one]:
        st.caption(f"Its mistakes{f', the first {SHOWN}' if len(mistakes) > SHOWN else ''}:")
        st.dataframe([_mistake(*each) for each in mistakes[:SHOWN]], hide_index=True)


def _mistake(text: str, wanted: int, said: int | None) -> dict[str, str]:
    answer = "nothing: there is no word" if said is None else CLASSES[said]
    return {"text": text, "label": CLASSES[wanted], "the network says": answer}


def _class_of(label: str) -> int:
    from dlviz.data.labelled import BadTable

    if label.lower() not in NAMES:
        raise BadTable(f"The label “{label[:30]}” is neither praise nor blame: use {', '.join(NAMES)}.")
    return NAMES[label.lower()]


def _said(text: str) -> int | None:
    """The class that the network names; None where a text has no word."""
    import torch

    read = sentence.read(text, WORDS)
    if not read:
        return None
    with torch.inference_mode():
        return int(warm.trained(FILE)(torch.tensor([read.indices])).argmax())
