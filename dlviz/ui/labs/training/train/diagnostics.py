"""What a run's network does on the examples that it does not learn from, and how its weights are spread."""

from __future__ import annotations

from urllib.parse import urlencode

import numpy as np
import streamlit as st

from dlviz.training.runs import service
from dlviz.training.runs.events import Event, current
from dlviz.ui.components.gallery import gallery
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.runs import evaluation_examples
from dlviz.ui.runs import opening as of_run
from dlviz.ui.runs.live_run import LiveRun
from dlviz.ui.text_format.markdown import plain

SHOWN = 24


def mistakes(run: LiveRun) -> None:
    """Some of the examples that it got wrong after the newest epoch."""
    if not (epoch := _epoch(run)):
        return
    wrong = epoch.get("wrong")
    if not isinstance(wrong, list) or not epoch.get("confusion"):
        instead = ": read what it writes instead" if run.config.task == "text" else ""
        st.caption(f"With so many classes nobody could read a list of mistakes{instead}.")
        return
    total, restored = _wrong(epoch), epoch is not run.newest_epoch
    opening = _after(run, epoch) + ("," if restored else "")
    if not total:
        st.markdown(f"**{opening} it gets all right** that it does not learn from.")
        return
    st.markdown(
        f"**{opening} it still gets {total:,} wrong** of the examples that it does not "
        f"learn from{f'; {len(wrong)} of them' if total > len(wrong) else ''}."
    )
    if evaluation_examples.kind(run.config) == "sentences":
        _sentences(run, wrong)
    else:
        _pictures(run, wrong[:SHOWN])


def _epoch(run: LiveRun) -> Event:
    if not run.newest_epoch:
        st.caption("After the first epoch, what it gets wrong stands here.")
    return run.measured_epoch


def _after(run: LiveRun, epoch: Event) -> str:
    """The epoch whose weights were measured, as a clause without a comma."""
    if epoch is run.newest_epoch:
        return f"After epoch {epoch['epoch']}"
    return f"With the weights of epoch {epoch['epoch']}, which early stopping has brought back"


def _wrong(epoch: Event) -> int:
    """How many of what was measured."""
    counts = np.array(epoch["confusion"])
    return int(counts.sum() - counts.trace())


def _pictures(run: LiveRun, wrong: list[dict]) -> None:
    from dlviz.data.mnist import MissingData
    from dlviz.training.tasks import BadTask

    try:
        pictures = evaluation_examples.pictures(run.run, run.config)[[one["index"] for one in wrong]]
    except (MissingData, BadTask) as problem:
        st.error(str(problem), icon=":material/database_off:")
        return
    names = _names(run)
    captions = [f"{names[one['truth']]} → {names[one['said']]}" for one in wrong]
    lab = next(iter(of_run.labs(run)), "")
    places = zip(wrong, pictures, strict=True) if lab else ()
    links = [_link(run, lab, one["index"], picture) for one, picture in places]
    alt = f"Mistakes, what it is → what it said: {', '.join(captions)}"
    gallery(f"{LAB}.mistakes", pictures, captions, alt, links)
    note = "What it is → what the network says."
    if lab:
        note += f" Click one to open it in the {of_run.TITLES[lab]} lab, with the weights of this run."
    st.caption(note)


def _names(run: LiveRun) -> list[str]:
    classes = run.start.get("classes")
    return [str(name) for name in classes] if isinstance(classes, list) else []


def _link(run: LiveRun, lab: str, index: int, picture: np.ndarray) -> str:
    """To the lab, with this picture: a photograph by its number, anything drawn as it is."""
    from dlviz.data.digits import to_text

    shown = {"held": index} if picture.ndim == 3 else {"digit": to_text(picture / np.float32(255))}
    return f"/{lab}?{urlencode({**shown, 'run': run.run, 'weights': 'run'})}"


def _sentences(run: LiveRun, wrong: list[dict]) -> None:
    from dlviz.training.tasks import BadTask

    try:
        texts = evaluation_examples.sentences(run.run)
    except BadTask as problem:
        st.error(str(problem), icon=":material/database_off:")
        return
    names = _names(run)
    rows = [
        {"text": texts[one["index"]], "it is": names[one["truth"]], "it says": names[one["said"]]}
        for one in wrong
    ]
    st.dataframe(rows, hide_index=True)


def confusion(run: LiveRun) -> None:
    """How often each class was taken for each other after the newest epoch."""
    if not (epoch := _epoch(run)):
        return
    if not epoch.get("confusion"):
        st.caption("With so many classes nobody could read a confusion matrix.")
        return
    from dlviz.figures.runs import confusion as figure

    counts, names = np.array(epoch["confusion"]), _names(run)
    st.plotly_chart(figure(counts, names), key=f"{LAB}.confusion", config={"displayModeBar": False})
    mixed = np.where(np.eye(len(counts), dtype=bool), -1, counts)
    truth, said = np.unravel_index(mixed.argmax(), mixed.shape)
    most = (
        f"Most often, {counts[truth, said]:,} times, “{plain(names[truth])}” is taken for "
        f"“{plain(names[said])}”."
    )
    none = "None is taken for another."
    st.caption(f"{_after(run, epoch)}, of {counts.sum():,} examples. {most if mixed.max() > 0 else none}")


def histograms(run: LiveRun) -> None:
    """How the weights of a layer, and their last gradients, were spread after each epoch."""
    if not _epoch(run):
        return
    from dlviz.figures.runs import ridges

    told = [
        event for event in current(service.shared().store.read(run.run).events) if event["kind"] == "epoch"
    ]
    spreads = {kind: [event["histograms"][kind] for event in told] for kind in ("weights", "gradients")}  # pyright: ignore[reportIndexIssue]
    layers = list(spreads["weights"][0])
    layer = st.selectbox("Layer", layers, key=f"{LAB}.layer", width=320)
    epochs = [int(str(event["epoch"])) for event in told]
    for column, (kind, of_epochs) in zip(st.columns(2), spreads.items(), strict=True):
        with column:
            figure = ridges([spread.get(layer, {}) for spread in of_epochs], epochs, kind)
            st.plotly_chart(figure, key=f"{LAB}.{kind}", config={"displayModeBar": False})
    st.caption(
        f"{layer}: its weights after each epoch, the newest in front, and the gradients of each epoch’s last "
        "batch."
    )
