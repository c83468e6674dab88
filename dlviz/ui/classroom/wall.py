"""The wall: a class's drawings and sentences with the network's answers, and the curves of its runs."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dlviz.classroom.board import DRAWING, KINDS, RUN, SENTENCE, Board, Shared
from dlviz.classroom.place import Unreachable
from dlviz.ui.classroom import session
from dlviz.ui.classroom.sharing import TITLES
from dlviz.ui.components.gallery import gallery
from dlviz.ui.server import model_cache, owner_cookie
from dlviz.ui.session_cache import compute_once
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted, percent, probability

if TYPE_CHECKING:
    from torch import nn

    from dlviz.classroom.store import Member

PACE = 1.0  # seconds between two looks at the wall
GATHER, TAKE = "class.gather", "class.take"
DIGITS = tuple("0123456789")


@dataclass(frozen=True, eq=False)
class Drawings:
    """Digits that a class has drawn.

    Args:
        pixels: (n, 28, 28) float32 in [0, 1].
        meant: (n,) the digit that each is meant to be.
        probabilities: (n, 10) of the network that reads them.
    """

    pixels: np.ndarray
    meant: np.ndarray
    probabilities: np.ndarray

    @property
    def read(self) -> np.ndarray:
        """(n,) the digit that the network takes each for."""
        return self.probabilities.argmax(axis=1)

    @property
    def confusion(self) -> np.ndarray:
        """(10, 10) counts: what was meant, and what was read."""
        counts = np.zeros((10, 10), int)
        np.add.at(counts, (self.meant, self.read), 1)
        return counts


def read_drawings(model: nn.Module, contents: Sequence[str]) -> Drawings:
    """Let a network read drawings as `Shared` holds them.

    Raises: ValueError if one of them is none.
    """
    import torch

    from dlviz.data import digits

    parts = [content.partition(".") for content in contents]
    pixels = np.stack([digits.from_text(text) for _, _, text in parts]).astype(np.float32)
    with torch.inference_mode():
        logits = model(digits.normalise(torch.from_numpy(pixels)))
    return Drawings(pixels, np.array([int(meant) for meant, _, _ in parts]), logits.softmax(1).numpy())


def show_wall(who: Member, board: Board) -> None:
    """Choose what is gathered, and draw what has come."""
    st.subheader("Gather", anchor=False)
    st.session_state[GATHER] = board.gathering or None
    st.segmented_control(
        "Ask learners to show",
        list(KINDS),
        format_func=TITLES.__getitem__,
        key=GATHER,
        on_change=_gather,
        args=(who,),
        help="A second press stops asking; what has come stays.",
    )
    st.fragment(run_every=PACE, key="class.wall")(follow_wall)(who)


def _gather(who: Member) -> None:
    kind = st.session_state[GATHER] or ""
    session.change(who, lambda rooms: rooms.gather(who.room, owner_cookie.token(), kind))


def follow_wall(who: Member, steers: bool = True) -> None:
    """Draw what has come until now.

    Args:
        steers: offer to take something off.
    """
    board = None
    with suppress(Unreachable):  # the board says so
        board = session.look(who)
    if board is None:
        return
    if drawings := board.of_kind(DRAWING):
        _show_drawings(drawings)
    if sentences := board.of_kind(SENTENCE):
        _show_sentences(sentences)
    if runs := board.of_kind(RUN):
        _show_curves(runs)
    if board.shared and steers:
        _offer_to_take_off(who, board)
    elif board.gathering and not board.shared:
        st.caption("Nothing has come yet.")


def _show_drawings(shared: Sequence[Shared]) -> None:
    from dlviz.figures.runs import confusion

    contents = tuple(each.content for each in shared)
    found = compute_once(
        "class.drawings", contents, lambda: read_drawings(model_cache.trained("simple_cnn"), contents)
    )
    right = int((found.read == found.meant).sum())
    st.markdown(
        f"**{counted(len(shared), 'drawing')}: SimpleCNN reads {right} as meant"
        f" ({percent(right / len(shared), 0)}).**"
    )
    captions = [
        f"{at}: {read} · {probability(float(found.probabilities[at - 1, read]))}"
        + (f" · meant {meant}" if meant != read else "")
        + (f" · {each.name}" if each.name else "")
        for at, (each, read, meant) in enumerate(
            zip(shared, found.read.tolist(), found.meant.tolist(), strict=True), 1
        )
    ]
    alt = "The class's drawings, each with its number, the digit that the network reads, and its probability."
    gallery("class.gallery", (found.pixels * 255).round().astype(np.uint8), captions, alt, side=84)
    if right < len(shared):
        st.plotly_chart(
            confusion(found.confusion, DIGITS), key="class.confusion", config={"displayModeBar": False}
        )


def _show_sentences(shared: Sequence[Shared]) -> None:
    from dlviz.ui.labs.text.forward import forward
    from dlviz.ui.labs.text.networks import load_lab_network

    network = load_lab_network()

    def judge(sentence: str) -> str:
        read = network.read(sentence)
        if not len(read):
            return "no word that it knows"
        passed = forward(network, read)
        return f"{passed.answer}, {probability(float(passed.probabilities.max()))}"

    contents = tuple(each.content for each in shared)
    verdicts = compute_once("class.sentences", contents, lambda: list(map(judge, contents)))
    st.markdown(f"**{counted(len(shared), 'sentence')}, read by the Text classification lab’s network**")
    for each, verdict in zip(shared, verdicts, strict=True):
        author = f" · {plain(each.name)}" if each.name else ""
        st.markdown(f"- {plain(each.content)} → **{verdict}**{author}")


def _show_curves(shared: Sequence[Shared]) -> None:
    from dlviz.figures.class_curves import draw_losses
    from dlviz.training.runs.store import UnknownRun
    from dlviz.ui.runs.live_run import watch

    curves = []
    for each in shared:
        try:
            epochs = watch(each.content).history().epochs
        except UnknownRun:
            continue
        if len(epochs["loss"]):
            curves.append((epochs["epoch"], epochs["loss"]))
    st.markdown(f"**Validation loss of {counted(len(curves), 'run')}**")
    if curves:
        st.plotly_chart(draw_losses(curves), key="class.curves", config={"displayModeBar": False})


def _offer_to_take_off(who: Member, board: Board) -> None:
    places = {
        each.id: f"{TITLES[kind]}: {at}" for kind in KINDS for at, each in enumerate(board.of_kind(kind), 1)
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Take off the wall",
            list(places),
            index=None,
            format_func=lambda each: places.get(each, ""),
            placeholder="Number",
            key=TAKE,
            width=220,
        )
        st.button(
            "Take it off", key="class.take.go", disabled=chosen is None, on_click=_take_off, args=(who,)
        )


def _take_off(who: Member) -> None:
    if (chosen := st.session_state.get(TAKE)) is not None:
        st.session_state[TAKE] = None
        session.change(who, lambda rooms: rooms.take_off(who.room, owner_cookie.token(), chosen))
