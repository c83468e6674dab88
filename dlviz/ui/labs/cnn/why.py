"""Why the network said what it said: three kinds of heat over the drawing, each put to the test."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui.components.tiles import Group, tiles
from dlviz.ui.labs.cnn.clamp_choices import looked_at
from dlviz.ui.labs.cnn.forward import Run, edits_of, network, normalised, weights_shown
from dlviz.ui.labs.cnn.state import LAB, get, read_off, write_off
from dlviz.ui.text_format.numbers import percent

if TYPE_CHECKING:
    from dlviz.explain import Faithfulness


@dataclass(frozen=True)
class Heat:
    """A heat (height, width) over the drawing, and its test."""

    title: str
    meaning: str
    values: np.ndarray
    scale: str
    test: Faithfulness


def show(run: Run) -> None:
    """Grad-CAM, saliency and occlusion for the chosen digit, over the drawing, with their tests."""
    _controls(run)
    target = run.says if get("target") == "predicted" else int(get("target"))
    heats = explain(
        run.settled.tobytes(), weights_shown(), get("seed"), write_off(run.off), target, get("stage")
    )
    colour = run.settled.ndim == 3
    tiles(f"{LAB}.heat", [_group(heat, run.network.classes[target], colour) for heat in heats], _grey(run))
    st.caption(
        f"The test under each heat: blank the tenth of the picture ({heats[0].test.pixels} pixels) that it "
        "calls most important. If it is right, the probability falls further than without random "
        f"{'light' if colour else 'ink'}." + (" Measured outside training mode." if get("training") else "")
    )


def _grey(run: Run) -> np.ndarray:
    """What lies under the heats: the drawing, or a picture's darkness."""
    return run.settled if run.settled.ndim == 2 else 1 - run.settled.mean(axis=0)


def _controls(run: Run) -> None:
    names, stages = run.network.classes, looked_at(run.model)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.selectbox(
            "What speaks for …",
            ["predicted", *map(str, range(len(names)))],
            format_func=lambda at: f"the predicted {run.said}" if at == "predicted" else names[int(at)],
            key=f"{LAB}.target",
            width=220,
        )
        st.segmented_control(
            "Grad-CAM looks at",
            list(stages),
            format_func=stages.__getitem__,
            required=True,
            key=f"{LAB}.stage",
        )


@lru_cache(maxsize=32)
def explain(pixels: bytes, weights: str, seed: int, off: str, target: int, stage: str) -> tuple[Heat, ...]:
    """The three heats for a digit (float32 as bytes), each with its test."""
    from dlviz.explain import faithfulness, grad_cam, occlusion, saliency

    model, edits = network(weights, seed).model, edits_of(read_off(off))
    x = normalised(pixels)
    found = [
        (
            "Grad-CAM",
            f"Where the maps of {looked_at(model)[stage]} speak for it",
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
        Heat(title, meaning, values, scale, faithfulness(model, x, target, values, edits=edits))
        for title, meaning, values, scale in found
    )


def _group(heat: Heat, target: str, colour: bool) -> Group:
    ink, drawing = ("light", "photograph") if colour else ("ink", "drawing")
    test = heat.test
    rival = test.random_ink
    spread = f"{percent(rival.mean)}  ({percent(rival.low)} to {percent(rival.high)})"
    rows = (
        (f"Probability of {target}, whole {drawing}", test.before, percent(test.before)),
        ("without its most important tenth", test.blanked, percent(test.blanked)),
        (f"without as much random {ink}, 20 draws", rival.mean, spread),
        ("without a random tenth of all pixels", test.random.mean, percent(test.random.mean)),
    )
    verdict = "; ".join(f"{label}: {text}" for label, _, text in rows)
    row, col = np.unravel_index(heat.values.argmax(), heat.values.shape)
    place = f"strongest at row {row}, column {col}" if heat.values.max() > 0 else "nothing speaks for it here"
    return Group(
        title=heat.title,
        note=heat.meaning if heat.values.max() > 0 else f"{heat.meaning}: nothing does",
        values=heat.values[None],
        scale=heat.scale,
        alt=f"{heat.title} for {target}: {place}. {verdict}",
        columns=1,
        cell=10,
        over=True,
        rows=rows,
    )
