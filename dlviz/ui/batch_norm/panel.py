"""The panel on batch norm: a batch around the learner's own input, a channel, and the norm folded in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui.batch_norm import captions
from dlviz.ui.batch_norm.forward import (
    Answers,
    Channel,
    answer,
    compare_statistics,
    draw_companions,
    first_draw,
    fold_norms,
    has_single_values,
    norm_channel,
)
from dlviz.ui.batch_norm.state import BATCHES, MODES, BatchNormFields
from dlviz.ui.components.gallery import gallery
from dlviz.ui.components.tiles import Group, tiles
from dlviz.ui.lab import Lab
from dlviz.ui.session_cache import compute_once
from dlviz.ui.text_format.numbers import number
from dlviz.ui.verdict import show_sentence

if TYPE_CHECKING:
    from torch import nn

    from dlviz.trace import Edit
    from dlviz.ui.batch_norm.forward import Folding

TOP = 3  # classes whose logits are written out
PLAIN = {"displayModeBar": False}


@dataclass(frozen=True, eq=False)
class Situation:
    """A network with batch norm, the learner's input, and what can stand beside it in a batch.

    Args:
        classes: names of the network's answers.
        pixels: (28, 28) or (3, 32, 32) float32 in [0, 1].
        pool: (n, 28, 28) or (n, 3, 32, 32) uint8.
        pool_name: where these come from.
        norm: name of the batch norm that is looked into.
        channel: its channel.
        off: text of the channels switched off, so that results can be kept by it.
        edits: stage -> edit, which switches these off.
        noun: what an input is called.
    """

    model: nn.Module
    classes: Sequence[str]
    pixels: np.ndarray
    pool: np.ndarray
    pool_name: str
    norm: str
    channel: int
    off: str
    edits: Mapping[str, Edit]
    noun: str


def show(lab: Lab, situation: Situation, state: BatchNormFields) -> None:
    """The whole panel, for an input that is finished."""
    pixels, pool = situation.pixels, situation.pool
    _choose_batch(lab, state)
    others = pool[draw_companions(len(pool), state.norm_batch, state.norm_draw)]
    first = first_draw(state.norm_draw)
    batch = np.concatenate([pixels[None], others.astype(np.float32) / 255])
    key = situation.model, pixels.tobytes(), situation.off, len(pool), state.norm_batch
    found = compute_once(
        f"{lab}.norm.answers",
        (*key, first),
        lambda: answer(situation.model, pixels, pool, state.norm_batch, first, situation.edits),
    )
    _show_batch(lab, batch, situation.noun)
    _show_answers(lab, found, len(batch), state, situation)
    training = state.norm_mode == "training"
    st.divider()
    _choose_mode(lab)
    if training and len(batch) == 1 and has_single_values(situation.model):
        st.write("A batch of one has no spread here: put another beside it, or look in evaluation mode.")
        return
    channel, folded = compute_once(
        f"{lab}.norm.channel",
        (*key, state.norm_draw, situation.norm, situation.channel, training),
        lambda: (
            norm_channel(
                situation.model, batch, situation.norm, situation.channel, training, situation.edits
            ),
            fold_norms(situation.model, batch, situation.norm, situation.channel),
        ),
    )
    _show_channel(lab, channel)
    st.divider()
    left, right = st.columns(2, gap="large")
    with left:
        _show_statistics(lab, channel, situation)
    with right:
        _show_folding(lab, folded, channel, situation)


def _choose_batch(lab: Lab, state: BatchNormFields) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control(
            "Inputs in the batch",
            BATCHES,
            required=True,
            key=lab.key("norm_batch"),
            help="Yours, and others beside it. In training mode all are normed together.",
        )
        st.button(
            "Draw other companions",
            icon=":material/casino:",
            on_click=_draw_others,
            args=(lab,),
            disabled=state.norm_batch == 1,
            key=f"{lab}.norm.draw",
        )


def _draw_others(lab: Lab) -> None:
    lab.update(norm_draw=(lab.read().norm_draw + 1) % 10_000)


def _show_batch(lab: Lab, batch: np.ndarray, noun: str) -> None:
    pictures = np.rint(batch * 255).astype(np.uint8)
    alt = (
        f"Your {noun}, and {len(batch) - 1} others of its batch" if len(batch) > 1 else f"Your {noun}, alone"
    )
    gallery(f"{lab}.norm.batch", pictures, ["yours", *[""] * (len(batch) - 1)], alt, side=36)


def _show_answers(lab: Lab, found: Answers, batch: int, state: BatchNormFields, situation: Situation) -> None:
    sentence = captions.answers(found, batch, state.norm_draw, situation.classes, situation.noun)
    show_sentence(f"{lab}.norm.answers_told", st.write, sentence)
    if len(found.among) < 2:
        return
    from dlviz.figures.distributions import leads

    target = situation.classes[found.predicted]
    figure = leads(
        found.leads, found.lead, target, found.draw, state.norm_draw - found.draw, "draw of companions"
    )
    alt = captions.describe_leads(found, situation.classes)
    st.plotly_chart(figure, key=f"{lab}.norm.leads", alt=alt, config=PLAIN)


def _choose_mode(lab: Lab) -> None:
    st.segmented_control(
        "Mean and spread",
        list(MODES),
        format_func=MODES.__getitem__,
        required=True,
        key=lab.key("norm_mode"),
        help="In training mode those of the batch; in evaluation mode running averages kept from training.",
    )


def _show_channel(lab: Lab, channel: Channel) -> None:
    from dlviz.figures.distributions import before_and_after

    sentence = captions.normed(channel)
    st.markdown(f"**{channel.item.capitalize()} {channel.number} before and after norm {channel.norm}**")
    figure = before_and_after(channel.before, channel.after)
    st.plotly_chart(figure, key=f"{lab}.norm.histograms", alt=sentence, config=PLAIN)
    show_sentence(f"{lab}.norm.channel_told", st.write, sentence)


def _show_statistics(lab: Lab, channel: Channel, situation: Situation) -> None:
    from dlviz.figures.distributions import kept_and_measured

    kept, measured = compute_once(
        f"{lab}.norm.statistics",
        (situation.model, situation.norm, len(situation.pool)),
        lambda: compare_statistics(situation.model, situation.pool, situation.norm),
    )
    st.markdown("**What it has kept, and what the data are like**")
    sentence = captions.statistics(kept, measured, channel, len(situation.pool), situation.pool_name)
    for column, (quantity, one, other) in zip(
        st.columns(2),
        [("mean", kept.mean, measured.mean), ("spread", kept.spread, measured.spread)],
        strict=True,
    ):
        with column:
            figure = kept_and_measured(one, other, channel.item, channel.number, quantity)
            st.plotly_chart(figure, key=f"{lab}.norm.{quantity}", alt=sentence, config=PLAIN)
    show_sentence(f"{lab}.norm.statistics_told", st.caption, sentence)


def _show_folding(lab: Lab, folded: Folding, channel: Channel, situation: Situation) -> None:
    from dlviz.ui.text_format.markdown import plain

    st.markdown("**Folded into the layer before it**")
    if folded.weights.ndim == 3:
        limit = float(max(abs(folded.weights).max(), abs(folded.folded_weights).max()))
        tiles(
            f"{lab}.norm.kernels",
            [
                _kernels("As trained", folded.weights, limit),
                _kernels("With the norm in it", folded.folded_weights, limit),
            ],
        )
    highest: list[int] = folded.logits[0].argsort()[::-1][:TOP].tolist()
    rows = [
        {
            "Logit of": plain(situation.classes[at]),
            "with batch norm": number(float(folded.logits[0][at]), ".5f"),
            "folded in": number(float(folded.folded_logits[0][at]), ".5f"),
        }
        for at in highest
    ]
    st.table(rows, hide_index=True, border="horizontal")
    show_sentence(f"{lab}.norm.folded_told", st.caption, captions.folding(folded, channel))


def _kernels(title: str, values: np.ndarray, limit: float) -> Group:
    """Kernels (count, 3, 3) as tiles."""
    return Group(
        title=title,
        note=f"full colour is ±{number(limit)}",
        values=values,
        scale="diverging",
        alt=f"{title}: {len(values)} kernels of 3×3, the largest weight {number(float(abs(values).max()))}",
        columns=8,
        cell=16 if len(values) == 1 else 6,
        limit=limit,
        item="kernel",
    )
