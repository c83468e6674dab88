"""The tuned network: one of the learner's runs, or one that workers train now, beside its frozen twin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from dlviz.training.config import TrainingConfig
from dlviz.training.examples_curve import HEAD, TRANSFERS, configure
from dlviz.training.runs import service
from dlviz.training.runs.service import Refused
from dlviz.ui.labs.transfer.controls import choose_draw, choose_transfer
from dlviz.ui.labs.transfer.few_examples.lanes import name_lane
from dlviz.ui.labs.transfer.state import LAB, State
from dlviz.ui.labs.transfer.what_changed import captions, networks
from dlviz.ui.runs import together
from dlviz.ui.runs.together import Member
from dlviz.ui.server import owner_cookie
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.verdict import show_sentence

EVERY = 1.0  # seconds between two looks at runs that are trained or wait
EXAMPLES = 20  # of each class
PROBLEM, SEEN = f"{LAB}.changed.problem", f"{LAB}.changed.seen"


def choose_run(state: State, runs: Sequence[Member]) -> Member | None:
    """Offer the learner's tuned networks, and to train another; the one that is chosen."""
    linked = networks.look_at(state.run) if state.run else None
    tuned = [each for each in runs if networks.is_tuned(each.config)]
    if linked and networks.is_tuned(linked.config):
        tuned += [] if linked.run.run in {each.run.run for each in tuned} else [linked]
    elif state.run:
        st.error(
            "This link names no tuned network that is here: choose or train one.", icon=":material/link_off:"
        )
    options = {each.run.run: each for each in tuned}
    if options and state.run not in options:
        LAB.update(run="")  # one that is chosen unasked would answer before anyone has predicted
    if not options:
        _offer_training(again=False)
        return None
    chosen = options.get(LAB.read().run)
    if not chosen:
        _offer_training(again=False)

    def name_option(run: str) -> str:
        if run not in options:
            return "Choose one of your runs"
        return options[run].status.name or captions.describe_run(options[run].config)

    st.selectbox(
        "Tuned network",
        [*options] if chosen else ["", *options],
        format_func=name_option,
        key=LAB.key("run"),
        help="Your runs that began from trained layers and let them learn. Before: as they began.",
    )
    if chosen:
        # The box may be too narrow for its name.
        show_sentence(f"{LAB}.changed.run_told", st.caption, captions.describe_run(chosen.config))
        with st.popover("Tune another", icon=":material/add:"):
            _offer_training(again=True)
    return options.get(LAB.read().run)


def _offer_training(again: bool) -> None:
    choose_transfer()
    choose_draw()
    st.button(
        "Tune another network" if again else "Tune a network",
        type="secondary" if again else "primary",
        icon=":material/play_arrow:",
        key=f"{LAB}.changed.train",
        on_click=_train,
        help=f"{EXAMPLES} examples of each class, fine-tuned, and beside it its frozen twin: the same "
        "pictures, steps and first head, but only the head learns.",
    )
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(problem, icon=":material/block:")


def configure_run(state: State, way: str) -> TrainingConfig:
    """Config of a run that is trained here."""
    return configure(TRANSFERS[state.transfer], way, EXAMPLES, state.draw)


def _train() -> None:
    """Hand in a tuned network, and its frozen twin, unless they are there or on their way."""
    state = replace(LAB.read(), examples=EXAMPLES, unfreeze=HEAD)  # of the lanes by whose names they go
    with together.SUBMITTING:
        runs = networks.find_runs()
        try:
            for way in ("tuned", "frozen"):
                config = configure_run(state, way)
                found = next((each.run.run for each in runs if each.config == config), "")
                run = found or service.shared().submit(config, owner_cookie.token(), name_lane(state, way))
                if way == "tuned":
                    LAB.update(run=run)
        except Refused as problem:
            st.session_state[PROBLEM] = str(problem)


def _train_twin(config: TrainingConfig, name: str) -> None:
    with together.SUBMITTING:
        if networks.find_twin(config, networks.find_runs()):
            return
        try:
            service.shared().submit(networks.freeze_twin(config), owner_cookie.token(), name)
        except Refused as problem:
            st.session_state[PROBLEM] = str(problem)


def offer_twin(tuned: Member) -> None:
    """Offer to train the frozen twin of a network that has none."""
    st.button(
        "Train its frozen twin",
        type="primary",
        icon=":material/ac_unit:",
        key=f"{LAB}.changed.twin",
        on_click=_train_twin,
        args=(tuned.config, f"Frozen twin · {captions.describe_run(tuned.config)}"),
        help="The same pictures, steps and first head, but only the head learns.",
    )


def offer_draws(tuned: Member) -> None:
    """Offer to tune networks on other draws of as many examples, and their frozen twins."""
    draws = networks.find_draws(tuned.config, networks.find_runs())
    if all(tuned and twin for tuned, twin in draws.values()):
        drawn = [each for pair in draws.values() for each in pair]
        if not together.are_settled(networks.statuses_of(drawn)):
            st.caption("The networks of the other draws are learning: see the bar at the top of the page.")
        return
    st.button(
        f"Tune on {len(draws)} draws",
        icon=":material/casino:",
        key=f"{LAB}.changed.draws.train",
        on_click=_train_draws,
        args=(tuned.config,),
        help="Other examples, and other first heads: how much of the difference is luck?",
    )


def _train_draws(config: TrainingConfig) -> None:
    """Hand in a pair of runs for each draw that is missing; where the queue is full, those that fit."""
    title = captions.title_ways(config)["tuned"]
    with together.SUBMITTING:
        try:
            for draw, pair in networks.find_draws(config, networks.find_runs()).items():
                drawn = config if draw == config.draw else replace(config, draw=draw, seed=draw)
                wanted = {title: drawn, "Frozen twin": networks.freeze_twin(drawn)}
                for (named, each), found in zip(wanted.items(), pair, strict=True):
                    if not found:
                        name = f"{named} · {captions.describe_run(each)}"
                        service.shared().submit(each, owner_cookie.token(), name)
        except Refused as problem:
            st.session_state[PROBLEM] = str(problem)


def watch_runs(members: Sequence[Member]) -> None:
    """Show how far the networks are, until they have ended."""
    runs = [each.run.run for each in members]
    statuses = networks.statuses_of(members)
    st.session_state[SEEN] = together.are_settled(statuses)
    every = together.choose_interval(statuses, EVERY)
    st.fragment(run_every=every, key=f"{LAB}.changed.live")(_show)(runs)


def _show(runs: Sequence[str]) -> None:
    members = [found for run in runs if (found := networks.look_at(run))]
    statuses = networks.statuses_of(members)
    settled = together.are_settled(statuses)
    if members and not settled:
        done = sum(each.share_done for each in members) / len(members)
        st.progress(done, together.progress(statuses))
    named = {captions.describe_run(each.config): [each.status] for each in members}
    for sentence in together.failures(named):
        st.error(plain(sentence), icon=":material/error:")
    if members and not all(networks.has_ended(each) for each in members):
        together.show_buttons(LAB, "changed", statuses)
    if settled != st.session_state[SEEN] or len(members) < len(runs):
        st.rerun(scope="app")
