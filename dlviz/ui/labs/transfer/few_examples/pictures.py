"""Pictures that the networks learn from, all of them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

import numpy as np
import streamlit as st

from dlviz.training.examples_curve import TRANSFERS, configure
from dlviz.ui.labs.transfer.state import State
from dlviz.ui.text_format.numbers import counted

if TYPE_CHECKING:
    from dlviz.training.tasks.examples import Pictures

SIDE, WIDEST = 28, 25  # pixels of a picture, and pictures in a row


def show_examples(state: State) -> None:
    """Draw every picture that is learned from, the classes apart."""
    from dlviz.figures.montage import montage
    from dlviz.training.tasks import BadTask

    try:
        pictures = learned_pictures(state.transfer, state.examples, state.draw)  # (classes, examples, 28, 28)
    except BadTask as problem:
        st.error(str(problem), icon=":material/database_off:")
        return
    classes, examples = pictures.shape[:2]
    lines = -(-examples // WIDEST)
    each = "a row" if lines == 1 else f"{lines} rows"
    if examples < classes:
        pictures, each = pictures.swapaxes(0, 1), "a column"
    names, total = ", ".join(class_names(state.transfer)), counted(classes * examples, "picture")
    st.markdown(f"**All that the networks learn from**: {total}, {each} for each class.")
    zoom = 1 if examples > WIDEST // 2 else 2
    sheet = montage(pictures.reshape(-1, SIDE, SIDE), min(pictures.shape[1], WIDEST), "ink", zoom)
    st.image(sheet, width="content", caption=names, alt=f"{total} to learn from: {names}.")


@lru_cache(maxsize=16)
def learned_pictures(transfer: str, examples: int, draw: int) -> np.ndarray:
    """Pictures (classes, examples, 28, 28) uint8 that a run learns from."""
    from dlviz.training.tasks import prepare

    task = prepare(configure(TRANSFERS[transfer], "scratch", examples, draw))
    images = cast("Pictures", task.training).images.numpy()
    return images.reshape(-1, examples, SIDE, SIDE)


@lru_cache(maxsize=16)
def chance_of(transfer: str) -> float:
    """Share of the test pictures that are right if the most frequent class is always given."""
    from dlviz.training.measuring import share_of_most_frequent
    from dlviz.training.tasks import prepare

    return share_of_most_frequent(prepare(configure(TRANSFERS[transfer], "scratch", 1, 0)).measured)


@lru_cache(maxsize=64)
def class_names(transfer: str) -> tuple[str, ...]:
    """Names of the classes that are learned."""
    from dlviz.data.fashion import CLASSES

    chosen = TRANSFERS[transfer]
    names = CLASSES if chosen.task == "fashion" else tuple("0123456789")
    return tuple(names[each] for each in chosen.classes or range(len(names)))
