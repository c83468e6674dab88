"""A race as it runs, or as it shipped: curves, results, verdict, and accuracy against examples."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import streamlit as st

from dlviz.training.analysis.comparison import Group
from dlviz.training.analysis.history import History
from dlviz.training.race import ALL, BATCH, COMMAND, COUNTS, PAIR, count_examples
from dlviz.ui.components.curves import Curves, curves
from dlviz.ui.labs.race.contest import captions, questions
from dlviz.ui.labs.race.contest.runs import (
    PROBLEM,
    Finished,
    Place,
    are_settled,
    choose_missing,
    find_all_shipped,
    find_finished,
    find_runs,
    find_shipped,
    hand_in,
    has_data,
    has_finished,
    look_at,
    share_done,
)
from dlviz.ui.labs.race.contest.state import AXIS_TITLES, COUNT_TITLES, RUNNER_TITLES
from dlviz.ui.labs.race.state import LAB, State
from dlviz.ui.prediction import ask_before_result
from dlviz.ui.runs import opening, together
from dlviz.ui.runs.together import Member
from dlviz.ui.text_format.markdown import plain
from dlviz.ui.text_format.numbers import number
from dlviz.ui.verdict import show_sentence, show_verdict

EVERY, EAGER = 1.0, 0.4  # seconds between two looks at runs that are trained or wait; until the first step
SEEN = f"{LAB}.seen"
NO_PHOTOGRAPHS = (
    "CIFAR-10 is not here yet. Train a network on it once in the Training lab, which downloads it (170 MB): "
    "then it can be raced on."
)
MARKED = "This race comes with dlviz, made by `{}`."
NO_SHIPPED = (
    "There is no ready-made race with these settings, but one for digits, with up to three seeds: "
    "only the weights are equal, and each network has its usual recipe."
)


def count_tested(data: str, examples: int) -> int:
    """Count the test pictures that a run is tested on at its end."""
    return 2_000 if data == "fashion" and examples != ALL else 10_000


@lru_cache(maxsize=8)
def count_weights(runner: str, task: str = "digits") -> int:
    """Count the weights and biases that a runner has for a task."""
    from dlviz import weights
    from dlviz.training.race import CLASSES, TASKS, Race, configure
    from dlviz.training.tasks.networks import picture_network

    network = picture_network(configure(Race(task), runner, 1), CLASSES, TASKS[task])
    return sum(parameter.numel() for parameter in weights.build(*network).parameters())


def show_race(state: State) -> dict[Place, Member]:
    """Offer to run the race, watch it, or show the one that ships; its runs as they stand now."""
    runs = find_runs(state)
    members = look_at(runs)
    settled = are_settled(members)
    _ask_first(state, members)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            _name_button(state, members),
            type="primary",
            icon=":material/play_arrow:",
            disabled=not settled or not has_data(state),
            key=f"{LAB}.start",
            on_click=hand_in,
        )
        st.toggle("Show the ready-made race", key=LAB.key("shipped"))
    if problem := st.session_state.pop(PROBLEM, ""):
        st.error(plain(problem), icon=":material/block:")
    if not has_data(state):
        st.info(NO_PHOTOGRAPHS, icon=":material/download:")
    if state.shipped:
        _show_shipped(state)
        return members
    st.session_state[SEEN] = _fingerprint(members)
    statuses = [member.status for member in members.values()]
    every = together.choose_interval(statuses, EVERY if _have_begun(members) else EAGER)
    st.fragment(run_every=every, key=f"{LAB}.live")(_show_own)(state, runs)
    return members


def _ask_first(state: State, members: Mapping[Place, Member]) -> None:
    """Ask for the lead; answered by the ready-made race where it is shown, else by the learner's own."""
    histories = {place: member.history for place, member in members.items()}
    if state.shipped:
        histories = find_shipped(state)
    elif len(members) < len(PAIR) * state.seeds or not all(map(has_finished, histories.values())):
        histories = {}
    judged = captions.judge(reached(histories), count_tested(state.data, state.examples))
    asked = questions.main_question(state.race, judged)
    waiting = "Your prediction is kept. The answer comes when all are trained."
    ask_before_result(LAB, asked, "race", waiting)


def _name_button(state: State, members: Mapping[Place, Member]) -> str:
    if state.shipped:
        return "Run it yourself"
    if not are_settled(members):
        return "The networks are learning"
    wanted, whole = len(choose_missing(state, members)), len(PAIR) * state.seeds
    if not members:
        return f"Start: train {whole} networks"
    finished = all(has_finished(member.history) for member in members.values()) and len(members) == whole
    return "Run it again" if finished else f"Train the {wanted} that are missing"


def _fingerprint(members: Mapping[Place, Member]) -> tuple[object, ...]:
    """The part of a race on which the rest of the page depends."""
    return are_settled(members), _have_begun(members), tuple(member.run.run for member in members.values())


def _have_begun(members: Mapping[Place, Member]) -> bool:
    """True if a run has taken a step."""
    return any(member.history.step for member in members.values())


def _show_shipped(state: State) -> None:
    histories = find_shipped(state)
    if not histories:
        st.info(NO_SHIPPED, icon=":material/inventory_2:")
        return
    st.badge("Ready-made", icon=":material/inventory_2:", color="violet")
    st.caption(MARKED.format(COMMAND))
    _show_results(state, histories, {})
    _show_points(state.data, find_all_shipped(state), "shipped")


def _show_own(state: State, runs: Mapping[Place, str]) -> None:
    members = look_at(runs)
    statuses = [member.status for member in members.values()]
    if not are_settled(members):
        done = sum(map(share_done, members.values())) / len(members)
        st.progress(done, together.progress(statuses))
    if downloads := [member.run.download for member in members.values() if member.run.download]:
        done, total = max(downloads)
        what = "CIFAR-10" if state.data == "cifar10" else "all the clothes"
        said = f"Downloading {what}: {done / 1e6:.0f} of {total / 1e6:.0f} MB."
        show_sentence(f"{LAB}.download", st.caption, said)
    named = {
        f"{RUNNER_TITLES[runner]}, seed {seed}": [each.status] for (runner, seed), each in members.items()
    }
    for sentence in together.failures(named):
        st.error(plain(sentence), icon=":material/error:")
    if members:
        together.show_buttons(LAB, "race", statuses)
        _show_results(state, {place: member.history for place, member in members.items()}, members)
    _show_points(state.data, find_finished(state), "own")
    if _fingerprint(members) != st.session_state[SEEN]:
        st.rerun(scope="app")


def _show_results(state: State, histories: Mapping[Place, History], members: Mapping[Place, Member]) -> None:
    """Curves of the networks, the verdict, and a table of what each reached and cost."""
    judged = captions.judge(reached(histories), count_tested(state.data, state.examples))
    if judged:
        show_verdict(LAB, captions.verdict(judged))
        show_sentence(f"{LAB}.seeds", st.markdown, plain(judged.sentence))
    axis = st.segmented_control(
        "Curves",
        list(AXIS_TITLES),
        format_func=AXIS_TITLES.__getitem__,
        required=True,
        key=LAB.key("axis"),
        label_visibility="collapsed",
    )
    if axis != state.axis:
        st.rerun(scope="app")  # so that the address tells it
    curves(f"{LAB}.curves", Curves(groups(histories), panels=("loss", "accuracy"), axis=str(axis)))
    st.table(
        rows(state.data, histories, members),
        hide_index=True,
        border="horizontal",
        alt=captions.curves_alt(judged),
    )
    if said := captions.cost(processor_seconds(histories)):
        show_sentence(f"{LAB}.cost", st.caption, said)


def groups(histories: Mapping[Place, History]) -> list[Group]:
    """Histories of each network as a group of seeds; the CNN first, so that it keeps its colour."""
    found = []
    for runner in PAIR:
        seeds = {seed: history for (of, seed), history in histories.items() if of == runner and history.step}
        found.append(Group(RUNNER_TITLES[runner], list(seeds.values()), list(seeds)))
    return found


def reached(histories: Mapping[Place, History]) -> dict[str, dict[int, float]]:
    """Accuracies on test pictures: runner -> seed -> share, of the runs that have finished."""
    found: dict[str, dict[int, float]] = {}
    for (runner, seed), history in histories.items():
        if has_finished(history):
            found.setdefault(runner, {})[seed] = history.test_accuracy
    return found


def processor_seconds(histories: Mapping[Place, History]) -> dict[str, float]:
    """Seconds of a processor for each network's batches, on average over its finished runs."""
    spent: dict[str, list[float]] = {}
    for (runner, _), history in histories.items():
        if has_finished(history):
            spent.setdefault(runner, []).append(float(history.epochs["processor_seconds"][-1]))
    return {runner: sum(each) / len(each) for runner, each in spent.items()}


def rows(
    task: str, histories: Mapping[Place, History], members: Mapping[Place, Member]
) -> list[dict[str, str]]:
    """Rows of a table, a column for each network: its weights, and what its runs saw, cost and reached."""
    cost = processor_seconds(histories)
    columns = {}
    for runner in PAIR:
        own = {seed: history for (of, seed), history in histories.items() if of == runner}
        steps = [history.step for history in own.values() if has_finished(history)]
        right = [history.test_accuracy for history in own.values() if has_finished(history)]
        columns[RUNNER_TITLES[runner]] = {
            "Weights and biases": f"{count_weights(runner, task):,}",
            "Seeds finished": f"{len(right)} of {len(own)}",
            "Pictures seen": f"{round(np.mean(steps) * BATCH):,}" if steps else "–",
            "Processor time": f"{number(cost[runner], '.1f')} s" if runner in cost else "–",
            "Test pictures right": captions.in_range(right),
        }
        if members:
            columns[RUNNER_TITLES[runner]]["Open its runs"] = _links(runner, members)
    titles = next(iter(columns.values()))
    # A row for each measure: on a phone there is room for two networks side by side.
    return [{" ": title, **{name: column[title] for name, column in columns.items()}} for title in titles]


def _links(runner: str, members: Mapping[Place, Member]) -> str:
    """Links to each seed's run in the Training lab, and to its network in the lab that shows its kind."""
    found = []
    for (of, seed), member in members.items():
        if of == runner:
            run = member.run.run
            link = f"[{seed}](/training?run={run})"
            inside = [f"([inside](/{lab}?run={run}&weights=run))" for lab in opening.labs(member.run)[:1]]
            found.append(" ".join([link, *inside]))
    return " · ".join(found)


def _show_points(task: str, finished: Finished, whose: str) -> None:
    """Draw accuracy against the number of examples, as far as it is measured."""
    from dlviz.figures.transfer import accuracy_by_examples

    points = {key: history.test_accuracy for key, history in finished.items()}
    if not points:
        if whose == "own":
            st.caption("No race of yours with these settings has finished yet. Predict, then start.")
        return
    st.subheader("Accuracy against the number of examples", anchor=False)
    measured = {
        RUNNER_TITLES[runner]: {
            count_examples(task, count): [
                value for (of, many, _), value in points.items() if (of, many) == (runner, count)
            ]
            for count in COUNTS
        }
        for runner in PAIR
    }
    counts = [count_examples(task, count) for count in COUNTS]
    figure = accuracy_by_examples(measured, counts, 0.1, "examples to learn from", "seeds")
    st.plotly_chart(figure, key=f"{LAB}.points.{whose}", config={"displayModeBar": False})
    if said := captions.describe_leads(
        {(of, count_examples(task, many), seed): value for (of, many, seed), value in points.items()}
    ):
        show_sentence(f"{LAB}.leads", st.markdown, said)
    own = "Your races with these settings, whatever their number of examples."
    origin = MARKED.format(COMMAND) if whose == "shipped" else own
    st.caption(f"{origin} Line: mean over the seeds; band: their range.")
    with st.expander("The points in numbers", icon=":material/table:"):
        alt = "Mean test accuracy of each network over its seeds, and their range, by number of examples."
        st.table(captions.in_numbers(points, COUNT_TITLES), hide_index=True, border="horizontal", alt=alt)
