"""A page with a pad and what Python made of it, for the pad's tests."""

import hashlib
import time

import numpy as np
import streamlit as st
import torch

from dlviz.data import mnist
from dlviz.data.digits import normalise, unpack_ink
from dlviz.ui.components.pad import Drawing, Placed, pad, surprise_asked
from dlviz.ui.server import model_cache

FIRST = 412


def mnist_digit(index: int) -> Placed:
    images, _ = mnist.digits("test")
    return Placed(f"test-{index}", images[index].numpy().astype(np.float32) / 255, f"test digit {index}")


def mark(pixels: np.ndarray) -> str:
    return hashlib.sha256(pixels.tobytes()).hexdigest()[:16]


def says(pixels: np.ndarray) -> int:
    with torch.inference_mode():
        return int(model_cache.trained("simple_cnn")(normalise(torch.from_numpy(pixels)[None])).argmax())


def tell(drawing: Drawing) -> None:
    st.text(f"source {drawing.source}")
    st.text(f"version {drawing.version}")
    st.text(f"final {drawing.final}")
    if drawing.placed:
        st.text(f"placed {drawing.placed.id}")
    if drawing.pixels is not None:
        st.text(f"pixels {mark(drawing.pixels)}")
        st.text(f"ink {drawing.pixels.sum():.2f}")
        st.text(f"says {says(drawing.pixels)}")


def lab() -> None:
    state = st.session_state
    if "slow" in st.query_params:
        time.sleep(0.5)
        st.text("slow")  # here a run ends that another report has overtaken
    state["runs"] = state.get("runs", 0) + 1
    if surprise_asked("pad") is not None:
        state["surprises"] = state.get("surprises", 0) + 1
        state["placed"] = mnist_digit(FIRST + state["surprises"] - 1)
    moved = st.checkbox("Another layout")
    place = st.columns(2)[1].container() if moved else st.container()
    with place:
        drawing = pad("pad", state.get("placed"))
    st.text(f"runs {state['runs']}")
    st.text(f"surprises {state.get('surprises', 0)}")
    tell(drawing)
    if drawing.source == "drawn":
        columns = np.asarray(unpack_ink(state["pad"]["drawing"]["ink"]).any(axis=0)).nonzero()[0]
        st.text(f"columns {columns[0]} to {columns[-1]}")


def away() -> None:
    st.text("source nowhere")


if __name__ == "__main__":
    st.navigation([st.Page(lab, title="Lab", default=True), st.Page(away, title="Away")]).run()
