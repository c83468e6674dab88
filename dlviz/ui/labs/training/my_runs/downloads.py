"""Files that can be taken away of a run; each is made when it is asked for, not before."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from dlviz.training.runs import service
from dlviz.training.runs.events import Event
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.runs import sentences
from dlviz.ui.runs.checkpoints import load_checkpoint
from dlviz.ui.runs.file_name import file_name
from dlviz.ui.runs.live_run import LiveRun
from dlviz.ui.text_format.markdown import plain

SCRIPT = (
    "The run as a plain PyTorch script, packed with its data. It prints the same losses: to the last bit on "
    "the machine that trained the run, elsewhere nearly."
)


def show_downloads(run: LiveRun) -> None:
    """Offer the run's files, a sentence each."""
    if not run.checkpoints:
        st.caption("There is nothing to take away before the run has begun.")
        return
    name = file_name(run.run)
    if (step := _newest_readable(run)) is not None:
        _offer(
            "Weights",
            f"The network {sentences.training_so_far(run, step)}, as safetensors: `load_file` gives its "
            "state_dict, and it can be brought in again under My runs.",
            partial(weights, run, step),
            f"{name}.safetensors",
        )
    if run.imported:
        return
    _offer(
        "Table",
        "Every batch and epoch as CSV: `batch_loss`, and after each epoch `train_loss` and "
        "`validation_loss`.",
        partial(table, run),
        f"{name}.csv",
    )
    _offer(
        "TensorBoard",
        "An event file: unpack it, then `tensorboard --logdir` its folder.",
        partial(tensorboard, run),
        f"{name}-tensorboard.zip",
    )
    if _can_repeat(run):
        _offer("Script", SCRIPT, partial(script, run), f"{name}-script.zip")


def _newest_readable(run: LiveRun) -> int | None:
    """Step of the newest checkpoint that is whole, with a sentence on each newer one that is not."""
    from dlviz.training.state import BadState

    for step in reversed(run.checkpoints):
        try:
            load_checkpoint(run.run, step)
        except (BadState, UnknownRun) as problem:
            st.warning(plain(str(problem)), icon=":material/broken_image:")
        else:
            return step
    return None


def _offer(label: str, sentence: str, make: Callable[[], str | bytes], name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, key=f"file-{label.lower()}"):
        st.download_button(
            label,
            make,
            name,
            icon=":material/download:",
            on_click="ignore",
            key=f"{LAB}.take.{label}",
            width=170,
        )
        st.markdown(sentence, width="stretch")


def _can_repeat(run: LiveRun) -> bool:
    """True if there is a script for the run, and the learner's own data that it needs are here."""
    from dlviz.scripts.training import has_script
    from dlviz.training.tasks.own import FILES

    own = FILES.get(run.config.task)
    try:
        here = own is None or (service.shared().store.folder(run.run) / own).is_file()
    except UnknownRun:  # deleted meanwhile
        return False
    return here and has_script(run.config)


def show_script(run: LiveRun) -> None:
    """Offer the run's script where its code is shown, if there is one."""
    if run.checkpoints and _can_repeat(run):
        st.download_button(
            "Run it yourself: a plain PyTorch script and its data",
            partial(script, run),
            f"{file_name(run.run)}-script.zip",
            on_click="ignore",
            key=f"{LAB}.code.script",
        )
        st.caption(SCRIPT)


def events(run: LiveRun) -> list[Event]:
    """All events of the run that are not superseded."""
    return service.shared().store.events(run.run)


def weights(run: LiveRun, step: int) -> bytes:
    """A safetensors file of the weights after a step, with their class and what made them."""
    from dlviz.training.exchange.exports import weights_file
    from dlviz.training.runs import checkpoints
    from dlviz.training.state import State

    return weights_file(State.load(checkpoints.path(service.shared().store.folder(run.run), step)))


def table(run: LiveRun) -> str:
    """A CSV file of every batch and epoch."""
    from dlviz.training.exchange.exports import to_csv

    return to_csv(events(run))


def tensorboard(run: LiveRun) -> bytes:
    """A packed event file for TensorBoard."""
    from dlviz.training.exchange.exports import tensorboard_zip

    began = service.shared().status(run.run).created
    return tensorboard_zip(events(run), file_name(run.run), began)


def script(run: LiveRun) -> bytes:
    """A packed folder: a script of plain PyTorch that repeats the run, its data, and how to run it.

    Raises: UnknownRun; BadTask if the data are no longer here.
    """
    from dlviz.scripts.training import script_zip
    from dlviz.training.tasks import own, prepare

    data = own.read(run.config.task, service.shared().store.folder(run.run))
    return script_zip(run.config, prepare(run.config, data), events(run), file_name(run.run))
