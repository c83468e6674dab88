"""Dropout at work: the hidden units before and after it, and the answers of many masks at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui.components.gallery import gallery
from dlviz.ui.components.tiles import Group, tiles
from dlviz.ui.labs.cnn import captions
from dlviz.ui.labs.cnn.examples import Examples, load_examples
from dlviz.ui.labs.cnn.forward import CacheKey, ForwardPass
from dlviz.ui.labs.cnn.state import LAB, State
from dlviz.ui.session_cache import compute_once
from dlviz.ui.text_format.quotes import isolated
from dlviz.ui.verdict import show_sentence

if TYPE_CHECKING:
    from torch import nn

MASKS = 100  # drawn over the learner's input at once, seeds 0 to 99
OTHERS, AT_ONCE = 100, 25  # examples among which those that waver are looked for, so many at a time
SHOWN = 10  # of those that waver


def show(passed: ForwardPass, settled: np.ndarray, state: State) -> None:
    """The hidden units before and after dropout, in training mode or at rest, and many masks at once.

    Args:
        settled: (28, 28) or (3, 32, 32) float32 in [0, 1], for the many masks.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        st.toggle("Training mode", key=LAB.key("training"))
        st.button(
            "Draw another mask", key=f"{LAB}.draw_mask", on_click=_next_mask, disabled=not state.training
        )
    before, after = (passed.record[f"fc_layers.{index}"][0] for index in (2, 3))  # (units,) each
    silenced = np.flatnonzero((before > 0) & (after == 0))
    text = captions.dropout(before, silenced, passed.dropout, state.training)
    show_sentence(f"{LAB}.silenced", st.write, text)
    limit = float(max(before.max(), after.max()))
    groups = [
        _group("After ReLU", f"{len(before)} hidden units", before, limit, "the hidden units before dropout"),
        _group(
            "After dropout",
            "what the output reads; a silenced unit is crossed out",
            after,
            limit,
            text,
            tuple(silenced.tolist()),
        ),
    ]
    tiles(f"{LAB}.dropout", groups)
    st.divider()
    _show_many_masks(passed, settled)
    if examples := load_examples(passed.network, state):
        _show_wavering(passed, examples)


def _show_many_masks(passed: ForwardPass, settled: np.ndarray) -> None:
    """The answers of many masks over the drawing: spread, mean, and the classes that win."""
    from dlviz.figures.distributions import spreads

    key = CacheKey.of(passed, settled)
    answers, at_rest = compute_once(f"{LAB}.masks", (key,), lambda: answers_under_masks(key))
    text = captions.many_masks(answers, at_rest, passed.network.classes)
    st.markdown(f"**{MASKS} masks at once**")
    show_sentence(f"{LAB}.masks_told", st.write, text)
    figure = spreads(answers, at_rest, passed.network.classes)
    st.plotly_chart(figure, key=f"{LAB}.spreads", alt=text, config={"displayModeBar": False})
    st.caption(
        "A box holds the middle half of a class’s logits, its dashed line is their mean; a diamond is the "
        "logit in evaluation mode."
    )


def answers_under_masks(key: CacheKey) -> tuple[np.ndarray, np.ndarray]:
    """The logits (masks, classes) of each mask, and (classes,) of evaluation mode."""
    from dlviz.dropout import answers_of_masks
    from dlviz.trace import trace

    x, edits = key.unpack()
    answers = answers_of_masks(key.model, x, range(MASKS), edits)[:, 0]
    return answers, trace(key.model, x, edits)[0][0].numpy()


def _show_wavering(passed: ForwardPass, examples: Examples) -> None:
    """Those of some examples whose answer depends most on the mask."""
    said, others = compute_once(
        f"{LAB}.wavering",
        (passed.model, len(examples.pictures)),
        lambda: count_other_answers(passed.model, examples.pictures[:OTHERS]),
    )
    order = [at for at in np.argsort(-others, kind="stable")[:SHOWN].tolist() if others[at]]
    st.markdown("**Examples that waver**")
    text = captions.wavering(others, MASKS, examples.origin)
    show_sentence(f"{LAB}.wavering_told", st.write, text)
    if order:
        names = [isolated(passed.network.classes[said[at]]) for at in order]
        notes = [f"{name}: {others[at]}" for name, at in zip(names, order, strict=True)]
        gallery(
            f"{LAB}.waverers",
            examples.pictures[order],
            notes,
            f"Answer: masks that change it. {'; '.join(notes)}",
        )
        st.caption(f"Its answer in evaluation mode: how many of {MASKS} masks change it.")


def count_other_answers(model: nn.Module, pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each picture's answer in evaluation mode, (n,), and how many masks give it another, (n,).

    Args:
        pictures: (n, 28, 28) or (n, 3, 32, 32) uint8.
    """
    import torch

    from dlviz.data.digits import normalise
    from dlviz.dropout import answers_of_masks

    inputs = normalise(torch.from_numpy(pictures)).split(AT_ONCE)
    with torch.inference_mode():
        said = np.concatenate([model(x).argmax(1).numpy() for x in inputs])  # (n,)
    masked = [answers_of_masks(model, x, range(MASKS)).argmax(2) for x in inputs]  # (masks, at once) each
    return said, (np.concatenate(masked, axis=1) != said).sum(axis=0)


def _group(
    title: str, note: str, units: np.ndarray, limit: float, alt: str, crossed: tuple[int, ...] = ()
) -> Group:
    return Group(
        title=title,
        note=f"{note}; full colour is {limit:.3g}",
        values=units.reshape(-1, 1, 1),
        scale="sequential",
        alt=alt,
        columns=32,
        cell=14,
        limit=limit,
        item="unit",
        crossed=crossed,
    )


def _next_mask() -> None:
    LAB.update(mask=(LAB.read().mask + 1) % 10_000)
