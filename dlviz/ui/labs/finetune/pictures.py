"""The arms side by side: their curves, and a table of what each takes and reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import streamlit as st

from dlviz.data import trials
from dlviz.training.analysis.comparison import Group
from dlviz.training.fine_tuning import SCRATCH, VECTORS
from dlviz.ui.components.curves import Curves, curves
from dlviz.ui.labs.finetune import captions
from dlviz.ui.labs.finetune.inputs import Chosen
from dlviz.ui.labs.finetune.lanes import Estimate, Frozen, Lane, find_without_words
from dlviz.ui.labs.finetune.state import FROZEN, LAB, OWN, TITLES, State
from dlviz.ui.text_format.numbers import percent
from dlviz.ui.verdict import show_sentence


def title_of(state: State, lane: str) -> str:
    """Title of an arm, with its rank or its word vectors."""
    if lane == "low-rank":
        return f"{TITLES[lane]}, rank {state.rank}"
    return f"{TITLES[lane]} and word vectors" if lane == "all" and state.words else TITLES[lane]


def collect_right(state: State, frozen: Frozen, lanes: Mapping[str, Lane]) -> dict[str, np.ndarray]:
    """Sentences that each arm names right, (count,) bool, by its title, as far as it is trained."""
    found = {title_of(state, lane): frozen.right[lane] for lane in FROZEN if lane in frozen.right}
    trained = {title_of(state, lane): each.right for lane, each in lanes.items()}
    return found | {title: right for title, right in trained.items() if right is not None}


def show_curves(state: State, lanes: Mapping[str, Lane]) -> None:
    """Draw the curves of the arms that are trained, each in the colour of its place."""
    if any(lane.history.step for lane in lanes.values()):
        groups = [Group(title_of(state, name), [lane.history]) for name, lane in lanes.items()]
        curves(f"{LAB}.curves", Curves(groups, panels=("loss", "accuracy")))


def show_table(
    state: State,
    chosen: Chosen,
    frozen: Frozen,
    lanes: Mapping[str, Lane],
    estimates: Mapping[str, Estimate],
) -> None:
    """Show for each arm how many numbers learn, what it takes, and what it reaches."""
    table = rows(state, chosen, frozen, lanes, estimates)
    reached = "; ".join(f"{row['Way']}: {row[_result(chosen)]}" for row in table)
    st.table(
        table,
        hide_index=True,
        border="horizontal",
        alt=f"Ways to learn, what learns, what it takes, what is right. {reached}.",
    )


def _result(chosen: Chosen) -> str:
    tested = chosen.sentences.tested
    return (
        f"Right of {len(tested):,} test sentences"
        if tested
        else f"Right of {len(chosen.sentences.held):,} held out"
    )


def rows(
    state: State,
    chosen: Chosen,
    frozen: Frozen,
    lanes: Mapping[str, Lane],
    estimates: Mapping[str, Estimate],
) -> list[dict[str, str]]:
    """Rows of the table, the frozen arms first."""
    table = []
    for name in (*FROZEN, *state.lanes):
        if name not in estimates:
            continue
        lane, estimate = lanes.get(name), estimates[name]
        right = frozen.right.get(name) if name in FROZEN else lane and lane.right
        table.append(
            {
                "Way": title_of(state, name),
                "Numbers that learn": f"{estimate.learning:,}",
                "Time and memory": captions.takes(estimate, lane),
                _result(chosen): captions.share_right(right, lane),
            }
        )
    return table


def show_verdict(state: State, chosen: Chosen, frozen: Frozen, lanes: Mapping[str, Lane]) -> None:
    """Say which arm is best as far as luck lets anyone say it, and what chance alone would reach."""
    right = collect_right(state, frozen, lanes)
    show_sentence(f"{LAB}.verdict", st.markdown, captions.judge(right, not chosen.sentences.tested))
    for at, (titles, without, learned) in enumerate(pair_word_vectors(state, chosen, lanes)):
        said = captions.compare_word_vectors(titles, without, learned)
        show_sentence(f"{LAB}.vectors.{at}", st.markdown, said)
    tested = chosen.sentences.tested or chosen.sentences.held
    labels = [label for _, label in tested]
    chance = max(labels.count(label) for label in set(labels)) / len(labels)
    st.caption(f"Always giving the most frequent label would get {percent(chance)} right: chance.")
    if state.data != OWN:
        show_sentence(f"{LAB}.all", st.caption, captions.compare_with_all(trials.read()))


def pair_word_vectors(
    state: State, chosen: Chosen, lanes: Mapping[str, Lane]
) -> list[tuple[tuple[str, str], np.ndarray, np.ndarray]]:
    """Pairs of ways that differ in word vectors alone: titles, and what each names right, (count,) bool."""
    still = replace(state, words=False)
    pairs = [
        (title_of(state, SCRATCH), title_of(state, VECTORS), lanes.get(SCRATCH), lanes.get(VECTORS)),
        (
            title_of(still, "all"),
            title_of(state, "all"),
            find_without_words(state, chosen),
            lanes.get("all"),
        ),
    ]
    found = []
    for first, second, without, learned in pairs:
        if without and learned and without.right is not None and learned.right is not None:
            found.append(((first, second), without.right, learned.right))
    return found
