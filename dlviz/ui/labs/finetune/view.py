"""The lab's course, from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dlviz.encoders import NoEncoder
from dlviz.training.runs import service
from dlviz.training.runs.service import Status
from dlviz.ui.labs.finetune import captions, lanes
from dlviz.ui.labs.finetune.controls import choose_ways
from dlviz.ui.labs.finetune.inputs import Chosen, choose_sentences
from dlviz.ui.labs.finetune.lanes import Estimate, Frozen
from dlviz.ui.labs.finetune.panels import show_panels
from dlviz.ui.labs.finetune.pictures import collect_right, show_curves, show_table, show_verdict, title_of
from dlviz.ui.labs.finetune.questions import main_question
from dlviz.ui.labs.finetune.state import FROZEN, LAB, State
from dlviz.ui.prediction import ask_before_result
from dlviz.ui.runs import commands, together
from dlviz.ui.server import model_cache
from dlviz.ui.session_cache import compute_once, is_computed
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import counted

EVERY = 1.0  # seconds between two looks at runs that are trained or wait
PROBLEM, SEEN = f"{LAB}.problem", f"{LAB}.seen"
READING = "The frozen encoder reads the sentences, once …"


def show(state: State) -> None:
    """Choose sentences and ways to learn, train, watch the curves, and compare with luck."""
    if LAB.just_opened():
        service.shared().prepare()  # a worker gets ready while the learner reads
    left, right = st.columns([1, 2.4], gap="large")
    with left:
        chosen = choose_sentences(state)
        choose_ways(state)
    if chosen is None:
        return
    with right:
        _show_sentences(chosen)
        _show_ways(state, chosen)
    show_panels(state)


def _solve_once(chosen: Chosen) -> Frozen:
    key, depends = f"{LAB}.frozen", (chosen,)
    if is_computed(key, depends):
        return compute_once(key, depends, lambda: lanes.solve_frozen(chosen))
    with st.empty():
        bar = st.progress(0.0, READING)
        with model_cache.waiting(model_cache.BERT):
            model_cache.bert()
        found = compute_once(
            key, depends, lambda: lanes.solve_frozen(chosen, lambda share: bar.progress(share, READING))
        )
        st.empty()
    return found


def _show_sentences(chosen: Chosen) -> None:
    """Show some of the sentences, each with its label."""
    parts = chosen.sentences
    with st.expander(f"{counted(len(parts.learned), 'sentence')} to learn from", icon=":material/list:"):
        shown = [{"Sentence": text, "Label": parts.classes[label]} for text, label in parts.learned[:200]]
        st.dataframe(shown, hide_index=True, height=260)


def _show_ways(state: State, chosen: Chosen) -> None:
    """Show what does not wait for the encoder, and then what does."""
    runs = lanes.find_lanes(state, chosen)
    found = lanes.look_at(runs)
    settled = together.are_settled([lane.status for lane in found.values()])
    asked = st.container()
    missing = lanes.choose_missing(state, found)
    trained = bool(found) and all(lane.right is not None for lane in found.values()) and not missing
    if not trained:  # no answer to wait for
        with asked:
            _ask_first(state, chosen, {})
    st.button(
        "All are trained" if trained else f"Train {counted(len(missing), 'network')}",
        type="primary",
        icon=":material/play_arrow:",
        disabled=not settled or not missing,
        key=f"{LAB}.train",
        on_click=_train,
        args=(chosen,),
        help="All learn the same sentences. Those with an encoder begin with the head of “Frozen, mean”.",
    )
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(plain(problem), icon=":material/block:")
    try:
        frozen = _solve_once(chosen)
    except NoEncoder as problem:
        st.error(plain(str(problem)), icon=":material/database_off:")
        return
    if chosen.table is not None:
        unread = compute_once(f"{LAB}.unread", (chosen,), lambda: lanes.find_unread(chosen))
        for sentence in captions.describe_unread(unread):
            st.caption(sentence)
    if trained:
        with asked:
            _ask_first(state, chosen, collect_right(state, frozen, found))
    estimates = _estimate_once(state, chosen, frozen)
    st.session_state[SEEN] = settled, [*found]
    every = together.choose_interval([lane.status for lane in found.values()], EVERY)
    st.fragment(run_every=every, key=f"{LAB}.live")(_show_live)(state, chosen, frozen, runs, estimates)


def _estimate_once(state: State, chosen: Chosen, frozen: Frozen) -> dict[str, Estimate]:
    def estimate() -> dict[str, Estimate]:
        trained = {
            lane: lanes.estimate(lanes.configure(state, chosen, lane), chosen, frozen.seconds_a_token)
            for lane in state.lanes
        }
        return lanes.count_frozen(chosen) | trained

    depends = (chosen, tuple(state.lanes), state.rank, state.words)
    return compute_once(f"{LAB}.estimates", depends, estimate)


def _train(chosen: Chosen) -> None:
    """Hand in a run for each way that is missing."""
    if problem := lanes.submit(LAB.read(), chosen):
        st.session_state[PROBLEM] = problem


def _ask_first(state: State, chosen: Chosen, right: captions.Right) -> None:
    """Ask which way wins, before all are trained."""
    ways = [title_of(state, lane) for lane in (*FROZEN, *state.lanes)]
    asked = main_question(len(chosen.sentences.learned), ways, right)
    waiting = "Your prediction is kept. The answer comes when all are trained."
    ask_before_result(LAB, asked, "train", waiting)


def _show_live(
    state: State,
    chosen: Chosen,
    frozen: Frozen,
    runs: Mapping[str, str],
    estimates: Mapping[str, Estimate],
) -> None:
    found = lanes.look_at(runs)
    statuses = [lane.status for lane in found.values()]
    if not together.are_settled(statuses):
        done = sum(lane.share_done for lane in found.values()) / len(found)
        st.progress(done, together.progress(statuses))
    titled = {title_of(state, name): [lane.status] for name, lane in found.items()}
    for sentence in together.failures(titled):
        st.error(plain(sentence), icon=":material/error:")
    if found:
        together.show_buttons(LAB, "arms", statuses)
        if together.are_settled(statuses):
            _offer_deletion(statuses)
        show_curves(state, found)
    show_table(state, chosen, frozen, found, estimates)
    show_verdict(state, chosen, frozen, found)
    if (together.are_settled(statuses), [*found]) != st.session_state[SEEN]:
        st.rerun(scope="app")


def _offer_deletion(statuses: Sequence[Status]) -> None:
    count = counted(len(statuses), "run")
    with st.popover("Delete these runs", icon=":material/delete:", key=f"{LAB}.deletion"):
        st.caption(f"{count}: all curves and weights are lost.")
        st.button(
            f"Delete {count} for good",
            icon=":material/delete:",
            key=f"{LAB}.delete",
            on_click=commands.send_each,
            args=(service.shared().delete, [status.run for status in statuses]),
        )
