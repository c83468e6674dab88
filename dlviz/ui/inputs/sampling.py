"""Sampling: the text that a network goes on with, and how each next character is drawn.

A lab in which a network writes has these fields in its address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import streamlit as st

from dlviz.ui import fields
from dlviz.ui.components.sentence_field import sentence_field
from dlviz.ui.lab import Lab

PROMPT = 'Elizabeth smiled, and said, "'
TEMPERATURES = ["0", "0.2", "0.4", "0.6", "0.8", "1", "1.2", "1.5", "2"]
TOP_K = ["1", "2", "3", "5", "10", "20", "all"]
TOP_P = ["0.1", "0.3", "0.5", "0.7", "0.8", "0.9", "0.95", "1"]
LONGEST_PROMPT = 500  # characters in a link: as many as `dlviz.generation.prepared` reads


@dataclass(frozen=True)
class SamplingFields:
    """A text's beginning and length, how its characters are drawn, and the one that is looked at.

    Args:
        temperature: one of TEMPERATURES.
        top_k: one of TOP_K; "all" keeps all characters.
        top_p: one of TOP_P; "1" keeps all characters.
        length: number of characters that are written.
        at: the written character that is looked at, or −1 for the last.
    """

    prompt: str = fields.coded(PROMPT, str, lambda prompt: prompt[-LONGEST_PROMPT:])
    temperature: str = fields.choice(TEMPERATURES, "0.6")
    top_k: str = fields.choice(TOP_K, "all")
    top_p: str = fields.choice(TOP_P, "1")
    seed: int = fields.integer(0, 9999, 0)
    length: int = fields.integer(1, 1200, 300)
    at: int = fields.integer(-1, 1199, -1)


class Sampling(NamedTuple):
    """Parameters of drawing a character, in the order in which `dlviz.generation.generate` takes it."""

    temperature: float
    top_k: int | None
    seed: int
    top_p: float | None


def read_sampling(state: SamplingFields, seed: int) -> Sampling:
    """The numbers that the fields' words stand for."""
    return Sampling(
        float(state.temperature),
        None if state.top_k == "all" else int(state.top_k),
        seed,
        None if state.top_p == "1" else float(state.top_p),
    )


def choose_sampling(lab: Lab, more: Sequence[int], longest: int, seed: str = "seed") -> None:
    """Draw the controls.

    Args:
        more: numbers of characters that a button each adds to the text.
        longest: most characters that are written.
        seed: name of the lab's field that holds the seed.
    """
    sentence_field(
        "The beginning",
        lab.key("prompt"),
        height=100,
        help="The network reads it and goes on.",
        persist_state="page",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(
            "Seed",
            0,
            9999,
            key=lab.key(seed),
            help="Another seed, another text.",
            width=150,
            persist_state="page",
        )
        for count in more:
            st.button(
                "One more" if count == 1 else f"{count} more",
                icon=":material/step:" if count == 1 else ":material/add:",
                on_click=_write_more,
                args=(lab, count, longest),
                disabled=lab.read().length >= longest,
                help=f"At most {longest:,} characters.",
            )
    state = lab.read()
    with st.expander("Top-k and top-p", expanded=state.top_k != "all" or state.top_p != "1"):
        st.select_slider(
            "Only the k most probable",
            TOP_K,
            key=lab.key("top_k"),
            help="Top-k: all others become impossible.",
            persist_state="page",
        )
        st.select_slider(
            "Only the fewest that add up to p",
            TOP_P,
            key=lab.key("top_p"),
            help="Top-p: the fewest that have this probability together; 1 keeps all.",
            persist_state="page",
        )
    # Last, so that on a phone it is on one screen with what it changes.
    st.select_slider(
        "Temperature",
        TEMPERATURES,
        key=lab.key("temperature"),
        help="0 always takes the most probable character; the higher, the bolder.",
        persist_state="page",
    )


def _write_more(lab: Lab, count: int, longest: int) -> None:
    lab.update(length=min(longest, lab.read().length + count), at=-1)
