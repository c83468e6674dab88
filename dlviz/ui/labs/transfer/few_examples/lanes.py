"""Four lanes: networks that learn the same pictures in four ways, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from urllib.parse import urlencode

import numpy as np
import streamlit as st

from dlviz.training.analysis.comparison import Group
from dlviz.training.config import TrainingConfig
from dlviz.training.examples_curve import HEAD, TRANSFERS, WAYS, configure
from dlviz.training.runs import service
from dlviz.training.runs.service import Refused
from dlviz.training.runs.store import UnknownRun
from dlviz.ui.components.curves import Curves, curves
from dlviz.ui.labs.transfer.few_examples import captions
from dlviz.ui.labs.transfer.few_examples.pictures import class_names
from dlviz.ui.labs.transfer.few_examples.state import LAYERS, TRANSFER_TITLES, WAY_TITLES
from dlviz.ui.labs.transfer.state import LAB, State
from dlviz.ui.labs.transfer.what_changed import networks
from dlviz.ui.runs import evaluation_examples, together
from dlviz.ui.runs.together import Member
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import percent
from dlviz.ui.verdict import show_sentence

EVERY = 1.0  # seconds between two looks at runs that are trained or wait
PROBLEM, SEEN = f"{LAB}.lanes.problem", f"{LAB}.lanes.seen"


def configure_lane(state: State, way: str) -> TrainingConfig:
    """Config of a lane's run."""
    unfreeze = state.unfreeze if way == "frozen" else ""
    return configure(TRANSFERS[state.transfer], way, state.examples, state.draw, unfreeze)


def name_lane(state: State, way: str) -> str:
    """Name of a lane's run."""
    title = f"Frozen before {LAYERS[state.unfreeze]}" if way == "frozen" else WAY_TITLES[way]
    parts = [title, TRANSFER_TITLES[state.transfer], f"{state.examples} of each class", f"draw {state.draw}"]
    return " · ".join(parts)


def name_way(state: State, way: str) -> str:
    """Title of a way; of the frozen one, with the layer that it begins to learn at, if it is not the head."""
    if way == "frozen" and state.unfreeze != HEAD:
        return f"Frozen before {LAYERS[state.unfreeze]}"
    return WAY_TITLES[way]


@lru_cache(maxsize=64)
def count_learning(config: TrainingConfig, epoch: int, classes: int) -> tuple[int, int]:
    """Count the parameters that learn in an epoch, counted from 1, and those that are frozen."""
    from dlviz import weights
    from dlviz.training import transfer

    model = weights.build(config.model, {"num_classes": classes})
    transfer.freeze(model, config, epoch)
    return transfer.count_parameters(model)


def find_lanes(state: State) -> dict[str, str]:
    """Find the newest of this browser's runs with these settings: way -> id of its run."""
    configs = {way: configure_lane(state, way) for way in WAYS}
    return together.find_newest_like(service.shared().runs(owner_cookie.token()), configs)


def find_unfrozen(state: State) -> dict[str, Member]:
    """Find this browser's runs that have ended, and were unfrozen from another layer: layer -> run."""
    configs = {
        layer: configure_lane(replace(state, unfreeze=layer), "frozen")
        for layer in LAYERS
        if layer != state.unfreeze
    }
    runs = together.find_newest_like(service.shared().runs(owner_cookie.token()), configs)
    return {layer: lane for layer, lane in look_at(runs).items() if lane.history.reason == "done"}


def look_at(runs: Mapping[str, str]) -> dict[str, Member]:
    """Look at the lanes' runs as they stand now; those that are gone are left out."""
    found = {}
    for way, run in runs.items():
        with suppress(UnknownRun, ValueError):
            found[way] = together.look_at(run)
    return found


def show_lanes(state: State) -> dict[str, Member]:
    """Offer to train the four networks, and watch them; the lanes as they stand now."""
    runs = find_lanes(state)
    lanes = look_at(runs)
    settled = together.are_settled([lane.status for lane in lanes.values()])
    st.button(
        _name_button(state, choose_ways(lanes) if settled else [*WAYS]),
        type="primary",
        icon=":material/play_arrow:",
        disabled=not settled,
        key=f"{LAB}.lanes.train",
        on_click=_train,
        help="All four see the same pictures for as many steps, and begin with the same head.",
    )
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(problem, icon=":material/block:")
    st.session_state[SEEN] = settled, [*lanes]
    every = together.choose_interval([lane.status for lane in lanes.values()], EVERY)
    st.fragment(run_every=every, key=f"{LAB}.lanes.live")(_show)(state, runs, find_unfrozen(state))
    return lanes


def choose_ways(lanes: Mapping[str, Member]) -> list[str]:
    """Choose the ways to train: those that have not come to their end, or all where each has."""
    missing = [way for way in WAYS if way not in lanes or lanes[way].history.reason != "done"]
    return missing or [*WAYS]


def _name_button(state: State, ways: Sequence[str]) -> str:
    match ways:
        case [way]:
            return f"Train “{name_way(state, way)}”"
        case _ if len(ways) < len(WAYS):
            return f"Train the {len(ways)} that are missing"
        case _:
            return "Train four networks"


def _train() -> None:
    """Hand in a run for each way that is missing; where the queue or the disk is full, those that fit."""
    state = LAB.read()
    with together.SUBMITTING:
        lanes = look_at(find_lanes(state))
        if not together.are_settled([lane.status for lane in lanes.values()]):
            return  # the second half of a double click, or another window of the learner's
        try:
            for way in choose_ways(lanes):
                config = configure_lane(state, way)
                service.shared().submit(config, owner_cookie.token(), name_lane(state, way))
        except Refused as problem:
            st.session_state[PROBLEM] = str(problem)


def _show(state: State, runs: Mapping[str, str], unfrozen: Mapping[str, Member]) -> None:
    lanes = look_at(runs)
    statuses = [lane.status for lane in lanes.values()]
    if not together.are_settled(statuses):
        done = sum(lane.share_done for lane in lanes.values()) / len(lanes)
        st.progress(done, together.progress(statuses))
    for sentence in together.failures({name_way(state, way): [lane.status] for way, lane in lanes.items()}):
        st.error(plain(sentence), icon=":material/error:")
    if lanes:
        together.show_buttons(LAB, "lanes", statuses)
        groups = [Group(name_way(state, way), [lane.history]) for way, lane in lanes.items()]
        curves(f"{LAB}.lanes.curves", Curves(groups, panels=("loss", "accuracy")))
    titled = {name_way(state, way): lane for way, lane in lanes.items()}
    alt = captions.table_alt(titled)
    st.table(rows(state, lanes, unfrozen), hide_index=True, border="horizontal", alt=alt)
    if sentence := captions.compare_lanes(titled):
        show_sentence(f"{LAB}.lanes.verdict", st.markdown, sentence)
    if (together.are_settled(statuses), [*lanes]) != st.session_state[SEEN]:
        st.rerun(scope="app")


def rows(
    state: State, lanes: Mapping[str, Member], unfrozen: Mapping[str, Member] | None = None
) -> list[dict[str, str]]:
    """Rows of a table: each way, how many parameters learn and are frozen, and what it has reached.

    Args:
        unfrozen: layer -> a run of the frozen way that was unfrozen from there; rows below the others.
    """
    table = [_row(state, way, lanes.get(way)) for way in WAYS]
    earlier = (unfrozen or {}).items()
    return table + [_row(replace(state, unfreeze=layer), "frozen", lane) for layer, lane in earlier]


def _row(state: State, way: str, lane: Member | None) -> dict[str, str]:
    config, classes = configure_lane(state, way), len(class_names(state.transfer))
    # At first, and at last: they differ where the head learns alone for a while.
    counts = dict.fromkeys(count_learning(config, epoch, classes) for epoch in (1, config.epochs))
    learning, frozen = (", then ".join(f"{count:,}" for count in each) for each in zip(*counts, strict=True))
    ended = lane is not None and lane.history.reason == "done"
    return {
        "Way": name_way(state, way),
        "Parameters that learn": learning,
        "Frozen": frozen,
        "Test pictures right": percent(lane.history.test_accuracy) if lane and ended else "–",
        "Open its": _links(lane) if lane else "–",
    }


def _links(lane: Member) -> str:
    """Links to a lane's run, and to its network, with a picture that it did not learn from."""
    from dlviz.data.digits import to_text

    links = [f"[run](/training?run={lane.run.run})"]
    if lane.run.checkpoints:
        picture = evaluation_examples.pictures(lane.run.run, lane.config)[0]
        shown = {"run": lane.run.run, "weights": "run", "digit": to_text(picture / np.float32(255))}
        links.append(f"[network](/cnn?{urlencode(shown)})")
    if networks.is_tuned(lane.config) and networks.has_ended(lane):
        links.append(f"[changes](/transfer?view=changed&run={lane.run.run})")
    return " · ".join(links)
