"""The controls of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import streamlit as st

from dlviz.training.config import WHOLE, BadSetting
from dlviz.training.options import NETWORKS, PICTURES, TASKS, TESTED
from dlviz.ui.labs.training.state import AUGMENTATIONS, FIELDS, LAB, LONGEST, SIZES, get
from dlviz.ui.labs.training.train import config_from_controls
from dlviz.ui.runs import vocabulary

# What a schedule lets one choose.
OF_SCHEDULE = {
    "StepLR": ("step_size", "gamma"),
    "MultiStep": ("milestones", "gamma"),
    "exponential": ("gamma",),
    "reduce-on-plateau": ("lr_patience", "gamma"),
    "warm-up": ("warm_up",),
}
TYPED = ("learning_rate", "milestones")
# How much one press of plus or minus is.
STEPS = {
    "samples": 1000,
    "rotation": 5.0,
    "weight_decay": 0.0001,
    "momentum": 0.05,
    "gamma": 0.1,
    "clip": 0.5,
    "seconds": 10.0,
}
FORMATS = {"weight_decay": "%.5g"}


class Controls:
    """The controls; what is refused is said at the one that it is about, or below them all."""

    def __init__(self, refused: ValueError | None) -> None:
        self.refusal = str(refused or "")
        self.about = refused.field if isinstance(refused, BadSetting) else ""
        self.seen, self.said = True, False

    def draw(self) -> None:
        """All of them, those that are rarely needed folded away."""
        self._choose("task", list(TASKS), vocabulary.TASKS, on_change=config_from_controls.task_chosen)
        self._choose("model", TASKS[get("task")], vocabulary.NETWORKS)
        self._row("samples", "epochs")
        self._row("batch_size", "learning_rate")
        left, right = st.columns(2, gap="small")
        with left:
            self._choose("optimizer", vocabulary.OPTIMIZERS, vocabulary.OPTIMIZERS)
        with right:
            self._choose("scheduler", vocabulary.SCHEDULERS, vocabulary.SCHEDULERS)
        self._row(*OF_SCHEDULE.get(get("scheduler"), ()))
        if get("task") in PICTURES:
            self._augmentation()
        self._more()
        if self.refusal and not self.said:
            st.error(self.refusal, icon=":material/rule:")

    def _augmentation(self) -> None:
        active = sum(get(name) > 0 for name in AUGMENTATIONS)
        title = (
            f"Change the pictures: {active} of {len(AUGMENTATIONS)} ways" if active else "Change the pictures"
        )
        with self._fold("pictures", title, ":material/auto_fix_high:"):
            for left, right in zip(AUGMENTATIONS[::2], AUGMENTATIONS[1::2], strict=True):
                self._row(left, right)

    def _more(self) -> None:
        network = NETWORKS[get("model")]
        with self._fold("more", "More choices", ":material/tune:"):
            if get("task") in TESTED:
                self._switch("test")
            self._row("patience", "seconds")
            self._row("weight_decay", "clip")
            momentum = ("momentum",) if get("optimizer") in ("momentum", "Nesterov") else ()
            self._row("label_smoothing", *momentum)
            if network.dropout:
                self._row("dropout")
            if network.batch_norm:
                self._switch("batch_norm")
            sizes = list(network.sizes)
            for at in range(0, len(sizes), 2):
                self._row(*sizes[at : at + 2])
            self._row("seed")
            if len(config_from_controls.devices()) > 1:
                self._choose("device", config_from_controls.devices(), vocabulary.DEVICES)

    @contextmanager
    def _fold(self, name: str, title: str, icon: str) -> Iterator[None]:
        """What is rarely needed: folded away, it does not hide what is refused in it."""
        key = f"{LAB}.fold.{name}"
        # Set again even where unchanged: with another title Streamlit would fold it.
        st.session_state[key] = st.session_state.get(key, False)
        with st.expander(title, icon=icon, key=key, on_change="rerun") as fold:
            self.seen = bool(fold.open)
            yield
        self.seen = True

    def _row(self, *names: str) -> None:
        """Fields for numbers, side by side."""
        if not names:
            return
        for name, column in zip(names, st.columns(2, gap="small"), strict=False):
            with column:
                self._field(name)
        for name in names:
            self._say(name)

    def _field(self, name: str) -> None:
        label, sentence = vocabulary.SETTINGS[name]
        key = f"{LAB}.{name}"
        if name in TYPED:
            st.text_input(label, key=key, help=sentence, max_chars=LONGEST)
            return
        whole = name in WHOLE or name in SIZES
        st.number_input(
            label,
            step=STEPS.get(name, 1 if whole else 0.05),
            value=None if FIELDS[name].default is None else "min",  # only what may be empty can be emptied
            key=key,
            help=sentence,
            format=FORMATS.get(name) or (None if whole else "%.3g"),
            placeholder=_placeholder(name),
        )

    def _choose(
        self, name: str, options: Sequence[str] | Mapping[str, str], said: Mapping[str, str], **how
    ) -> None:
        label, sentence = vocabulary.SETTINGS[name]
        st.selectbox(
            label,
            list(options),
            format_func=lambda option: said[option],
            key=f"{LAB}.{name}",
            help=sentence,
            **how,
        )
        self._say(name)

    def _switch(self, name: str) -> None:
        label, sentence = vocabulary.SETTINGS[name]
        st.toggle(label, key=f"{LAB}.{name}", help=sentence)
        self._say(name)

    def _say(self, name: str) -> None:
        if self.refusal and self.about == name and self.seen:
            self.said = True
            st.error(self.refusal, icon=":material/rule:")


def _placeholder(name: str) -> str:
    """What an empty field stands for."""
    sizes = NETWORKS[get("model")].sizes
    if name in sizes:
        return f"{sizes[name].usual}"
    return "its own" if name == "dropout" else "off"
