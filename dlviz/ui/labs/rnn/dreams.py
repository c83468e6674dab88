"""Panel of dreams: rows that the chosen unit would like to read, beside digits that raise it most."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from dlviz.ui.components.gallery import gallery
from dlviz.ui.growing_dreams import EVERY, Dreaming, describe_pictures, show_dreams
from dlviz.ui.labs.rnn import captions
from dlviz.ui.labs.rnn.followers import unit_field
from dlviz.ui.labs.rnn.forward import shown_step
from dlviz.ui.labs.rnn.state import LAB, State
from dlviz.ui.session_cache import compute_once
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import number
from dlviz.ui.verdict import show_sentence

if TYPE_CHECKING:
    from torch import Tensor, nn

    from dlviz.recurrence.dreams import HiddenState
    from dlviz.ui.labs.rnn.forward import ForwardPass

SHAPE = (1, 28, 28)  # of a digit: what is read are its rows
LOOKED_AT, KEPT = 2_000, 9  # test digits, and how many of them are shown


def show_liked_rows(passes: list[ForwardPass], state: State) -> None:
    """Dream of the rows that each network's chosen unit would like to read, up to the row looked at."""
    if not passes or passes[0].sequence.kind != "digit":
        return
    label, icon = "Which rows would this unit like to read?", ":material/bedtime:"
    panel = st.expander(label, icon=icon, key=f"{LAB}.dreams", on_change="rerun")
    if not panel.open:
        return
    with panel:
        for passed in passes:
            _show_dreams(passed, state)


def _show_dreams(passed: ForwardPass, state: State) -> None:
    from dlviz.dream import dream
    from dlviz.weights import BadWeights

    aim, model = find_aim(passed, state), passed.network.model
    try:
        dreaming = compute_once(
            f"{LAB}.dreaming.{passed.kind}", (model, aim), lambda: Dreaming.begin(dream(model, aim, SHAPE))
        )
        every = None if dreaming.done else EVERY
        st.fragment(run_every=every, key=f"{LAB}.dreams.{passed.kind}")(_show)(passed, aim, dreaming, state)
    except BadWeights as problem:
        st.error(plain(str(problem)), icon=":material/scale:")


def find_aim(passed: ForwardPass, state: State) -> HiddenState:
    """The hidden state of the chosen unit after the row that is looked at."""
    from dlviz.recurrence.dreams import HiddenState
    from dlviz.recurrence.reading import names

    layer = names(passed.network.model).index(passed.layer)
    return HiddenState(layer, passed.unit, shown_step(passed.sequence, state))


def _show(passed: ForwardPass, aim: HiddenState, dreaming: Dreaming, state: State) -> None:
    """Dream on, and draw dreams and real digits as far as they are read."""
    live, rows = not dreaming.done, aim.step + 1
    if live:
        dreaming.go_on()
    st.markdown(f"**{captions.title(passed)}**, unit {aim.unit}, after row {rows}")
    dreamed, real = st.columns([1.6, 1.4], gap="large")
    with dreamed:
        show_dreams(f"{LAB}.dreamed.{passed.kind}", dreaming, lambda pictures: pictures[:, 0, :rows])
    best, values = find_strongest(passed.network.model, aim)
    with real:
        st.markdown("**Real: these raise it most**")
        _show_real(passed, best, values, rows, state)
    if dreaming.done:
        told = captions.liked_rows(aim.unit, rows, dreaming.now.values.numpy(), float(values[0]), LOOKED_AT)
        show_sentence(f"{LAB}.liked.{passed.kind}", st.markdown, told)
    if live and dreaming.done:
        st.rerun(scope="app")


def _show_real(passed: ForwardPass, best: np.ndarray, values: np.ndarray, rows: int, state: State) -> None:
    from dlviz.data import mnist

    pictures = mnist.digits("test")[0].numpy()[best][:, :rows]
    notes = [number(float(value), ".3g") for value in values]
    kept = {"layer": state.layer, "networks": state.networks, unit_field(passed): passed.unit}
    links = [f"/rnn?{urlencode({'sample': int(at), 'step': rows - 1, **kept})}" for at in best]
    gallery(
        f"{LAB}.raised.{passed.kind}",
        pictures,
        notes,
        describe_pictures(values),
        [] if passed.network.from_run else links,
        side=52,
        hint="Open it at this row",
    )


@lru_cache(maxsize=32)
def find_strongest(model: nn.Module, aim: HiddenState) -> tuple[np.ndarray, np.ndarray]:
    """Find the test digits that raise a hidden state most: their numbers, and its values, (KEPT,) each.

    Raises: BadWeights if it is no number.
    """
    import torch

    with torch.inference_mode():
        values = aim.values(model, _read_digits())
    best = values.argsort(descending=True, stable=True)[:KEPT]
    return best.numpy(), values[best].numpy()


@lru_cache(maxsize=1)
def _read_digits() -> Tensor:
    """The first test digits as networks read them: (LOOKED_AT, 1, 28, 28)."""
    from dlviz.data import digits, mnist

    return digits.normalise(mnist.digits("test")[0][:LOOKED_AT])
