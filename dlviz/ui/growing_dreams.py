"""Dreams that grow on screen: made in slices of time while a page shows them, and drawn with their values."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.ui.components.gallery import gallery
from dlviz.ui.text_format.numbers import counted, number

if TYPE_CHECKING:
    from dlviz.dream import Dreams

SLICE = 0.08  # seconds of dreaming between two pictures
EVERY = 0.12  # seconds between two pictures of what grows
TURN = threading.Lock()  # on a class's server learners' slices come one after another
SIDE = 88  # of a dream in CSS pixels


@dataclass(eq=False)
class Dreaming:
    """Dreams that grow.

    Args:
        coming: from step to step.
        now: the newest.
        done: true if no more will come.
    """

    coming: Iterator[Dreams]
    now: Dreams
    done: bool = False

    @classmethod
    def begin(cls, coming: Iterator[Dreams]) -> Dreaming:
        """Take the first of the dreams that are coming.

        Raises: BadWeights if the network computes no numbers.
        """
        return cls(coming, next(coming))

    def go_on(self, seconds: float = SLICE) -> None:
        """Take steps for so long, at least one."""
        with TURN:
            end = time.monotonic() + seconds
            while not self.done:
                following = next(self.coming, None)
                self.now, self.done = following or self.now, following is None
                if time.monotonic() > end:
                    return


def show_dreams(key: str, dreaming: Dreaming, cut: Callable[[np.ndarray], np.ndarray]) -> None:
    """Draw dreams as they are now.

    Args:
        cut: from whole pictures (starts, colours, height, width) uint8 to what is shown of them.
    """
    now = dreaming.now
    st.markdown(f"**Dreams**, step {now.step}")
    pictures = np.rint(255 * now.pictures.numpy()).astype(np.uint8)
    values = now.values.numpy()
    notes = [number(float(value), ".3g") for value in values]
    gallery(key, cut(pictures), notes, describe_dreams(values), side=SIDE)


def describe_dreams(values: np.ndarray) -> str:
    """Say the values (starts,) of dreams to those who cannot see them."""
    return f"{counted(len(values), 'dream')}; what is dreamed of reaches {list_values(values)}."


def describe_pictures(values: np.ndarray) -> str:
    """Say the values (kept,) that real pictures reach to those who cannot see them."""
    return f"{counted(len(values), 'real picture')}; the values are {list_values(values)}."


def list_values(values: np.ndarray) -> str:
    """List values (n,) with three digits."""
    return ", ".join(number(float(value), ".3g") for value in values)
