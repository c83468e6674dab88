"""Attribution: which pixels speak for an answer, by three methods, each put to the test."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui.components.tiles import Group, tiles
from dlviz.ui.labs.cnn import captions
from dlviz.ui.labs.cnn.clamp_choices import relu_stages, target_names
from dlviz.ui.labs.cnn.forward import CacheKey, ForwardPass
from dlviz.ui.labs.cnn.state import LAB, State
from dlviz.ui.text_format.numbers import probability
from dlviz.ui.verdict import show_sentence

if TYPE_CHECKING:
    from dlviz.explain import Faithfulness


@dataclass(frozen=True, eq=False)
class Attribution:
    """Contribution of each pixel to a class by one method, and the test of that claim.

    Args:
        values: (height, width) float.
        scale: of the palette.
    """

    title: str
    meaning: str
    values: np.ndarray
    scale: str
    test: Faithfulness


def show(passed: ForwardPass, settled: np.ndarray, state: State) -> None:
    """Grad-CAM, saliency and occlusion for the chosen class, over the drawing, with their tests.

    Args:
        settled: (28, 28) or (3, 32, 32) float32 in [0, 1].
    """
    _choose_target_and_stage(passed)
    target = passed.predicted if state.target == "predicted" else int(state.target)
    attributions = attribute(CacheKey.of(passed, settled), target, state.stage)
    colour = settled.ndim == 3
    groups = [_group(each, passed.network.classes[target], colour) for each in attributions]
    # Below them lies the drawing, or the darkness of a picture.
    tiles(f"{LAB}.heat", groups, 1 - settled.mean(axis=0) if colour else settled)
    show_sentence(
        f"{LAB}.faithfulness",
        st.caption,
        captions.faithfulness_test(attributions[0].test.pixels, colour, state.training),
    )


def _choose_target_and_stage(passed: ForwardPass) -> None:
    names, stages = passed.network.classes, relu_stages(passed.model)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.selectbox(
            "What speaks for …",
            target_names(passed.network),
            format_func=lambda at: f"the predicted {passed.answer}" if at == "predicted" else names[int(at)],
            key=LAB.key("target"),
            width=220,
        )
        st.segmented_control(
            "Grad-CAM looks at",
            list(stages),
            format_func=stages.__getitem__,
            required=True,
            key=LAB.key("stage"),
        )


@lru_cache(maxsize=32)
def attribute(key: CacheKey, target: int, stage: str) -> tuple[Attribution, ...]:
    """Attribute the logit of a class to the pixels by three methods, and test each.

    Args:
        stage: whose maps Grad-CAM weighs.
    """
    from dlviz.explain import faithfulness, grad_cam, occlusion, saliency

    model, (x, edits) = key.model, key.unpack()
    found = [
        (
            "Grad-CAM",
            f"Where the maps of {relu_stages(model)[stage]} speak for it",
            grad_cam(model, x, target, stage, edits),
            "sequential",
        ),
        (
            "Saliency",
            "How strongly each pixel moves its logit",
            saliency(model, x, target, edits),
            "sequential",
        ),
        (
            "Occlusion",
            "How far its logit falls when a spot is covered",
            occlusion(model, x, target, edits=edits),
            "diverging",
        ),
    ]
    return tuple(
        Attribution(title, meaning, values, scale, faithfulness(model, x, target, values, edits=edits))
        for title, meaning, values, scale in found
    )


def _group(attribution: Attribution, target: str, colour: bool) -> Group:
    ink, drawing = ("light", "photograph") if colour else ("ink", "drawing")
    test, values = attribution.test, attribution.values
    rival = test.random_ink
    low, mean, high = map(probability, (rival.low, rival.mean, rival.high))
    spread = f"{mean}  ({low} to {high})"
    rows = (
        (f"Probability of {target}, whole {drawing}", test.before, probability(test.before)),
        (
            f"without its most important {test.pixels} pixels, {test.ink_pixels} of them {ink}",
            test.blanked,
            probability(test.blanked),
        ),
        (f"without {test.ink_pixels} random pixels of {ink}, {test.draws} draws", rival.mean, spread),
        (f"without {test.pixels} random pixels of all", test.random.mean, probability(test.random.mean)),
    )
    outcome = captions.compare_with_chance(test)
    verdict = "; ".join([*(f"{label}: {text}" for label, _, text in rows), outcome])
    row, col = np.unravel_index(values.argmax(), values.shape)
    place = f"strongest at row {row}, column {col}" if values.max() > 0 else "nothing speaks for it here"
    return Group(
        title=attribution.title,
        note=f"{attribution.meaning}. {outcome}"
        if values.max() > 0
        else f"{attribution.meaning}: nothing does",
        values=values[None],
        scale=attribution.scale,
        alt=f"{attribution.title} for {target}: {place}. {verdict}",
        columns=1,
        cell=10,
        over=True,
        rows=rows,
    )
