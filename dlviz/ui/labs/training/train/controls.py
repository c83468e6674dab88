"""Controls of the next run's settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import streamlit as st

from dlviz.networks import NETWORKS
from dlviz.training.config import WHOLE, BadSetting
from dlviz.training.options import GONE, PICTURES, ROLLING, SCHEDULE_SETTINGS, TASKS, TESTED, has_forget_bias
from dlviz.ui.labs.training.state import AUGMENTATIONS, LAB, LONGEST_NUMBER, SIZES, State
from dlviz.ui.labs.training.train import config_from_controls
from dlviz.ui.runs import vocabulary
from dlviz.ui.text_format.markdown import plain

TYPED = ("learning_rate", "milestones")
# Setting -> the size of one press of plus or minus.
STEPS = {
    "samples": 1000,
    "rotation": 5.0,
    "weight_decay": 0.0001,
    "momentum": 0.05,
    "gamma": 0.1,
    "clip": 0.5,
    "seconds": 10.0,
    "forget_bias": 1.0,
}
FORMATS = {"weight_decay": "%.5g"}


class Controls:
    """All controls; a refusal is said at the control that it is about, or below them all.

    Args:
        refusal: the reason why the settings make no config.
    """

    def __init__(self, state: State, refusal: ValueError | None) -> None:
        self.state = state
        self.refusal = str(refusal or "")
        self.faulty = refusal.field if isinstance(refusal, BadSetting) else ""
        self.visible, self.explained = True, False

    def show(self) -> None:
        """Draw the controls, those that are rarely needed folded away."""
        state = self.state
        offered = [task for task in TASKS if task not in GONE or task == state.task]
        self._choose("task", offered, vocabulary.TASKS, on_change=config_from_controls.take_task)
        self._choose("model", TASKS[state.task], vocabulary.NETWORKS)
        if state.task == "memory":
            self._row("delay", *(["forget_bias"] if has_forget_bias(state.task, state.model) else []))
        self._row("samples", "epochs")
        self._row("batch_size", "learning_rate")
        left, right = st.columns(2, gap="small")
        with left:
            self._choose("optimizer", vocabulary.OPTIMIZERS, vocabulary.OPTIMIZERS)
        with right:
            self._choose("scheduler", vocabulary.SCHEDULERS, vocabulary.SCHEDULERS)
        self._row(*SCHEDULE_SETTINGS.get(state.scheduler, ()))
        if state.task in PICTURES:
            self._augmentation()
        self._more()
        if self.refusal and not self.explained:
            st.error(plain(self.refusal), icon=":material/rule:")

    def _augmentation(self) -> None:
        active = sum(getattr(self.state, name) > 0 for name in AUGMENTATIONS)
        title = (
            f"Change the pictures: {active} of {len(AUGMENTATIONS)} ways" if active else "Change the pictures"
        )
        with self._fold("pictures", title, ":material/auto_fix_high:"):
            for left, right in zip(AUGMENTATIONS[::2], AUGMENTATIONS[1::2], strict=True):
                self._row(left, right)

    def _more(self) -> None:
        network = NETWORKS[self.state.model]
        with self._fold("more", "More choices", ":material/tune:"):
            if self.state.task in TESTED:
                self._switch("test")
                if not self.state.test:
                    self._switch("test_at_end")
            self._row("patience", "seconds")
            self._row("weight_decay", "clip")
            momentum = ("momentum",) if self.state.optimizer in ROLLING else ()
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
        """A group of controls, folded away; a refusal inside is said outside while it is."""
        key = f"{LAB}.fold.{name}"
        # Set again even where unchanged: with another title Streamlit would fold it.
        st.session_state[key] = st.session_state.get(key, False)
        with st.expander(title, icon=icon, key=key, on_change="rerun") as fold:
            self.visible = bool(fold.open)
            yield
        self.visible = True

    def _row(self, *names: str) -> None:
        """Controls for numbers, side by side."""
        if not names:
            return
        for name, column in zip(names, st.columns(2, gap="small"), strict=False):
            with column:
                self._number(name)
        for name in names:
            self._explain(name)

    def _number(self, name: str) -> None:
        label, sentence = vocabulary.SETTINGS[name]
        key = LAB.key(name)
        if name in TYPED:
            st.text_input(label, key=key, help=sentence, max_chars=LONGEST_NUMBER)
            return
        whole = name in WHOLE or name in SIZES
        st.number_input(
            label,
            step=STEPS.get(name, 1 if whole else 0.05),
            value=None if getattr(State, name) is None else "min",  # only what may be empty can be emptied
            key=key,
            help=sentence,
            format=FORMATS.get(name) or (None if whole else "%.3g"),
            placeholder=self._placeholder(name),
        )

    def _choose(
        self, name: str, options: Sequence[str] | Mapping[str, str], names: Mapping[str, str], **how
    ) -> None:
        label, sentence = vocabulary.SETTINGS[name]
        st.selectbox(
            label,
            list(options),
            format_func=names.__getitem__,
            key=LAB.key(name),
            help=sentence,
            **how,
        )
        self._explain(name)

    def _switch(self, name: str) -> None:
        label, sentence = vocabulary.SETTINGS[name]
        st.toggle(label, key=LAB.key(name), help=sentence)
        self._explain(name)

    def _explain(self, name: str) -> None:
        """Say what is wrong with a setting."""
        if self.refusal and self.faulty == name and self.visible:
            self.explained = True
            st.error(plain(self.refusal), icon=":material/rule:")

    def _placeholder(self, name: str) -> str:
        """The text in an empty control: what it stands for."""
        sizes = NETWORKS[self.state.model].sizes
        if name in sizes:
            return f"{sizes[name].usual}"
        return {"dropout": "its own", "forget_bias": "as drawn"}.get(name, "off")
