"""Before the run: what its schedule does, what happens to the pictures, how large and how long it is."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import streamlit as st

from dlviz.training.analysis.comparison import Group
from dlviz.training.analysis.history import BATCH, EPOCH, History
from dlviz.training.analysis.timing import Timing
from dlviz.training.config import Augmentation, TrainingConfig
from dlviz.training.options import PICTURES
from dlviz.ui.components.curves import Curves, curves
from dlviz.ui.components.gallery import gallery
from dlviz.ui.labs.training.state import LAB
from dlviz.ui.labs.training.train import duration, my_data
from dlviz.ui.runs import sentences
from dlviz.ui.text_format.markdown import plain

LONGEST = 50_000  # steps whose rates are drawn
PREVIEWED = 6
COUNTED = ("digits", "fashion", "cifar10", "text")  # tasks whose steps need not be tried out


def show(wanted: TrainingConfig | None) -> None:
    """What the run will be; an invitation while the controls say nothing that could be run."""
    if wanted is None:
        st.info(
            "Nothing can be trained like this: one of the choices needs another value.",
            icon=":material/rule:",
        )
        return
    st.subheader("What will be trained", anchor=False)
    st.markdown(sentences.summary(wanted))
    known = duration.trial.ask(wanted, my_data.data(wanted.task))
    st.fragment(run_every=1.0 if known is None else None, key=f"{LAB}.predicted")(_size)(wanted)
    if isinstance(known, Timing):
        _schedule(wanted, known.steps)
    elif wanted.task in COUNTED:
        _schedule(wanted, -(-wanted.samples // wanted.batch_size))
    if wanted.task in PICTURES:
        _pictures(wanted)


def _size(wanted: TrainingConfig) -> None:
    """Parameters, steps and seconds, as soon as they have been tried out."""
    known = duration.trial.ask(wanted, my_data.data(wanted.task))
    if isinstance(known, str):
        st.info(plain(known), icon=":material/info:")
        return
    with st.container(horizontal=True, gap="large"):
        st.metric("Parameters", f"{known.parameters:,}" if known else "…", width="content")
        st.metric("Steps", f"{wanted.epochs * known.steps:,}" if known else "…", width="content")
        seconds = f"about {sentences.duration(known.of(wanted))}" if known else "trying out ten steps …"
        st.metric("Will take", seconds, width="content")
    if known:
        st.caption(
            f"Tried out on this machine: ten steps, and a part of each epoch’s measurement. An epoch "
            f"takes about {sentences.duration(known.seconds)}."
        )
        if not st.session_state.get(f"{LAB}.tried"):
            st.session_state[f"{LAB}.tried"] = True
            st.rerun(scope="app")
    else:
        st.session_state[f"{LAB}.tried"] = False


def _schedule(wanted: TrainingConfig, steps: int) -> None:
    if steps * wanted.epochs > LONGEST:
        st.caption("So many steps that the schedule’s curve is not drawn.")
        return
    from dlviz.training.schedules import remark

    curves(f"{LAB}.schedule", Curves([Group("Planned", [_planned(wanted, steps)])], panels=("rate",)))
    if said := remark(wanted, steps):
        st.info(said, icon=":material/horizontal_rule:")
    elif wanted.scheduler == "reduce-on-plateau":
        st.caption(
            "When it falls depends on the validation losses, so a plateau’s curve cannot be known before."
        )


@lru_cache(maxsize=32)
def _planned(wanted: TrainingConfig, steps: int) -> History:
    from dlviz.training.schedules import curve

    rates = np.array(curve(wanted, steps))
    nothing = np.full(len(rates), np.nan)
    batches = dict.fromkeys(BATCH, nothing) | {"step": np.arange(1.0, len(rates) + 1), "rate": rates}
    return History(batches, dict.fromkeys(EPOCH, np.zeros(0)), (), steps, wanted.epochs, "")


def _pictures(wanted: TrainingConfig) -> None:
    """Six pictures, and what augmentation makes of them."""
    from dlviz.data.mnist import MissingData

    try:
        before, after, names = _six(wanted)
    except MissingData as problem:
        st.caption(str(problem))
        return
    if not names:
        return
    if not wanted.augmentation:
        st.markdown(f"**It learns from pictures like these**, unchanged. {_whose(wanted)}")
        gallery(f"{LAB}.before", before, names, f"Six pictures: {', '.join(names)}", side=72)
        return
    st.markdown(
        "**What happens to the pictures**: as they are, and as they are learned from, anew each time. "
        + _whose(wanted)
    )
    gallery(f"{LAB}.before", before, names, f"Six pictures as they are: {', '.join(names)}", side=72)
    gallery(f"{LAB}.after", after, [""] * len(after), "The same six, changed at random.", side=72)


def _whose(wanted: TrainingConfig) -> str:
    return "Your own." if wanted.task == "drawings" else "These six are test pictures."


def _six(wanted: TrainingConfig) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Pictures (6, …) uint8 before and after, and the names of their classes: my own, or test pictures."""
    if wanted.task != "drawings":
        return _public(wanted.task, wanted.augmentation)
    mine = my_data.drawn()
    before = np.array(mine.pictures[-PREVIEWED:]).reshape(-1, 28, 28)
    return before, _changed(before, wanted.augmentation), mine.labels[-PREVIEWED:]


@lru_cache(maxsize=32)
def _public(task: str, how: Augmentation) -> tuple[np.ndarray, np.ndarray, list[str]]:
    from dlviz.data import cifar10, fashion, mnist

    split, names = {
        "fashion": (fashion.clothes, fashion.CLASSES),
        "cifar10": (cifar10.pictures, cifar10.CLASSES),
    }.get(task, (mnist.digits, tuple("0123456789")))
    images, labels = split("test")
    before = images[:PREVIEWED].numpy()
    return before, _changed(before, how), [names[label] for label in labels[:PREVIEWED].tolist()]


def _changed(pictures: np.ndarray, how: Augmentation) -> np.ndarray:
    import torch

    from dlviz.training.augmentation import preview

    if not len(pictures):
        return pictures
    pixels = torch.from_numpy(pictures).float() / 255
    changed = preview(pixels if pixels.dim() == 4 else pixels[:, None], how)
    return (changed * 255).round().clamp(0, 255).byte().reshape(pictures.shape).numpy()
