"""Panels on a run's network: its mistakes, its confusion matrix, and the histograms of its weights."""

from __future__ import annotations

from urllib.parse import urlencode

import numpy as np
import streamlit as st

from dlviz.training.runs import service
from dlviz.training.runs.events import Event, current
from dlviz.ui.components.gallery import gallery
from dlviz.ui.labs import TITLES
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.runs import evaluation_examples, opening, vocabulary
from dlviz.ui.runs.live_run import LiveRun
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted
from dlviz.ui.text_format.quotes import isolated, quoted
from dlviz.ui.verdict import show_sentence

SHOWN = 24
FEW = 30  # examples of which all right says little


def show_mistakes(run: LiveRun) -> None:
    """Some of the examples that the network got wrong after the newest epoch."""
    if not (epoch := _measured_epoch(run)):
        return
    mistakes = epoch.get("wrong")
    if not isinstance(mistakes, list) or not epoch.get("confusion"):
        instead = ": read what it writes instead" if run.config.task == "text" else ""
        st.caption(f"With so many classes nobody could read a list of mistakes{instead}.")
        return
    counts = np.array(epoch["confusion"])  # (classes, classes)
    total, comma = int(counts.sum() - counts.trace()), "" if epoch is run.newest_epoch else ","
    after = f"{_after(run, epoch)}{comma}"
    if not total:
        few = " So few say little." if counts.sum() < FEW else ""
        examples = counted(int(counts.sum()), "example")
        show_sentence(
            f"{LAB}.wrong",
            st.markdown,
            f"**{after} it gets all right** of the {examples} that it does not learn from.{few}",
        )
        return
    show_sentence(
        f"{LAB}.wrong",
        st.markdown,
        f"**{after} it still gets {total:,} wrong** of the examples that it does not "
        f"learn from{f'; {len(mistakes)} of them' if total > len(mistakes) else ''}.",
    )
    kind = evaluation_examples.kind(run.config)
    if kind == "sentences":
        _show_sentences(run, mistakes)
    elif kind == "sequences":
        _show_texts(
            run, mistakes, [evaluation_examples.sequence(run.config, one["index"]) for one in mistakes]
        )
    else:
        _show_pictures(run, mistakes[:SHOWN])


def _measured_epoch(run: LiveRun) -> Event:
    """The epoch of the newest weights; empty, with a sentence, before there is one."""
    if not run.newest_epoch:
        st.caption("After the first epoch, what it gets wrong stands here.")
    return run.measured_epoch


def _after(run: LiveRun, epoch: Event) -> str:
    """Name the epoch whose weights were measured, in a clause without a comma."""
    if epoch is run.newest_epoch:
        cut = f"step {int(str(epoch['step'])):,}, in the middle of " if epoch.get("partial") else ""
        return f"After {cut}epoch {epoch['epoch']}"
    return f"With the weights of epoch {epoch['epoch']}, which early stopping has brought back"


def _show_pictures(run: LiveRun, mistakes: list[dict]) -> None:
    from dlviz.data.mnist import MissingData
    from dlviz.training.tasks import BadTask

    try:
        pictures = evaluation_examples.pictures(run.run, run.config)[[one["index"] for one in mistakes]]
    except (MissingData, BadTask) as problem:
        st.error(plain(str(problem)), icon=":material/database_off:")
        return
    names = _class_names(run)
    captions = [f"{isolated(names[one['truth']])} → {isolated(names[one['said']])}" for one in mistakes]
    lab = next(iter(opening.labs(run)), "")
    places = zip(mistakes, pictures, strict=True) if lab else ()
    links = [link(run, lab, one["index"], picture) for one, picture in places]
    alt = f"Mistakes, what it is → what it said: {', '.join(captions)}"
    hint = f"Open it in the {TITLES[lab]} lab" if lab else ""
    gallery(f"{LAB}.mistakes", pictures, captions, alt, links, hint=hint)
    note = "What it is → what the network says."
    if lab:
        note += f" Click one to open it in the {TITLES[lab]} lab, with the weights of this run."
    st.caption(note)


def _class_names(run: LiveRun) -> list[str]:
    classes = run.start.get("classes")
    named = [str(name) for name in classes] if isinstance(classes, list) else []
    return vocabulary.class_names(run.config.task, named)


def link(run: LiveRun, lab: str, index: int, picture: np.ndarray) -> str:
    """Address of a lab with a picture: a photograph (3, 32, 32) by its index, a drawing (28, 28) as it is."""
    from dlviz.data.digits import to_text

    shown = {"held": index} if picture.ndim == 3 else {"digit": to_text(picture / np.float32(255))}
    return f"/{lab}?{urlencode({**shown, 'run': run.run, 'weights': 'run'})}"


def _show_sentences(run: LiveRun, mistakes: list[dict]) -> None:
    from dlviz.training.tasks import BadTask

    try:
        texts = evaluation_examples.sentences(run.run)
    except BadTask as problem:
        st.error(plain(str(problem)), icon=":material/database_off:")
        return
    _show_texts(run, mistakes, [texts[one["index"]] for one in mistakes])


def _show_texts(run: LiveRun, mistakes: list[dict], texts: list[str]) -> None:
    names = _class_names(run)
    rows = [
        {"text": text, "it is": names[one["truth"]], "it says": names[one["said"]]}
        for one, text in zip(mistakes, texts, strict=True)
    ]
    st.dataframe(rows, hide_index=True)


def show_confusion(run: LiveRun) -> None:
    """The confusion matrix after the newest epoch: how often each class was taken for each other."""
    if not (epoch := _measured_epoch(run)):
        return
    if not epoch.get("confusion"):
        st.caption("With so many classes nobody could read a confusion matrix.")
        return
    from dlviz.figures.runs import confusion

    counts, names = np.array(epoch["confusion"]), _class_names(run)
    st.plotly_chart(confusion(counts, names), key=f"{LAB}.confusion", config={"displayModeBar": False})
    mistakes = np.where(np.eye(len(counts), dtype=bool), -1, counts)
    truth, said = np.unravel_index(mistakes.argmax(), mistakes.shape)
    most = (
        f"Most often, {counted(int(counts[truth, said]), 'time')}, {plain(quoted(names[truth]))} is taken "
        f"for {plain(quoted(names[said]))}."
    )
    none = "None is taken for another."
    of = counted(int(counts.sum()), "example")
    show_sentence(
        f"{LAB}.confusion",
        st.caption,
        f"{_after(run, epoch)}, of {of}. {most if mistakes.max() > 0 else none}",
    )


def show_histograms(run: LiveRun) -> None:
    """Histograms of a layer's weights after each epoch, and of the gradients of its last batch."""
    if not _measured_epoch(run):
        return
    from dlviz.figures.runs import ridges

    events = current(service.shared().store.read(run.run).events)
    epochs = [event for event in events if event["kind"] == "epoch"]
    histograms = {
        kind: [event["histograms"][kind] for event in epochs]  # pyright: ignore[reportIndexIssue]
        for kind in ("weights", "gradients")
    }
    layers = list(histograms["weights"][0])
    layer = st.selectbox("Layer", layers, key=f"{LAB}.layer", width=320)
    numbers = [int(str(event["epoch"])) for event in epochs]
    for column, (kind, by_epoch) in zip(st.columns(2), histograms.items(), strict=True):
        with column:
            figure = ridges([layers.get(layer, {}) for layers in by_epoch], numbers, kind)
            st.plotly_chart(figure, key=f"{LAB}.{kind}", config={"displayModeBar": False})
    st.caption(
        f"{layer}: its weights after each epoch, the newest in front, and the gradients of each epoch’s last "
        "batch."
    )
