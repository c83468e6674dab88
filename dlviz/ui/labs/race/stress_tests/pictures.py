"""From the numbers of a stress test to the pictures that show them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import streamlit as st

from dlviz.training.shuffled_race import ORDER
from dlviz.ui.components.gallery import gallery
from dlviz.ui.components.series import Axes, Series, series
from dlviz.ui.labs.race.pairs import TITLES, read_test_pictures
from dlviz.ui.labs.race.state import LAB
from dlviz.ui.labs.race.stress_tests import captions
from dlviz.ui.labs.race.stress_tests.forward import Measured, Read
from dlviz.ui.verdict import show_sentence

EXAMPLES = 8  # test digits that are shown with their patches shuffled


def show_curves(measured: Measured) -> None:
    """Draw what both still read, level by level, and say who loses more."""
    share, luck = measured.accuracy, measured.luck
    shown = [
        Series(
            title,
            np.array(measured.levels),
            share[:, at],
            np.maximum(share[:, at] - luck[:, at], 0),
            np.minimum(share[:, at] + luck[:, at], 1),
        )
        for at, title in enumerate(TITLES.values())
    ]
    low = max(math.floor(10 * float((share - luck).min())) / 10, 0)
    axes = Axes(
        "Test pictures still read", captions.AXES[measured.stress], low=low, percent=True, markers=True
    )
    series(f"{LAB}.stress.curves", axes, shown, captions.curves_alt(measured))
    show_sentence(f"{LAB}.stress.losses", st.markdown, captions.describe_losses(measured))
    st.caption(captions.ONE_PAIR)
    with st.expander("All numbers", icon=":material/table:"):
        st.table(
            captions.rows(measured),
            hide_index=True,
            border="horizontal",
            alt=captions.curves_alt(measured),
        )


def show_drawing(reads: Sequence[Read], stress: str, classes: Sequence[str]) -> None:
    """Draw the learner's picture at every level, with both answers."""
    pixels = np.stack([np.rint(255 * read.pixels) for read in reads])
    names = [captions.name_read(stress, read, classes) for read in reads]
    gallery(f"{LAB}.stress.drawing", pixels, names, captions.drawing_alt(stress, reads, classes), side=92)
    st.caption("Level: the CNN’s answer · the transformer’s answer.")
    shown = [
        Series(title, np.array([read.level for read in reads]), np.array([read.kept[at] for read in reads]))
        for at, title in enumerate(TITLES.values())
    ]
    axes = Axes(
        "Probability of the answer to the picture as it is",
        captions.AXES[stress],
        percent=True,
        markers=True,
    )
    series(f"{LAB}.stress.kept", axes, shown, captions.kept_alt(stress, reads))
    show_sentence(f"{LAB}.stress.read", st.markdown, captions.describe_drawing(reads, stress, classes))


def show_shuffled_pictures() -> None:
    """Draw a few test digits, and below them the same with their patches shuffled."""
    from dlviz.data.shuffling import shuffle_with

    images, labels = read_test_pictures("digits")
    first = images[:EXAMPLES]
    names = [str(int(label)) for label in labels[:EXAMPLES]]
    for name, pictures in {"As they are": first, "Patches shuffled": shuffle_with(first, ORDER)}.items():
        alt = f"Test digits, {name.lower()}: {', '.join(names)}."
        gallery(f"{LAB}.shuffled.{name}", pictures.numpy(), names, alt)
