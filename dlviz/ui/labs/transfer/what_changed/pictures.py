"""All that is measured of a tuned network, drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dlviz.training.runs.store import UnknownRun
from dlviz.ui import lesson
from dlviz.ui.components.gallery import gallery
from dlviz.ui.components.tiles import Group, tiles
from dlviz.ui.inputs import digit
from dlviz.ui.labs.transfer.state import LAB, State
from dlviz.ui.labs.transfer.what_changed import captions, networks, questions
from dlviz.ui.labs.transfer.what_changed.forward import (
    SAMPLED,
    TESTED,
    Change,
    Shifted,
    TunedNetwork,
    choose_steps,
    measure_change,
    measure_forgetting,
    measure_loss,
    measure_shift,
    read_maps,
    read_tasks,
    shift_pictures,
)
from dlviz.ui.labs.transfer.what_changed.state import BELOW, MAPS, SHIFTS
from dlviz.ui.labs.transfer.what_changed.training import offer_draws
from dlviz.ui.prediction import ask_before_result
from dlviz.ui.runs.together import Member
from dlviz.ui.session_cache import compute_once, is_computed
from dlviz.ui.verdict import show_sentence

SHOWN = 8  # shifted pictures
PLAIN = {"displayModeBar": False}


def show_results(
    tuned: Member,
    twin: Member | None,
    draws: Sequence[networks.Pair],
    asked: DeltaGenerator,
    state: State,
) -> None:
    """Draw all that is measured.

    Args:
        draws: pairs of other draws that have ended.
        asked: place of the question that comes first.
    """
    from dlviz.data.mnist import MissingData
    from dlviz.training.state import BadState
    from dlviz.weights import BadWeights

    members = {"tuned": tuned, **({"frozen": twin} if twin else {})}
    try:
        loaded = {way: networks.load_network(member) for way, member in members.items()}
        changes = {
            way: compute_once(
                f"{LAB}.changed.{way}", networks.stamp(members[way]), lambda n=network: _measure(n)
            )
            for way, network in loaded.items()
        }
        with asked:
            ask_first(changes["tuned"])
        over_draws = show_tasks(changes, tuned)
        show_layers(changes, captions.title_ways(tuned.config))
        show_forgetting(tuned)
        pixels = show_maps(loaded, state)
        if twin:
            show_shift(loaded, [(tuned, twin), *draws], state)
            with over_draws:
                show_loss_over_draws(changes["tuned"], draws)
            offer_draws(tuned)
        lesson.predict(LAB, lambda: questions.questions(changes))
        lesson.code(
            LAB,
            questions.shown_code,
            lambda: lesson.offer_script(
                questions.SCRIPT, questions.script(loaded, pixels), questions.script_files(loaded)
            ),
        )
    except (BadState, BadWeights, MissingData, UnknownRun) as problem:
        st.error(str(problem), icon=":material/error:")


def ask_first(change: Change | None = None) -> None:
    """Ask how much is left of the old task, before it is measured."""
    waiting = "Your prediction is kept. The answer comes once a network is tuned and measured."
    ask_before_result(LAB, questions.main_question(change), "changed", waiting)


def _measure(network: TunedNetwork) -> Change:
    with st.spinner("Measuring on test pictures…"):
        return measure_change(network, read_tasks(network.config))


def show_tasks(changes: dict[str, Change], tuned: Member) -> DeltaGenerator:
    """Show what each network knows of both tasks, before and after; the place for what other draws say."""
    st.subheader("What was lost", anchor=False)
    st.table(
        captions.rows(changes, tuned.config),
        hide_index=True,
        border="horizontal",
        alt=captions.table_alt(changes, tuned.config),
    )
    show_sentence(f"{LAB}.changed.lost", st.markdown, captions.lost(changes["tuned"]))
    over_draws = st.container()
    if "frozen" in changes and (sentence := captions.explain_frozen(changes["frozen"])):
        show_sentence(f"{LAB}.changed.kept", st.markdown, sentence)
    st.caption(
        f"The first {TESTED:,} test pictures of each task. The new head cannot name the old classes, so for "
        "the old task the start’s own head is put back on the layers as they are now. Before, the new head "
        "still has random weights, so what it gets right is luck."
    )
    return over_draws


def show_loss_over_draws(change: Change, draws: Sequence[networks.Pair]) -> None:
    """Say what tuning has cost in the chosen run and in those of other draws, if there are any."""
    if not draws:
        return

    def measure(member: Member) -> int:
        with st.spinner("Measuring the other draws on the old task…"):
            return measure_loss(networks.load_network(member), read_tasks(member.config))

    losses = [change.forgotten - change.won]
    for tuned, _ in draws:
        key = f"{LAB}.changed.loss.{tuned.run.run}"
        losses.append(compute_once(key, networks.stamp(tuned), lambda member=tuned: measure(member)))
    sentence = captions.lost_over_draws(losses, TESTED)
    show_sentence(f"{LAB}.changed.lost.draws", st.markdown, sentence)


def show_layers(changes: dict[str, Change], titles: Mapping[str, str]) -> None:
    """Draw how far each layer's weights and values have moved.

    Args:
        titles: of the networks.
    """
    from dlviz.figures.transfer import by_layer

    st.subheader("What changed", anchor=False)
    measures = {
        "weights": ("‖ΔW‖ / ‖W‖", "How far the weights moved, for their size"),
        "similar": ("CKA, before and after", "How alike the values for test pictures are: at most 1"),
    }
    for column, (name, (axis, title)) in zip(st.columns(2), measures.items(), strict=True):
        values = {titles[way]: getattr(change, name) for way, change in changes.items()}
        with column:
            st.markdown(f"**{title}**")
            st.plotly_chart(
                by_layer(
                    {title: [*each.values()] for title, each in values.items()},
                    list(BELOW.values()),
                    axis,
                ),
                key=f"{LAB}.changed.{name}",
                config=PLAIN,
                alt=captions.bars_alt(title, values),
            )
    st.caption(
        "The head is left out: it is new, so there is nothing to compare it with. A frozen layer’s weights "
        "do not move: its bar has height 0."
    )


def show_forgetting(tuned: Member) -> None:
    """Draw the accuracies on both tasks over the steps, from the run's checkpoints."""
    from dlviz.figures.transfer import accuracy_by_step
    from dlviz.ui.runs.checkpoints import load_checkpoint

    steps = choose_steps(tuned.run.checkpoints)
    run = tuned.run.run

    def measure() -> tuple[list[float], list[float]]:
        with st.spinner("Measuring checkpoints…"):
            models = [load_checkpoint(run, step).model for step in steps]
            return measure_forgetting(models, tuned.config, read_tasks(tuned.config))

    old, new = compute_once(f"{LAB}.changed.forgetting", networks.stamp(tuned), measure)
    st.subheader("Learning and forgetting, step by step", anchor=False)
    labels = (
        f"Old task: {captions.name_old_task(tuned.config)}",
        f"New task: {captions.name_new_task(tuned.config)}",
    )
    st.plotly_chart(
        accuracy_by_step(dict(zip(labels, (old, new), strict=True)), steps),
        key=f"{LAB}.changed.curve",
        config=PLAIN,
        alt=captions.curve_alt(steps, old, new),
    )
    st.caption(f"The fine-tuned network at checkpoints of its run, on the first {SAMPLED} of those pictures.")


def show_maps(loaded: dict[str, TunedNetwork], state: State) -> np.ndarray | None:
    """Draw a picture's maps before and after fine-tuning, and their difference.

    Returns: the picture (28, 28) in [0, 1]; None while there is none.
    """
    st.subheader("The same picture, before and after", anchor=False)
    left, right = st.columns([1, 2.9], gap="large")
    with left:
        drawing = digit.digit_input(LAB, "Draw a digit")
    with right:
        digit.offer_other_digits(LAB)
        st.segmented_control(
            "Layer", list(MAPS), format_func=MAPS.__getitem__, required=True, key=LAB.key("maps")
        )
        st.caption(
            "The layer’s maps after ReLU, all on one colour scale. In the difference, blue is more than "
            "before, orange less."
        )
    if drawing.pixels is None:
        st.caption("Draw a digit, or choose a test digit: its maps appear here.")
        return None
    network = loaded["tuned"]
    before, after = (read_maps(model, drawing.pixels, state.maps) for model in (network.fresh, network.model))
    tiles(f"{LAB}.changed.maps", map_groups(before, after, MAPS[state.maps]))
    return drawing.pixels


def map_groups(before: np.ndarray, after: np.ndarray, layer: str) -> list[Group]:
    """Groups of maps (channels, height, width) before and after on one scale, and their difference."""
    limit = float(max(before.max(), after.max(), 1e-6))
    cell = max(1, 28 // before.shape[-1])
    columns = 8 if len(before) <= 64 else 16
    moved = after - before
    shared = {"columns": columns, "cell": cell, "limit": limit}
    return [
        Group("Before", "", before, "sequential", f"{len(before)} maps of {layer} before.", **shared),
        Group("After", "", after, "sequential", f"{len(after)} maps of {layer} after.", **shared),
        Group(
            "After − before",
            "",
            moved,
            "diverging",
            f"Their difference, on average {np.abs(moved).mean():.3f} either way.",
            **shared,
        ),
    ]


def show_shift(loaded: dict[str, TunedNetwork], draws: Sequence[networks.Pair], state: State) -> None:
    """Measure the tuned and the frozen network on shifted test pictures; and so those of other draws.

    Args:
        draws: the chosen pair first, then those of other draws that have ended.
    """
    st.subheader("Other pictures than it was tuned on", anchor=False)
    st.segmented_control(
        "The new task’s test pictures, with",
        list(SHIFTS),
        format_func=lambda name: SHIFTS[name][0],
        required=True,
        key=LAB.key("shift"),
    )
    config = loaded["tuned"].config
    tasks = read_tasks(config)
    names = captions.name_classes(config.task, config.classes)
    labels = [names[label] for label in tasks.new_labels[:SHOWN].tolist()]
    shown = shift_pictures(tasks.new_images, state.shift)[:SHOWN, 0].mul(255).byte().numpy()
    gallery(f"{LAB}.changed.gallery", shown, labels, captions.shifted_alt(state.shift, labels))
    found = [_measure_pair(draws[0], state.shift)]
    show_sentence(f"{LAB}.changed.shifted", st.markdown, captions.shifted(found[0], state.shift))
    if len(draws) > 1:
        waiting = st.empty()
        for at, pair in enumerate(draws[1:], 2):
            if not _is_measured(pair, state.shift):
                waiting.progress((at - 1) / len(draws), f"Measuring draw {at} of {len(draws)}…")
            found.append(_measure_pair(pair, state.shift))
        waiting.empty()
        show_sentence(f"{LAB}.changed.draws", st.markdown, captions.over_draws(found, state.shift))
    else:
        st.caption(
            "That is one draw of examples, the same for both networks. Another draw may come out the other "
            "way: tune on more of them to see."
        )


def _measure_pair(pair: networks.Pair, shift: str) -> Shifted:
    def measure() -> Shifted:
        with st.spinner("Measuring…"):
            tuned, frozen = (networks.load_network(member) for member in pair)
            return measure_shift(tuned.model, frozen.model, read_tasks(tuned.config), shift)

    return compute_once(*_key_of(pair, shift), measure)


def _is_measured(pair: networks.Pair, shift: str) -> bool:
    return is_computed(*_key_of(pair, shift))


def _key_of(pair: networks.Pair, shift: str) -> tuple[str, tuple[object, ...]]:
    """Key of what is kept of a pair on one shift, and all that decides it."""
    depends_on = tuple(networks.stamp(member) for member in pair)
    return f"{LAB}.changed.shift.{shift}.{pair[0].run.run}", depends_on
